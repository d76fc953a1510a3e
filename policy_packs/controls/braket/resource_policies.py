"""T4: policies on buckets, topics and logs let in nobody from outside."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    BUCKET_POLICY,
    LOG_POLICY,
    SECRET,
    SECRET_POLICY,
    TOPIC,
    TOPIC_POLICY,
    in_account,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import StackFacts

_DOCUMENT = {
    BUCKET_POLICY: "policy",
    SECRET_POLICY: "policy",
    TOPIC_POLICY: "policy",
    TOPIC: "policy",
    LOG_POLICY: "policyDocument",
}


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == SECRET:
        yield from expect(
            resource["policy"],
            lambda policy: policy in (None, ""),
            "its policy stands in it, where no other control looks: a SecretPolicy is judged",
        )
        return
    document = resource[_DOCUMENT[resource.type]]
    if resource.type == TOPIC and document.absent:
        return  # its policy is a resource of its own; without one the account alone is let in
    account = facts.need().account
    for statement in read_document(document).allows():
        if statement.everyone():
            yield fail(f"{statement.label} lets everybody in")
            continue
        if statement.not_actions or statement.not_resources:
            yield fail(f"{statement.label} allows everything but a list")
        for name in statement.principals.get("AWS", ()):
            if not in_account(name, account):
                yield fail(f"{statement.label} lets in {name}, which is not of account {account} or no role")
        strange = set(statement.principals) - {"AWS", "Service"}
        if strange or not statement.principals:
            yield fail(f"{statement.label} does not name roles of the account or services")
        for name in statement.principals.get("Service", ()):
            if not name.endswith(".amazonaws.com"):
                yield fail(f"{statement.label} lets in {name}, which is no AWS service")
            elif not statement.sourced(account) and not _makes_streams(resource, statement):
                yield fail(f"{statement.label} lets in {name} on behalf of any account")


def _makes_streams(resource: Resource, statement: Statement) -> bool:
    """EventBridge names no source when it makes an empty stream; what it then writes there has one."""
    return (
        resource.type == LOG_POLICY
        and not statement.not_actions
        and {action.lower() for action in statement.actions} == {"logs:createlogstream"}
    )


CONTROL = Control(
    id="qlz-t4-resource-policies",
    title="Nobody from outside is let in",
    why="A policy on data that names strangers, or everybody, shares it past all roles and boundaries.",
    fix=(
        "Name roles of this account or the one AWS service that writes there, under a condition on its "
        "source."
    ),
    requirements=("T4", "L2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-3", "AC-6"),
        "iso-27001-2022-annex-a": ("A.8.3",),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IAM-16", "DSP-17"),
        "uk-gdpr": ("32",),
    },
    types=(*_DOCUMENT, SECRET),
    judge=judge,
    admits_exceptions=False,
)

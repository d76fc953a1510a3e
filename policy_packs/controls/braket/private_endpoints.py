"""T2, T4: an endpoint lets this account's roles through to this account's own resources, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.aws import ENDPOINT
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import Declared, StackFacts

_SERVICES = {
    "Interface": ("braket", "kms", "logs", "monitoring", "sagemaker.api", "secretsmanager", "sts"),
    "Gateway": ("s3",),
}
_NAMED = re.compile(r"[a-z0-9-]+:[A-Za-z]{3,}\*?")  # such as braket:Get*, and not braket:*
_SIGN_IN = ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
# Requests that no credentials are needed for, or that reach only devices, which belong to Amazon.
_OF_NOBODY = ("arn:aws:braket:::device/", "arn:aws:braket:{region}::device/")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    region = resource["region"].text() or resource.provider.get("region").text() or declared.region
    kind = resource["vpcEndpointType"].text() or "Gateway"
    names = tuple(f"com.amazonaws.{region}.{service}" for service in _SERVICES.get(kind, ()))
    yield from expect(
        resource["serviceName"],
        lambda name: name in names,
        f"it leads to {resource['serviceName']}, which is no service projects use by a {kind} endpoint",
    )
    if kind == "Interface":
        yield from expect(
            resource["privateDnsEnabled"],
            lambda on: on is True,
            "it does not answer to the service's own name, so calls go past it",
        )
    if resource["policy"].absent:
        yield fail("it has no policy, which lets everybody through to everything")
        return
    for statement in read_document(resource["policy"]).allows():
        for what in _judge_statement(statement, declared, region):
            yield fail(f"{statement.label} of its policy {what}")


def _judge_statement(statement: Statement, declared: Declared, region: str) -> Iterator[str]:
    if not statement.actions or not all(_NAMED.fullmatch(action) for action in statement.actions):
        yield "lets more through than the actions it names"
    if statement.not_resources:
        yield "lets all resources be reached but a list"
    if {action.lower() for action in statement.actions} <= set(_SIGN_IN):
        # Whoever signs in has no identity yet: the role they ask for decides.
        if statement.pinned("aws:ResourceAccount") != (declared.account,) and not all(
            resource.startswith(f"arn:aws:iam::{declared.account}:role/") for resource in statement.resources
        ):
            yield "lets people sign in to roles of other accounts"
        return
    if not _ours(statement, declared):
        yield f"lets identities through that are not of account {declared.account}"
    for resource in statement.resources:
        if not _own(resource, statement, declared, region):
            yield f"reaches {resource}, which may be anybody's"


def _ours(statement: Statement, declared: Declared) -> bool:
    if statement.pinned("aws:PrincipalAccount") == (declared.account,):
        return True
    named = statement.principals.get("AWS", ())
    return (
        not statement.not_principals
        and set(statement.principals) == {"AWS"}
        and all(name.startswith(f"arn:aws:iam::{declared.account}:") for name in named)
    )


def _own(resource: str, statement: Statement, declared: Declared, region: str) -> bool:
    """Resources of the account. Those of S3 name no account, and a name can be anybody's."""
    if statement.pinned("aws:ResourceAccount") == (declared.account,):
        return True
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return resource == "*" and all(_names_no_resource(action) for action in statement.actions)
    if any(resource.startswith(prefix.format(region=region)) for prefix in _OF_NOBODY):
        return True
    return parts[4] == declared.account


def _names_no_resource(action: str) -> bool:
    """Actions without a resource tell of the caller's own account, or of what is public."""
    service, _, name = action.lower().partition(":")
    return (service, name) == ("sts", "getcalleridentity") or (
        service == "braket" and name.startswith(("search", "getdevice", "getservicelinked", "getuser"))
    )


CONTROL = Control(
    id="qlz-t2-private-endpoints",
    title="Endpoints let ours through to our own",
    why="Through an endpoint without a policy, other accounts' credentials carry data to other accounts.",
    fix=(
        "Give the endpoint a policy whose statements name actions, pin aws:PrincipalAccount and reach"
        " resources of the account alone; enable its private name."
    ),
    requirements=("T2", "T4", "W3"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(5)", "AC-4", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.20", "A.8.22"),
        "ncsc-cloud-principles": ("1", "11"),
        "csa-ccm-4": ("IVS-03", "DSP-10"),
        "uk-gdpr": ("32",),
    },
    types=(ENDPOINT,),
    judge=judge,
)

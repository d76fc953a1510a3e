"""I9: access follows the groups of the identity provider; nobody is let in by name without an end."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import IDENTITY_POLICIES, ROLE, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import StackFacts

_PERSON = (
    "aws:userid",
    "aws:username",
    "saml:commonname",
    "saml:edupersonprincipalname",
    "saml:mail",
    "saml:sub",
    "saml:uid",
    "sts:rolesessionname",
)
"""Keys whose values are one person's."""


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    facts.need()
    if resource.type == ROLE:
        for statement in read_document(resource["assumeRolePolicy"]).allows():
            yield from _judge(statement)
    for document in identity_documents(resource):
        for statement in document.allows():
            yield from _judge(statement)


def _judge(statement: Statement) -> Iterator[Finding]:
    ends = any(
        (each.operator, each.key) == ("datelessthan", "aws:currenttime") for each in statement.conditions
    )
    for condition in statement.conditions:
        if condition.key in _PERSON:
            yield fail(f"{statement.label} lets in people by name ({condition.key}), and no leaver loses it")
        elif (
            condition.key in ("aws:sourceidentity", "sts:sourceidentity")
            and any(value.strip("*?") for value in condition.values)
            and not ends
        ):
            yield fail(f"{statement.label} is for {condition.values[0]} by name, and has no end")


CONTROL = Control(
    id="qlz-i9-access-by-group",
    title="Access follows groups, not names",
    why="Whoever leaves, or moves, keeps what hangs on a name; a group's rights go with the group.",
    fix="Let the identity provider decide by group who takes the role; name a person only until an end.",
    requirements=("I9", "I1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-2", "AC-2(1)", "PS-4"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.5.18", "A.6.5"),
        "ncsc-cloud-principles": ("9", "10"),
        "csa-ccm-4": ("IAM-03", "IAM-07"),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
)

"""I9: roles go to groups and workloads; to a person only where the stack file names break-glass."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import ROLE_ASSIGNMENT, guid_of, need_azure, role_of, said
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_KINDS = ("Group", "ServicePrincipal")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    kind = said(resource, "principalType")
    if kind.unknown or kind.absent:
        yield undecided("whether it is for a person or a group is not written down (principalType)")
    elif kind.text() not in _KINDS and azure.role_kinds.get(guid_of(role_of(resource))) != "break-glass":
        yield fail(f"it is for a {kind.text()}, not for a group, so a leaver keeps it")


CONTROL = Control(
    id="qlz-i9-azure-access-by-group",
    title="Roles go to groups, not to people",
    why="Whoever leaves, or moves, keeps what was given to him; a group's rights go with the group.",
    fix="Give the role to a group of Entra, with principal_type Group, and put people into that.",
    requirements=("I9", "I1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-2", "AC-2(1)", "PS-4"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.5.18", "A.6.5"),
        "ncsc-cloud-principles": ("9", "10"),
        "csa-ccm-4": ("IAM-03", "IAM-07"),
    },
    types=(ROLE_ASSIGNMENT,),
    judge=judge,
    cloud="azure",
)

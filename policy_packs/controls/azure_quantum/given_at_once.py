"""I2, I8: a role or a way in that nobody is to have is refused before it is given.

Rules over a whole stack speak once its resources are made, where a preview did not show them. What a single
resource tells is therefore judged here, too, before it is made. Whom a role is for can only be told beside
the stack's identities: qlz-i8-azure-least-privilege.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import CREDENTIAL, ROLE_ASSIGNMENT, guid_of, low, need_azure, role_of, said
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.azure_quantum.least_privilege import ADMINISTRATORS
from policy_packs.controls.azure_quantum.trust_policy import PARTS, entry
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    if resource.type == ROLE_ASSIGNMENT:
        yield from _judge_role(resource, azure)
    elif all(said(resource, part).known for part in PARTS):
        yield from entry(resource, {name.lower(): rows for name, rows in azure.credentials.items()})


def _judge_role(made: Resource, azure: Azure) -> Iterator[Finding]:
    role, scope = role_of(made), said(made, "scope")
    if not role.known:
        return
    guid = guid_of(role)
    rows = [row for row in azure.grants if row.role == guid]
    if name := ADMINISTRATORS.get(guid):
        yield fail(f"it makes somebody {name}", made)
    elif not rows:
        yield fail(f"it gives the role {azure.role_kinds.get(guid, guid)}, which nobody is to have", made)
    elif scope.known and low(scope) not in {row.scope.lower() for row in rows}:
        yield fail(f"it gives a role at {scope}, where nobody is to have it", made)


CONTROL = Control(
    id="qlz-i8-azure-given-at-once",
    title="Roles and ways in are refused before they are given",
    why="What is taken away again a minute later was there for a minute; a program can hide it in a preview.",
    fix="Give the roles of the table in azure_facts, and trust the workloads of the stack file, alone.",
    requirements=("I8", "I2", "W4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-3", "IA-8"),
        "iso-27001-2022-annex-a": ("A.5.18", "A.8.2", "A.5.16"),
        "ncsc-cloud-principles": ("3", "9", "10"),
        "csa-ccm-4": ("IAM-05", "IAM-16", "IAM-14"),
        "uk-gdpr": ("32",),
    },
    types=(ROLE_ASSIGNMENT, CREDENTIAL),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

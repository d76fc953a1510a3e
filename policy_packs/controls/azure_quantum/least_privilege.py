"""I8, T4, I4: roles are given as the table "who may do what" says: to whom, which, and where."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import ROLE_ASSIGNMENT, guid_of, low, need_azure, role_of, said, who
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

# Azure's own administrators, whom nobody is made by a stack (azure/role-based-access-control/built-in-roles).
ADMINISTRATORS = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    for made in stack.of_type(ROLE_ASSIGNMENT):
        role, scope = role_of(made), said(made, "scope")
        if not (role.known and scope.known):
            yield undecided(role if not role.known else scope, made)
            continue
        if name := ADMINISTRATORS.get(guid_of(role)):
            yield fail(f"it makes somebody {name}", made)
            continue
        yield from _judge(made, who(stack, made), guid_of(role), low(scope), azure)


def _judge(made: Resource, holder: str, role: str, scope: str, azure: Azure) -> Iterator[Finding]:
    kind = azure.role_kinds.get(role, role)
    rows = [row for row in azure.grants if row.role == role]
    if not holder:
        yield undecided("whom it is for is unknown, and follows from no single identity of this stack", made)
    elif not rows:
        yield fail(f"it gives the role {kind}, which this stack gives nobody", made)
    elif holder not in {row.who.lower() for row in rows}:
        yield fail(f"it gives {kind} to {holder}, who is not to have it", made)
    elif scope not in {row.scope.lower() for row in rows if row.who.lower() == holder}:
        yield fail(f"it gives {kind} at {scope}, and not where it belongs", made)
    if said(made, "delegatedManagedIdentityResourceId"):
        yield fail("it is for an identity of another tenant", made)


CONTROL = Control(
    id="qlz-i8-azure-least-privilege",
    title="Everybody has the roles of the table, and no other",
    why="One role too wide, too high or for one too many, and permissions that were apart are one again.",
    fix="Give it to whom and where the table in azure_facts says; to change the table is a change of policy.",
    requirements=("I8", "T4", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-3", "AC-6(1)"),
        "iso-27001-2022-annex-a": ("A.5.18", "A.8.2"),
        "ncsc-cloud-principles": ("3", "9"),
        "csa-ccm-4": ("IAM-05", "IAM-16"),
        "uk-gdpr": ("32",),
    },
    types=(ROLE_ASSIGNMENT,),
    judge_stack=judge_stack,
    cloud="azure",
)

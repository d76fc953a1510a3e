from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.delete_locks import CONTROL
from tests.policies.azure_quantum.things import (
    ACCOUNT_ID,
    ENVIRONMENT,
    GROUP_ID,
    PROJECT,
    ROLE,
    VAULT_ID,
    WORKSPACE_ID,
    account,
    az,
    given,
    vault,
    workspace,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def lock(scope: object, level: object = "CanNotDelete", name: str = "lock") -> Res:
    return az("authorization:ManagementLockByScope", {"scope": scope, "level": level}, name)


LOCKS = [lock(scope, name=scope[-6:]) for scope in (ACCOUNT_ID, VAULT_ID, WORKSPACE_ID)]

CASES.passes("all three", [account(), vault(), workspace(), *LOCKS])
CASES.passes("in another case", [vault(), lock(VAULT_ID.upper())])
for what, place in (
    ("an identity", f"{GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/qlz-catalyst"),
    ("a role", f"{GROUP_ID}/providers/Microsoft.Authorization/roleAssignments/x"),
    ("another's store", ACCOUNT_ID),
):
    CASES.fails(f"locks {what}", lock(place), "no store, vault or workspace of this stack")
    CASES.fails(f"locks {what} in an environment", lock(place), "no store", declared=ENVIRONMENT)
CASES.passes("a role at the group", [account(), vault(), workspace(), *LOCKS, given(ROLE["submit"])])
CASES.passes("a stack that is to go", account(), declared=replace(PROJECT, lifecycle="decommissioned"))
CASES.passes("an environment's vault", vault(), declared=ENVIRONMENT)
CASES.fails("a store", account(), "nothing locks it")
CASES.fails("a workspace", workspace(), "nothing locks it")
CASES.fails("another's", [vault(), lock(f"{VAULT_ID}x")], "nothing locks it")
CASES.fails("reads only", lock(WORKSPACE_ID, "ReadOnly"), "a lock of level 'ReadOnly'")
CASES.fails("a role that stays", [*LOCKS, given(ROLE["submit"], scope=WORKSPACE_ID)], "a freeze could not")
CASES.fails("a locked group", [lock(GROUP_ID), given(ROLE["submit"])], "a freeze could not take it away")
CASES.unknown("level", lock(VAULT_ID, UNKNOWN), "level is unknown")
CASES.unknown("scope", lock(UNKNOWN), "scope is unknown")


def test_case(case: Case) -> None:
    case.check()

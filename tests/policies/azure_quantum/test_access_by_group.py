from __future__ import annotations

from policy_packs.controls.azure import ROLE_ASSIGNMENT
from policy_packs.controls.azure_quantum.access_by_group import CONTROL
from tests.policies.azure_quantum.things import PEOPLE, PROJECT, ROLE, SCOPE, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def given(kind: object = "Group", role: str = "submit") -> Res:
    there = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{ROLE[role]}"
    return az(ROLE_ASSIGNMENT, {"principalType": kind, "principalId": PEOPLE, "roleDefinitionId": there})


CASES.passes("a group", given())
CASES.passes("a workload", given("ServicePrincipal"))
CASES.passes("the emergency account", given("User", "break-glass"))
CASES.fails("a person", given("User"), "it is for a User")
CASES.fails("a guest", given("ForeignGroup"), "it is for a ForeignGroup")
CASES.unknown("left out", given(None), "not written down")
CASES.unknown("unknown", given(UNKNOWN), "not written down")


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure import KEY, ROLE_ASSIGNMENT
from policy_packs.controls.azure_quantum.key_revocable import CONTROL
from tests.policies.azure_quantum.things import (
    ENVIRONMENT,
    GROUP_ID,
    KEEPERS,
    PEOPLE,
    PROJECT,
    ROLE,
    SCOPE,
    az,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
HELD = az(KEY, {"keyName": "results"}, name="key")


def given(who: str = KEEPERS, role: str = "administer-keys", name: str = "keepers") -> Res:
    there = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{ROLE[role]}"
    return az(ROLE_ASSIGNMENT, {"principalId": who, "roleDefinitionId": there, "scope": GROUP_ID}, name=name)


CASES.passes("key administrators have the role", (HELD, given(), given(PEOPLE, "results", "people")))
CASES.passes("no key at all", ())
CASES.passes("an environment's is the platform team's", (HELD,), ENVIRONMENT)
CASES.passes("on its way out", (HELD,), replace(PROJECT, lifecycle="decommissioned"))
CASES.fails("nobody has it", (HELD, given(PEOPLE, "results")), "nobody could disable it")
CASES.fails("he reads the data too", (HELD, given(), given(KEEPERS, "results", "more")), "read the data, too")
CASES.unknown(
    "which role",
    (HELD, az(ROLE_ASSIGNMENT, {"principalId": KEEPERS, "roleDefinitionId": UNKNOWN, "scope": GROUP_ID})),
    "roleDefinitionId is unknown",
)


def test_case(case: Case) -> None:
    case.check()

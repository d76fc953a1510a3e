from __future__ import annotations

from dataclasses import replace

from policy_packs.controls import azure as types
from policy_packs.controls.azure_quantum.present import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, ROLE, SCOPE, az
from tests.policies.support import Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def given(role: str) -> Res:
    there = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{ROLE[role]}"
    return az(types.ROLE_ASSIGNMENT, {"roleDefinitionId": there}, name="given")


PARTS = (
    az(types.GROUP, {}, name="group"),
    az(types.STORAGE, {}, name="store"),
    az(types.WORKSPACE, {}, name="workspace"),
    az(types.KEY, {}, name="key"),
    az(types.VAULT, {}, name="vault"),
    given("submit"),
)
SHARED = (
    az(types.ACTION_GROUP, {}, name="told"),
    az(types.ACTIVITY_ALERT, {}, name="alarm"),
    az(types.LOG, {}, name="log"),
    az(types.POLICY_ASSIGNMENT, {}, name="policy"),
    az(types.STORAGE, {}, name="trail"),
    given("responder"),
)
FROZEN = az(types.GROUP, {"tags": {types.FREEZE_MARK: "2026-12-01"}}, name="group")


def but(parts: tuple[Res, ...], name: str) -> tuple[Res, ...]:
    return tuple(each for each in parts if each.name != name)


CASES.passes("a project", PARTS)
CASES.passes("an environment", SHARED, ENVIRONMENT)
CASES.passes("on its way out", (), replace(PROJECT, lifecycle="decommissioned"))
CASES.passes(
    "no key where the tier asks for none", (*PARTS[:3], PARTS[-1]), replace(PROJECT, customer_key=False)
)
CASES.passes("a freeze takes its roles", (FROZEN, *PARTS[1:-1]))
for part, says in {
    "group": "no group",
    "store": "no store",
    "workspace": "no workspace",
    "key": "no key",
    "vault": "no vault",
    "given": "gives nobody a role",
}.items():
    CASES.fails(f"no {part}", but(PARTS, part), says)
for part, says in {
    "told": "nobody who is told",
    "alarm": "no alarm",
    "log": "no log",
    "policy": "no policy above",
    "trail": "no store for the trail",
    "given": "nobody could freeze",
}.items():
    CASES.fails(f"an environment without {part}", but(SHARED, part), says, ENVIRONMENT)
CASES.unreadable(PARTS)


def test_case(case: Case) -> None:
    case.check()

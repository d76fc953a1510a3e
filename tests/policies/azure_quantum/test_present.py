from __future__ import annotations

from dataclasses import replace

from policy_packs.controls import azure as types
from policy_packs.controls.azure_facts import Grant
from policy_packs.controls.azure_quantum.present import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, OPERATIONAL, PROJECT, ROLE, SCOPE, SECURITY, az
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
assert ENVIRONMENT.azure
READS = Grant("identity:qlz-sandbox-alarms", ROLE["log-analytics-reader"], OPERATIONAL.lower())
ALARMED = replace(ENVIRONMENT, azure=replace(ENVIRONMENT.azure, grants=(*ENVIRONMENT.azure.grants, READS)))
ALARMS = az(
    types.IDENTITY,
    {"resourceName": "qlz-sandbox-alarms", "principalId": "7d0e6a10-0000-4000-8000-00000000aaaa"},
)


def reads(scope: str) -> Res:
    there = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{ROLE['log-analytics-reader']}"
    props = {"roleDefinitionId": there, "principalId": ALARMS.props["principalId"], "scope": scope}
    return az(types.ROLE_ASSIGNMENT, props, name="reads")


CASES.passes("alarms read their log", (*SHARED, ALARMS, reads(OPERATIONAL)), ALARMED)
CASES.fails("alarms read nothing", (*SHARED, ALARMS), "so its alarms read nothing", ALARMED)
CASES.fails("alarms read another log", (*SHARED, ALARMS, reads(SECURITY)), "its alarms read nothing", ALARMED)
CASES.unreadable(PARTS)


def test_case(case: Case) -> None:
    case.check()

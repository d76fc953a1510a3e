from __future__ import annotations

from policy_packs.controls.azure_quantum.own_targets import CONTROL
from tests.policies.azure_quantum.things import (
    ENVIRONMENT,
    GROUP_ID,
    HOME,
    HOME_ID,
    PROJECT,
    SCOPE,
    account,
    az,
    diagnostics,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def lock(scope: object) -> Res:
    return az("authorization:ManagementLockByScope", {"scope": scope})


def group(name: object) -> Res:
    return az("resources:ResourceGroup", {"resourceGroupName": name} if name else {})


CASES.passes("own", [account(), lock(f"{GROUP_ID}/providers/X/y"), group("QLZ-sandbox--Catalyst")])
CASES.passes("its own settings", diagnostics(f"{GROUP_ID}/providers/X/y", None))
CASES.passes("the activity log", diagnostics(SCOPE, None), declared=ENVIRONMENT)
CASES.passes("the environment's two groups", [group(HOME), group(f"{HOME}---trail")], declared=ENVIRONMENT)
CASES.fails(
    "another project's group", account(resourceGroupName="qlz-sandbox--optimus"), "it is in the group"
)
CASES.fails("the environment's", account(resourceGroupName=HOME), "it is in the group")
CASES.fails("a group of another name", group("mine"), "it is in the group")
CASES.fails("a lock on another", lock(f"{HOME_ID}/providers/X/y"), "it is set on")
CASES.fails("a name that begins so", lock(f"{GROUP_ID}-two"), "it is set on")
CASES.fails("a project and the activity log", diagnostics(SCOPE, None), "it is set on")
CASES.fails("a budget of all", az("consumption:Budget", {"scope": SCOPE}), "it is set on")
CASES.fails("an environment's lock on all", lock(SCOPE), "it is set on", declared=ENVIRONMENT)
CASES.unknown("group unknown", account(resourceGroupName=UNKNOWN), "resourceGroupName is unknown")
CASES.unknown("scope unknown", lock(UNKNOWN), "scope is unknown")
CASES.unknown("made up by the engine", group(None), "made up by the engine")


def test_case(case: Case) -> None:
    case.check()

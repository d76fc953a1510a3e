from __future__ import annotations

from policy_packs.controls.azure_quantum.trail import CONTROL
from tests.policies.azure_quantum.things import (
    ENVIRONMENT,
    OPERATIONAL,
    PROJECT,
    SCOPE,
    SECURITY,
    account,
    az,
    diagnostics,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
STORE = account(resourceGroupName="qlz-sandbox---trail")
STORE_ID = f"{SCOPE}/resourceGroups/qlz-sandbox---trail/providers/Microsoft.Storage/storageAccounts/qlzdata"
DAILY = diagnostics(SCOPE, OPERATIONAL, "Administrative", "Policy", name="o")
SECRET = diagnostics(SCOPE, SECURITY, "Administrative", "Policy", "Security", name="s")
KEPT = diagnostics(SCOPE, None, "Administrative", "Policy", "Security", name="t", storageAccountId=STORE_ID)


def lock(days: object = 30, container: str = "insights-activity-logs") -> Res:
    props = {
        "accountName": "qlzdata",
        "containerName": container,
        "immutabilityPeriodSinceCreationInDays": days,
    }
    return az("storage:BlobContainerImmutabilityPolicy", props, "lock")


CASES.passes("kept", [STORE, DAILY, SECRET, KEPT, lock()])
CASES.passes("a project has none", [], PROJECT)
CASES.fails("none", [], "administrative, policy does not go to the operational log")
CASES.fails("no restricted one", [STORE, DAILY, KEPT, lock()], "does not go to the security log")
CASES.fails("no store", [DAILY, SECRET], "goes to no store of this stack")
CASES.fails("another's store", [DAILY, SECRET, KEPT], "goes to no store of this stack")
CASES.fails("deletable", [STORE, DAILY, SECRET, KEPT], "can be deleted or changed")
CASES.fails("the wrong container", [STORE, DAILY, SECRET, KEPT, lock(container="x")], "can be deleted")
CASES.fails("too short", [STORE, DAILY, SECRET, KEPT, lock(1)], "for 1 days, the stack says 30")
CASES.fails(
    "a category off",
    [
        STORE,
        diagnostics(SCOPE, OPERATIONAL, logs=[{"category": "Policy", "enabled": False}]),
        SECRET,
        KEPT,
        lock(),
    ],
    "does not go to the operational log",
)
CASES.unknown("how long", [STORE, DAILY, SECRET, KEPT, lock(UNKNOWN)], "InDays is unknown")


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from typing import Any

from policy_packs.controls.azure_quantum.results_retention import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, account, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
ALL = {"blobTypes": ["blockBlob", "appendBlob"]}


def lifecycle(days: object = 83, filters: object = None, account: str = "qlzdata", **more: object) -> Res:
    actions = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}}
    rule = {
        "name": "r",
        "type": "Lifecycle",
        "definition": {"filters": filters or ALL, "actions": actions},
        **more,
    }
    return az("storage:ManagementPolicy", {"accountName": account, "policy": {"rules": [rule]}}, "lifecycle")


def blobs(days: object = 7, **more: Any) -> Res:
    undo = {"enabled": True, "days": days}
    props = {"accountName": "qlzdata", "isVersioningEnabled": False, "deleteRetentionPolicy": undo, **more}
    return az("storage:BlobServiceProperties", props, "blobs")


CASES.passes("in time", [account(), lifecycle(), blobs()])
CASES.passes("an environment's", account(), declared=ENVIRONMENT)
CASES.fails("no lifecycle", [account(), blobs()], "says nowhere when its blobs are gone")
CASES.fails("another account's", [account(), lifecycle(account="other"), blobs()], "says nowhere")
CASES.fails("nothing on deleted ones", [account(), lifecycle()], "says nowhere")
CASES.fails("too long", [account(), lifecycle(84), blobs()], "live 84 and 7 days, the tier allows 90")
CASES.fails("too long to undo", [account(), lifecycle(), blobs(30)], "live 83 and 30 days")
CASES.fails(
    "off", [account(), lifecycle(enabled=False), blobs()], "no rule of its lifecycle deletes every blob"
)
CASES.fails("a part", [account(), lifecycle(filters={**ALL, "prefixMatch": ["a/"]}), blobs()], "every blob")
CASES.fails("one kind", [account(), lifecycle(filters={"blobTypes": ["blockBlob"]}), blobs()], "every blob")
CASES.fails(
    "too long to undo a container",
    [account(), lifecycle(), blobs(containerDeleteRetentionPolicy={"enabled": True, "days": 30})],
    "live 83 and 30 days",
)
CASES.fails("versions", [account(), lifecycle(), blobs(isVersioningEnabled=True)], "former versions")
CASES.fails(
    "back in time", [account(), lifecycle(), blobs(restorePolicy={"enabled": True})], "set back in time"
)
CASES.unknown("days", [account(), lifecycle(UNKNOWN), blobs()], "daysAfterModificationGreaterThan is unknown")
CASES.unknown("undo", [account(), lifecycle(), blobs(UNKNOWN)], "deleteRetentionPolicy.days is unknown")


def test_case(case: Case) -> None:
    case.check()

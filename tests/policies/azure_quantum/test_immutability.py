from __future__ import annotations

from policy_packs.controls.azure_quantum.immutability import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, account, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def immutable(container: object) -> Res:
    return az("storage:BlobContainerImmutabilityPolicy", {"containerName": container})


CASES.passes("a plain store", account())
CASES.passes("the trail", immutable("insights-activity-logs"), declared=ENVIRONMENT)
CASES.fails("results", immutable("jobs"), "which is not the trail")
CASES.fails("a project's, called so", immutable("insights-activity-logs"), "which is not the trail")
CASES.fails("another container", immutable("jobs"), "which is not the trail", declared=ENVIRONMENT)
CASES.fails("inline", account(immutableStorageWithVersioning={"enabled": True}), "cannot be deleted")
CASES.fails(
    "a container's own",
    az("storage:BlobContainer", {"immutableStorageWithVersioning": {"enabled": True}}),
    "cannot",
)
CASES.unknown("which", immutable(UNKNOWN), "containerName is unknown", declared=ENVIRONMENT)


def test_case(case: Case) -> None:
    case.check()

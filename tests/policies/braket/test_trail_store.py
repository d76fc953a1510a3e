from __future__ import annotations

from policy_packs.controls.braket.trail_store import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
TRAIL = Res("aws:cloudtrail/trail:Trail", {"s3BucketName": "b"}, name="trail")


def store(
    lock: object = True, status: object = "Enabled", retention: object = None, without: str = ""
) -> list[Res]:
    retention = {"mode": "GOVERNANCE", "days": 30} if retention is None else retention
    found = [
        TRAIL,
        Res("aws:s3/bucket:Bucket", {"bucket": "b", "objectLockEnabled": lock}, name="bucket"),
        Res(
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "b", "versioningConfiguration": {"status": status}},
            name="versioning",
        ),
        Res(
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            {"bucket": "b", "rule": {"defaultRetention": retention}},
            name="lock",
        ),
    ]
    return [each for each in found if each.name != without]


CASES.passes("locked and versioned", store())
CASES.passes("a project has none", [], declared=PROJECT)
CASES.fails("no trail", store(without="trail"), "the environment has no trail")
CASES.fails("nothing at all", [], "the environment has no trail")
CASES.fails("bucket elsewhere", store(without="bucket"), "a bucket that is not of this stack")
CASES.fails("no lock", store(lock=False), "can be deleted")
CASES.fails("no versions", store(without="versioning"), "it keeps no versions")
CASES.fails("versions suspended", store(status="Suspended"), "does not keep versions")
CASES.fails("no lock's configuration", store(without="lock"), "it locks no trail file")
CASES.fails("locked for no time", store(retention={"mode": "GOVERNANCE"}), "for no time")
CASES.unknown("lock unknown", store(lock=UNKNOWN), "objectLockEnabled is unknown")
CASES.unknown("versions unknown", store(status=UNKNOWN), "status is unknown")
CASES.unknown("retention unknown", store(retention=UNKNOWN), "mode is unknown")


def test_case(case: Case) -> None:
    case.check()

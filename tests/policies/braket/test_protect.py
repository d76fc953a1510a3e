from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.protect import CONTROL
from tests.policies.support import PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
GONE = replace(PROJECT, lifecycle="decommissioned")
BUCKET = "aws:s3/bucket:Bucket"

CASES.passes("protected key", Res("aws:kms/key:Key", protect=True))
CASES.passes("protected bucket", Res(BUCKET, {"forceDestroy": False}, protect=True))
CASES.passes("decommissioned", Res(BUCKET, {"forceDestroy": True}), declared=GONE)
CASES.passes("a role needs none", Res("aws:iam/role:Role"))
for token in ("aws:kms/key:Key", BUCKET, "aws:cloudwatch/logGroup:LogGroup", "aws:cloudtrail/trail:Trail"):
    CASES.fails(token, Res(token), "it is not protected")
CASES.fails(
    "bucket that goes with its content",
    Res(BUCKET, {"forceDestroy": True}, protect=True),
    "with all it holds",
)
CASES.unknown(
    "bucket that perhaps does", Res(BUCKET, {"forceDestroy": UNKNOWN}, protect=True), "forceDestroy"
)
CASES.fails("a secret", Res("aws:secretsmanager/secret:Secret"), "it is not protected")


def test_case(case: Case) -> None:
    case.check()

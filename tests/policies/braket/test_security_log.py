from __future__ import annotations

from policy_packs.controls.braket.security_log import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
KEYS = [Res("aws:kms/key:Key", {}, name=name) for name in ("k1", "k2")]


def log(kind: str, days: object, key: str, *behind: str) -> Res:
    return Res(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": f"/qlz/sandbox/{kind}", "retentionInDays": days, "kmsKeyId": key},
        name=kind,
        refs={"kmsKeyId": behind},
    )


OPERATIONAL = log("operational", 365, UNKNOWN, "k1")
CASES.passes("keys to come", [*KEYS, OPERATIONAL, log("security", 90, UNKNOWN, "k2")])
CASES.passes("known keys", [log("operational", 365, "arn:1"), log("security", 90, "arn:2")])
CASES.passes("a project has none", [], declared=PROJECT)
CASES.fails("no security log", [*KEYS, OPERATIONAL], "no restricted security log group")
CASES.fails("no operational log", [log("security", 90, "arn:2")], "no operational log group")
CASES.fails("same key to come", [*KEYS, OPERATIONAL, log("security", 90, UNKNOWN, "k1")], "shares its key")
CASES.fails(
    "same known key", [log("operational", 365, "arn:1"), log("security", 90, "arn:1")], "shares its key"
)
CASES.fails("kept as long", [*KEYS, OPERATIONAL, log("security", 365, UNKNOWN, "k2")], "not for less than")
CASES.fails("kept for ever", [*KEYS, OPERATIONAL, log("security", 0, UNKNOWN, "k2")], "not for less than")
CASES.unknown("key from nowhere", [*KEYS, OPERATIONAL, log("security", 90, UNKNOWN)], "which keys encrypt")
CASES.unknown("time unknown", [*KEYS, OPERATIONAL, log("security", UNKNOWN, UNKNOWN, "k2")], "how long")


def test_case(case: Case) -> None:
    case.check()

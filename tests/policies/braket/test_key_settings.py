from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.key_settings import CONTROL
from tests.policies.support import PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
PROD = replace(PROJECT, level="prod")


def key(**props: object) -> Res:
    return Res("aws:kms/key:Key", {"enableKeyRotation": True, **props})


CASES.passes("rotating", key())
CASES.passes("as long as demanded", key(deletionWindowInDays=30, rotationPeriodInDays=365), declared=PROD)
CASES.fails("rotation not said", Res("aws:kms/key:Key", {}), "it does not rotate")
CASES.fails("rotation off", key(enableKeyRotation=False), "it does not rotate")
CASES.fails("rotation as a text", key(enableKeyRotation="true"), "it does not rotate")
CASES.fails("rotation every seven years", key(rotationPeriodInDays=2560), "less than once")
CASES.fails("disabled", key(isEnabled=False), "it is disabled")
CASES.fails("lock-out check skipped", key(bypassPolicyLockoutSafetyCheck=True), "locking himself out")
CASES.fails(
    "gone in a week, in production", key(deletionWindowInDays=7), "7 days after a deletion, 30", declared=PROD
)
CASES.unknown("rotation unknown", key(enableKeyRotation=UNKNOWN), "enableKeyRotation is unknown")
CASES.unknown("window unknown", key(deletionWindowInDays=UNKNOWN), "deletionWindowInDays is unknown")

EXTERNAL = "aws:kms/externalKey:ExternalKey"
CASES.passes(
    "own material, which people rotate", Res(EXTERNAL, {"enabled": False, "deletionWindowInDays": 30})
)
CASES.fails(
    "own material gone in a week",
    Res(EXTERNAL, {"deletionWindowInDays": 7}),
    "7 days after a deletion, 30",
    declared=PROD,
)
CASES.fails("own, check skipped", Res(EXTERNAL, {"bypassPolicyLockoutSafetyCheck": True}), "locking himself")


def test_case(case: Case) -> None:
    case.check()

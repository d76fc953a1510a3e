"""K3, K5: keys rotate, are not lost in a hurry and are not locked away from their owner."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import EXTERNAL_KEY, KEYS
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect
from policy_packs.controls.stack_facts import StackFacts

_WINDOW = {"sandbox": 7, "dev": 14, "prod": 30}  # days; KMS takes 7 to 30 and means 30 when nothing is said
_ROTATION = 365  # days, at most


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type != EXTERNAL_KEY:  # people rotate what people import, by the day in the stack file
        yield from _rotates(resource)
    yield from expect(
        resource["bypassPolicyLockoutSafetyCheck"],
        lambda bypass: bypass in (None, False),
        "it skips the check that keeps its owner from locking himself out",
    )
    window = resource["deletionWindowInDays"]
    days = _WINDOW.get(facts.need().level, 30)
    yield from expect(
        window,
        lambda found: found is None or (isinstance(found, int) and found >= days),
        f"it is gone {window} days after a deletion, {days} are demanded here",
    )


def _rotates(resource: Resource) -> Iterator[Finding]:
    yield from expect(resource["enableKeyRotation"], lambda on: on is True, "it does not rotate")
    yield from expect(
        resource["rotationPeriodInDays"],
        lambda days: days is None or (isinstance(days, int) and days <= _ROTATION),
        f"it rotates less than once in {_ROTATION} days",
    )
    yield from expect(resource["isEnabled"], lambda on: on in (None, True), "it is disabled")


CONTROL = Control(
    id="qlz-k3-key-settings",
    title="Keys rotate and cannot be lost in a hurry",
    why=(
        "A key that never changes opens everything once it leaks, and one deleted at once takes all data "
        "along."
    ),
    fix="Set enable_key_rotation=True and leave deletion_window_in_days at 30 or what the level demands.",
    requirements=("K3", "K4", "K5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12", "SC-13"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-12", "CEK-04"),
    },
    types=KEYS,
    judge=judge,
)

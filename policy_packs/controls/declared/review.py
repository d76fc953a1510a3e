"""G3: a review of the assumptions is planned at least quarterly."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_QUARTER = 92
"""Days of the longest quarter."""


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    last = spec.last_review or spec.today
    days = (spec.next_review - last).days
    if days > _QUARTER:
        yield fail(f"its next review is {days} days after the last one; a quarter has {_QUARTER} at most")
    elif spec.last_review and days <= 0:
        yield fail("its next review is not after the last one")


CONTROL = Control(
    id="qlz-g3-review-planned",
    title="A review is planned every quarter",
    why="Devices, prices, providers and people change, and what was assumed of them is nobody's until asked.",
    fix="Set next_review at most 92 days after last_review.",
    requirements=("G3",),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CA-7", "RA-3"),
        "iso-27001-2022-annex-a": ("A.5.36",),
        "ncsc-cloud-principles": ("4",),
        "csa-ccm-4": ("A&A-04",),
        "uk-gdpr": ("24", "32"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
)

"""G3: an overdue review is visible, and blocks what regulated work widens."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import UPPER_MANDATORY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    if declared.lifecycle == "decommissioned":
        return
    if spec.today > spec.next_review:
        yield fail(f"the review of its assumptions is overdue since {spec.next_review}")
    if spec.last_review and spec.last_review > spec.today and spec.last_review != spec.start:
        yield fail(f"its last review was on {spec.last_review}, which has not come yet")


CONTROL = Control(
    id="qlz-g3-review-overdue",
    title="The review is not overdue",
    why="Nobody has looked whether what was assumed still holds, and the work goes on as if it did.",
    fix="Review the assumptions, then set last_review and next_review.",
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
    levels=UPPER_MANDATORY,
    timed=True,
)

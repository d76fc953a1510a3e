"""G4: what was accepted for a time is decided anew when the time is over."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project or declared.lifecycle == "decommissioned":
        return
    spec = declared.need_spec()
    for row in spec.accepted:
        if spec.today > row.expires:
            yield fail(f"{row.demand} was accepted until {row.expires}")


CONTROL = Control(
    id="qlz-g4-accepted-current",
    title="What was accepted is decided anew in time",
    why="The reasons for which somebody accepted a gap were true when he did.",
    fix="Decide again, with another approver's word and a new expiry, or leave the tier.",
    requirements=("G4", "G3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("RA-7", "PM-4", "CA-5"),
        "iso-27001-2022-annex-a": ("A.5.36", "A.5.4"),
        "ncsc-cloud-principles": ("4",),
        "csa-ccm-4": ("GRC-05",),
        "uk-gdpr": ("24",),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="azure",
    levels=UPPER_ONLY,
    admits_exceptions=False,
    timed=True,
)

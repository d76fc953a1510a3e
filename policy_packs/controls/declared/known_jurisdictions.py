"""R4, R1: where regulated work goes, every hop names the law that holds there."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    for hop in declared.need_spec().data_path:
        if hop.jurisdiction.strip().lower() in ("", "unknown"):
            yield fail(f"nobody knows which law holds at {hop.system} ({hop.step})")


CONTROL = Control(
    id="qlz-r4-known-jurisdictions",
    title="Every hop names its jurisdiction",
    why="What is processed nobody knows where is under a law that nobody has looked at.",
    fix="Ask the provider where it processes, and write the jurisdiction into the charter's data_path.",
    requirements=("R4", "R1", "R5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SA-9", "RA-3(1)"),
        "iso-27001-2022-annex-a": ("A.5.31", "A.5.23"),
        "ncsc-cloud-principles": ("2", "8"),
        "csa-ccm-4": ("DSP-10",),
        "uk-gdpr": ("44",),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    levels=UPPER_ONLY,
)

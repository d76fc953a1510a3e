"""C1, K5: a project has begun, ends within five years, and is taken away when it has ended."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_YEARS = 5


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project or declared.lifecycle == "decommissioned":
        return
    spec = declared.need_spec()
    if spec.start is None or spec.end is None:
        yield fail("its charter names no first and last day")
        return
    if (spec.end - spec.start).days > _YEARS * 366:
        yield fail(f"it runs until {spec.end}, more than {_YEARS} years")
    if spec.today < spec.start:
        yield fail(f"it begins on {spec.start}")
    if spec.today > spec.end:
        yield fail(f"it ended on {spec.end}")


CONTROL = Control(
    id="qlz-c1-lifetime",
    title="A project has an end, and keeps to it",
    why="Keys, identities and data of a project that is over are looked after by nobody.",
    fix="Extend the charter after a review, or set lifecycle: decommissioned and take the project away.",
    requirements=("C1", "K5", "C3"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("AC-2(3)", "SI-12", "CM-8"),
        "iso-27001-2022-annex-a": ("A.5.18", "A.8.10"),
        "ncsc-cloud-principles": ("2", "9"),
        "csa-ccm-4": ("DSP-02", "DSP-16"),
        "uk-gdpr": ("5", "17"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    timed=True,
)

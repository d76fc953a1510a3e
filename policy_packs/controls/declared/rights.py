"""I6: a right for a time has a reason, was approved by another, and ends within the tier's hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.people import same_person
from policy_packs.controls.stack_facts import Declared

_YEAR = timedelta(days=367)


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    for row in spec.rights:
        if same_person(row.requester, row.approver):
            yield fail(f"{row.what} is approved by {row.approver}, who asked for it")
        for what in ("requester", "approver", "reason", "ticket"):
            if not getattr(row, what).strip():
                yield fail(f"{row.what} says no {what}")
        hours = (row.end - row.start) / timedelta(hours=1)
        if declared.azure:
            # Azure counts the hours of each use; here people may ask, until a day.
            if row.end.date() - spec.today > _YEAR:
                yield fail(f"{row.what} may be asked for until {row.end.date()}, more than a year ahead")
        elif not 0 < hours <= declared.elevation_hours:
            yield fail(f"{row.what} lasts {hours:g} hours; the tier allows {declared.elevation_hours}")


CONTROL = Control(
    id="qlz-i6-approved-by-another",
    title="More rights are approved by another, and end",
    why="A right that somebody gives himself, or that never ends, is an administrator's by another name.",
    fix="Name requester, another approver, reason and ticket, and an end within the tier's hours.",
    requirements=("I6", "I9"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-2(2)", "AC-6(5)", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.2", "A.5.18"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-09", "IAM-10"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

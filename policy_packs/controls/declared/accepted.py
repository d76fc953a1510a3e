"""G4: what a tier demands and the cloud does not offer is accepted by another than its owner, for a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.people import same_person
from policy_packs.controls.stack_facts import Declared

_YEAR = timedelta(days=366)


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    for row in spec.accepted:
        if same_person(row.owner, row.approver):
            yield fail(f"{row.demand} is accepted by {row.approver}, who owns it")
        for what in ("owner", "approver"):
            if not getattr(row, what).strip():
                yield fail(f"{row.demand} is accepted without {what}")
        if row.expires - spec.today > _YEAR:
            yield fail(f"{row.demand} is accepted until {row.expires}, more than a year ahead")


CONTROL = Control(
    id="qlz-g4-accepted-demands",
    title="What is accepted has an approver and an end",
    why="A gap that is accepted for ever, by whoever has it, is no longer seen by anybody.",
    fix="Name owner, another approver and an expiry within a year under accepted.",
    requirements=("G4",),
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
    admits_exceptions=False,
)

"""I5: sessions are as short as the tier demands."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ROLE
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    hours = facts.need().session_hours
    seconds = resource["maxSessionDuration"]  # absent is AWS's default, one hour
    yield from expect(
        seconds,
        lambda found: found is None or (isinstance(found, int | float) and found <= hours * 3600),
        f"its sessions last {seconds} seconds, at most {hours * 3600} are allowed here",
    )


CONTROL = Control(
    id="qlz-i5-session-length",
    title="Short sessions",
    why="A stolen session works until it ends, so its length is the length of the incident.",
    fix="Set max_session_duration to what the stack's tier allows, or leave it out for one hour.",
    requirements=("I5",),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("AC-12",),
        "iso-27001-2022-annex-a": ("A.8.5",),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-16",),
    },
    types=(ROLE,),
    judge=judge,
)

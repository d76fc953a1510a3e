"""G4: exceptions on record are well-formed, approved by somebody else, and not expired."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, Stack, fail
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    exceptions = facts.exceptions
    for problem in exceptions.problems:
        yield fail(problem)
    for granted in exceptions.granted:
        if granted.expired and not exceptions.tightens:
            yield fail(f"{granted.file} expired on {granted.expires}, and covers nothing any more")
        named = [each for each in stack.resources if granted.names(each.urn)]
        if len(named) > 1:
            yield fail(
                f"{granted.file} names {granted.resource}, which {len(named)} resources are called; "
                "its approver had one in mind"
            )
    facts.need()


CONTROL = Control(
    id="qlz-g4-exceptions-valid",
    title="Exceptions are in order",
    why="An exception that nobody may rely on would be relied on, or be forgotten and stay.",
    fix="Correct or renew the file, or remove it: docs/exceptions.md says what it must hold.",
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
    judge_stack=judge_stack,
    cloud="any",
    admits_exceptions=False,
)

"""C1: what the stack holds was shown to the controls; what was not, nobody has judged."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, Stack, undecided
from policy_packs.controls.stack_facts import StackFacts

_REFERENCE = "pulumi:pulumi:StackReference"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    facts.need()  # a stack nobody could read is not judged by halves
    for resource in stack.resources:
        if resource.shown or resource.is_component or resource.type == _REFERENCE:
            continue
        yield undecided(
            "no control has seen it: it was made elsewhere and only read here, or left out of this update",
            resource,
        )


CONTROL = Control(
    id="qlz-c1-shown",
    title="Everything in the stack is judged",
    why=(
        "A policy or bucket made by hand and only read by the program would count as the stack's own, "
        "whatever it allows."
    ),
    fix="Declare the resource in the program instead of `.get(…)`, and update the stack without --target.",
    requirements=("C1", "G4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-8", "CM-5"),
        "iso-27001-2022-annex-a": ("A.5.9", "A.8.32"),
        "ncsc-cloud-principles": ("5",),
        "csa-ccm-4": ("CCC-04",),
    },
    types=(),
    judge_stack=judge_stack,
    cloud="any",
    admits_exceptions=False,
)

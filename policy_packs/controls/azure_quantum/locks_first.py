"""R1, L5: locks, logs and alarms exist on Azure before a workload can come in and roles can be given."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    ACTIVITY_ALERT,
    CREDENTIAL,
    DIAGNOSTICS,
    IMMUTABILITY,
    LOCK,
    POLICY_ASSIGNMENT,
    QUERY_ALERT,
    ROLE_DEFINITION,
)
from policy_packs.controls.control import Control, Finding, Severity, Stack
from policy_packs.controls.order import judge_order
from policy_packs.controls.stack_facts import StackFacts

_GUARDS = (POLICY_ASSIGNMENT, DIAGNOSTICS, ACTIVITY_ALERT, QUERY_ALERT, LOCK)
_BEFORE = {CREDENTIAL: _GUARDS, ROLE_DEFINITION: _GUARDS}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    yield from judge_order(stack, _BEFORE)
    if facts.need().is_environment:
        yield from judge_order(stack, {DIAGNOSTICS: (IMMUTABILITY, LOCK)})


CONTROL = Control(
    id="qlz-r1-azure-locks-first",
    title="Locks on Azure come before what they lock",
    why=(
        "An update that stops half way leaves what was made until then: rights without locks, if those came"
        " last."
    ),
    fix="Let what grants depend on what guards (depends_on), as the components do.",
    requirements=("R1", "L5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-3", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.9",),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("CCC-04",),
        "uk-gdpr": ("44", "32"),
    },
    types=(CREDENTIAL, ROLE_DEFINITION, DIAGNOSTICS),
    judge_stack=judge_stack,
    cloud="azure",
)

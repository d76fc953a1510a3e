from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from policy_packs.controls.declared.rights import CONTROL
from tests.policies.azure_quantum.things import PEOPLE
from tests.policies.declared.specs import AZURE_RIGHT, ENVIRONMENT, RIGHT, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes("nobody has more", spec(rights=()))
SAYS.fails(
    "approved by himself", spec(rights=(replace(RIGHT, approver="Ada@example.org"),)), "who asked for it"
)
SAYS.fails(
    "approved by himself with dots", spec(rights=(replace(RIGHT, approver="a.da@example.org"),)), "who asked"
)
SAYS.fails("approved by himself without domain", spec(rights=(replace(RIGHT, approver="ada"),)), "who asked")
SAYS.fails("too long", spec(rights=(replace(RIGHT, end=RIGHT.start + timedelta(hours=5)),)), "lasts 5 hours")
SAYS.fails("it ends before it begins", spec(rights=(replace(RIGHT, end=RIGHT.start),)), "lasts 0 hours")
SAYS.fails("no reason", spec(rights=(replace(RIGHT, reason=" "),)), "says no reason")
SAYS.fails(
    "the group approves itself", azure(rights=(replace(AZURE_RIGHT, approver=PEOPLE),)), "who asked for it"
)
SAYS.fails(
    "eligible for ever",
    azure(rights=(replace(AZURE_RIGHT, end=AZURE_RIGHT.end + timedelta(days=900)),)),
    "more than a year ahead",
)


def test_case(case: Case) -> None:
    case.check()

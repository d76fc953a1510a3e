from __future__ import annotations

from datetime import date

from policy_packs.controls.declared.review import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, SPEC, SpecCases, azure, environment, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes("a first review ahead", environment(last_review=None))
SAYS.fails("a year ahead", spec(next_review=date(2027, 11, 2)), "a quarter has 92")
SAYS.fails(
    "a first review far ahead",
    environment(last_review=None, next_review=date(2027, 12, 1)),
    "a quarter has 92",
)
SAYS.fails("none ahead", azure(next_review=SPEC.last_review), "is not after the last one")


def test_case(case: Case) -> None:
    case.check()

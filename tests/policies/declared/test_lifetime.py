from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from policy_packs.controls.declared.lifetime import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, TODAY, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes(
    "over, and on its way out", replace(spec(end=TODAY - timedelta(days=1)), lifecycle="decommissioned")
)
SAYS.fails("over", spec(end=TODAY - timedelta(days=1)), "it ended on 2026-11-30")
SAYS.fails("not begun", azure(start=TODAY + timedelta(days=1)), "it begins on 2026-12-02")
SAYS.fails("for ever", spec(end=date(2036, 1, 1)), "more than 5 years")
SAYS.fails("no end", spec(end=None), "no first and last day")


def test_case(case: Case) -> None:
    case.check()

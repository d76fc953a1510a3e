from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from policy_packs.controls.declared.review_overdue import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, TODAY, SpecCases, azure, environment, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes("on the day", spec(next_review=TODAY))
SAYS.passes(
    "on its way out", replace(spec(next_review=TODAY - timedelta(days=9)), lifecycle="decommissioned")
)
SAYS.fails("a day late", spec(next_review=TODAY - timedelta(days=1)), "overdue since 2026-11-30")
SAYS.fails("an environment's", environment(next_review=date(2026, 11, 3)), "overdue since 2026-11-03")
SAYS.fails("reviewed tomorrow", azure(last_review=TODAY + timedelta(days=1)), "has not come yet")


def test_case(case: Case) -> None:
    case.check()

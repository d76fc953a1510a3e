from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from policy_packs.controls.declared.contract_current import CONTROL
from tests.policies.declared.specs import CONTRACT, ENVIRONMENT, TODAY, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes(
    "a project on its way out",
    replace(spec(contract=replace(CONTRACT, expires=TODAY - timedelta(days=1))), lifecycle="decommissioned"),
)
SAYS.fails(
    "it ran out", spec(contract=replace(CONTRACT, expires=TODAY - timedelta(days=1))), "ran out on 2026-11-30"
)
SAYS.fails(
    "checked long ago", azure(contract=replace(CONTRACT, verified=date(2025, 1, 1))), "more than a year ago"
)
SAYS.fails(
    "checked tomorrow",
    spec(contract=replace(CONTRACT, verified=TODAY + timedelta(days=1))),
    "has not come yet",
)


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_packs.controls.declared.accepted_current import CONTROL
from tests.policies.declared.specs import AZURE_SPEC, TODAY, SpecCases, azure
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

(ROW,) = AZURE_SPEC.accepted
SAYS.passes("on its last day", azure(accepted=(replace(ROW, expires=TODAY),)))
SAYS.passes(
    "on its way out",
    replace(azure(accepted=(replace(ROW, expires=date(2026, 1, 1)),)), lifecycle="decommissioned"),
)
SAYS.fails(
    "over", azure(accepted=(replace(ROW, expires=date(2026, 11, 30)),)), "was accepted until 2026-11-30"
)


def test_case(case: Case) -> None:
    case.check()

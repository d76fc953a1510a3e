from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_packs.controls.declared.accepted import CONTROL
from tests.policies.declared.specs import AZURE, AZURE_SPEC, ENVIRONMENT, SpecCases, azure
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

(ROW,) = AZURE_SPEC.accepted
SAYS.passes("nothing is accepted", azure(accepted=()))
SAYS.passes("an environment", replace(ENVIRONMENT, azure=AZURE.azure))
SAYS.fails("by its owner", azure(accepted=(replace(ROW, approver="Team@example.org"),)), "who owns it")
SAYS.fails(
    "by its owner, tagged", azure(accepted=(replace(ROW, approver="t.eam+x@example.org"),)), "who owns"
)
SAYS.fails("by nobody", azure(accepted=(replace(ROW, approver=""),)), "accepted without approver")
SAYS.fails("for ever", azure(accepted=(replace(ROW, expires=date(2030, 1, 1)),)), "more than a year ahead")


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declared.contract_record import CONTROL
from tests.policies.declared.specs import CONTRACT, ENVIRONMENT, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("none", spec(contract=None), "holds no contract record")
SAYS.fails(
    "the operator is left out",
    azure(contract=replace(CONTRACT, subprocessors=("Microsoft",))),
    "does not name iqm",
)
SAYS.fails("no backups", spec(contract=replace(CONTRACT, backups=())), "says nothing of backups")
SAYS.fails("kept for years", spec(contract=replace(CONTRACT, deletion_days=3650)), "deletes after 3650 days")


def test_case(case: Case) -> None:
    case.check()

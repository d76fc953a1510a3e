from __future__ import annotations

from policy_packs.controls.declared.known_jurisdictions import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.fails(
    "unknown", spec(data_path=hops("qpu-operator", jurisdiction="unknown")), "which law holds at Garnet"
)
SAYS.fails("empty", azure(data_path=hops("analytics", jurisdiction="")), "which law holds at notebooks")
SAYS.passes("an environment", ENVIRONMENT)


def test_case(case: Case) -> None:
    case.check()

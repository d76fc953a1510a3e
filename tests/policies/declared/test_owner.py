from __future__ import annotations

from policy_packs.controls.declared.owner import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, SpecCases, azure, environment, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("nobody", spec(owner=""), "its owner, nobody")
SAYS.fails("an address that nobody reads", azure(owner="noreply@example.org"), "no address of somebody")
SAYS.fails("no purpose", environment(purpose="Quantum research"), "does not say what it is for")
SAYS.fails("nobody pays", spec(cost_centre=" "), "no cost centre pays")


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from policy_packs.controls.declared.minimisation import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("raw data may leave", spec(data_leaving=("raw", "parameterised")), "lets raw data leave")
SAYS.fails(
    "a class not named",
    azure(data_path=hops("qpu-operator", data_class="derived")),
    "derived data goes to Garnet",
)
SAYS.fails(
    "raw data leaves", spec(data_path=hops("qpu-operator", data_class="raw")), "raw data goes to Garnet"
)


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from policy_packs.controls.declared.sensitive_inside import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, PATH, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes("no raw data at all", spec(data_path=hops("source", data_class="synthetic")))
SAYS.fails("results outside", spec(data_path=hops("result-store", inside=False)), "(result-store) is outside")
SAYS.fails(
    "nothing prepares",
    azure(data_path=(PATH[0], *PATH[2:])),
    "nothing inside prepares the raw data of warehouse",
)
SAYS.fails(
    "prepared outside",
    spec(data_path=hops("pre-processing", inside=False)),
    "before it goes to feature pipeline",
)
SAYS.fails(
    "derived data of a confidential project",
    spec(classification="confidential", data_path=hops("qpu-operator", data_class="derived")),
    "of a confidential project goes to Garnet",
)


def test_case(case: Case) -> None:
    case.check()

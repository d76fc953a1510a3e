from __future__ import annotations

from policy_packs.controls.declared.operators import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, PATH, SPEC, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment has no devices", ENVIRONMENT)
SAYS.passes("simulators of the cloud alone", spec(devices=SPEC.devices[:1], data_path=(*PATH[:3], *PATH[4:])))
SAYS.fails(
    "no hop names the operator",
    spec(data_path=(*PATH[:3], *PATH[4:])),
    "iqm/garnet is run by iqm, whom no hop",
)
SAYS.fails("another operator", azure(data_path=hops("qpu-operator", provider="ionq")), "whom no hop outside")
SAYS.fails(
    "the operator inside", spec(data_path=hops("qpu-operator", inside=True)), "Garnet inside the boundary"
)
SAYS.fails(
    "behind the API's region",
    spec(data_path=hops("qpu-operator", region="eu-west-2")),
    "the cloud's region for its API",
)
SAYS.fails("nobody named", spec(data_path=hops("qpu-operator", provider="")), "does not say who runs Garnet")


def test_case(case: Case) -> None:
    case.check()

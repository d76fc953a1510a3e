from __future__ import annotations

from policy_packs.controls.declared.data_path import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, PATH, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment has none", ENVIRONMENT)
SAYS.fails(
    "no result store",
    spec(data_path=tuple(hop for hop in PATH if hop.step != "result-store")),
    "no hop result-store",
)
SAYS.fails("none at all", spec(data_path=()), "no hop source")
SAYS.fails("it ends outside", spec(data_path=hops("analytics", inside=False)), "ends outside the boundary")
SAYS.fails("it begins outside", azure(data_path=hops("source", inside=False)), "begins outside the boundary")
SAYS.fails("no credential named", spec(data_path=hops("source", credential=" ")), "says no credential")
SAYS.fails(
    "out of order", spec(data_path=(*PATH[:3], PATH[4], PATH[3], PATH[5])), "order in which a job takes them"
)


def test_case(case: Case) -> None:
    case.check()

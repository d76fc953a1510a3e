from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declared.tier import CONTROL
from tests.policies.declared.specs import ALL_TIERS, ENVIRONMENT, PROJECT, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("not of the charter", spec(tiers=("public-demo",)), "is not among the charter's")
SAYS.fails(
    "too low for its level",
    replace(spec(tier="public-demo", tiers=ALL_TIERS), tier="public-demo"),
    "may not live at level prod",
)
SAYS.fails("judged by another tier", replace(PROJECT, tier="public-demo"), "judged as public-demo")
SAYS.fails("data too sensitive", azure(classification="restricted"), "too sensitive for pre-production")
SAYS.fails("a class of nobody", spec(classification="secret"), "which nobody has defined")


def test_case(case: Case) -> None:
    case.check()

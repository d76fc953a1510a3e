from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declarations import Sibling
from policy_packs.controls.declared.promotion import CONTROL
from tests.policies.azure_quantum.things import PEOPLE
from tests.policies.declared.specs import ENVIRONMENT, PLACE, PROJECT, SIBLING, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes(
    "a second stack of the same level",
    spec(siblings=(SIBLING, replace(SIBLING, level="prod", account=PROJECT.account))),
)
SAYS.fails("no lower stack", spec(siblings=()), "nothing was tried before")
SAYS.fails("one account", spec(siblings=(replace(SIBLING, account=PROJECT.account),)), "has the same account")
SAYS.fails(
    "one place",
    spec(siblings=(replace(SIBLING, place=replace(PLACE, repository="Example-Org/optimus")),)),
    "could act in it: prod",
)
SAYS.fails(
    "one group",
    azure(siblings=(replace(SIBLING, account="other", groups={"researchers": PEOPLE}),)),
    "the same group of people",
)
SAYS.unknown(
    "a file that cannot be read",
    spec(siblings=(SIBLING, Sibling("optimus-sandbox"))),
    "optimus-sandbox, of the same project, cannot be read",
)


def test_case(case: Case) -> None:
    case.check()

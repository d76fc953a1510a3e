from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declared.protected_place import CONTROL
from tests.policies.declared.specs import APPLY, ENVIRONMENT, PLACE, PLAN, SpecCases, azure, environment, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes("a sandbox without pipelines", replace(environment(places=()), level="sandbox"))
SAYS.passes("a plan of pull requests", environment(places=(replace(PLAN, place="pull-requests"), APPLY)))
SAYS.fails("any branch", spec(places=(replace(PLACE, place="release/*"),)), "no one place")
SAYS.fails("pull requests", spec(places=(replace(PLACE, place="pull-request"),)), "before their review")
SAYS.fails(
    "a branch under work",
    azure(places=(replace(PLACE, kind="gitlab", place="feature/faster"),)),
    "before their review",
)
SAYS.fails("no pipeline", environment(places=()), "from people's machines")


def test_case(case: Case) -> None:
    case.check()

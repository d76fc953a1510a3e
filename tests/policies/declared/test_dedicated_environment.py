from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declarations import Tenant
from policy_packs.controls.declared.dedicated_environment import CONTROL
from tests.policies.declared.specs import (
    AZURE,
    ENVIRONMENT,
    PLACE,
    SIBLING,
    SpecCases,
    azure,
    environment,
    spec,
)
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("its own environment", ENVIRONMENT)
SAYS.passes("the organization", replace(ENVIRONMENT, kind="organization"))
SAYS.fails("a shared environment", spec(environment_file="prod-shared"), "not the project's own environment")
SAYS.fails(
    "a shared subscription", azure(siblings=(replace(SIBLING, account=AZURE.account),)), "shares its account"
)
SAYS.fails(
    "another project in it",
    environment(tenants=(Tenant("optimus", PLACE), Tenant("catalyst", PLACE))),
    "the project catalyst lives in it",
)


def test_case(case: Case) -> None:
    case.check()

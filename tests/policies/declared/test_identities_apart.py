from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declarations import Elsewhere, Sibling, Tenant
from policy_packs.controls.declared.identities_apart import CONTROL
from tests.policies.declared.specs import (
    APPLY,
    ENVIRONMENT,
    GROUPS,
    PLACE,
    PLAN,
    SIBLING,
    SpecCases,
    azure,
    environment,
    spec,
)
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails(
    "the project is the platform's apply",
    spec(places=(replace(PLACE, repository="example-org/platform", place="PROD-plan"),)),
    "project and plan come from the same place",
)
SAYS.fails(
    "plan applies", environment(places=(PLAN, replace(APPLY, place=PLAN.place))), "project-apply and plan"
)
SAYS.fails(
    "researchers approve",
    azure(groups={**GROUPS, "approvers": GROUPS["researchers"]}),
    "approvers and researchers are the same group",
)
OTHER = replace(PLACE, repository="example-org/other")
SAYS.passes(
    "two projects apart",
    environment(tenants=(Tenant("optimus", PLACE, {"a": "one"}), Tenant("other", OTHER, {"a": "two"}))),
)
SAYS.fails(
    "one pipeline for two projects",
    environment(tenants=(Tenant("optimus", PLACE), Tenant("other", PLACE))),
    "other and optimus let in the same pipeline",
)
SAYS.fails(
    "one group for two projects",
    environment(tenants=(Tenant("optimus", PLACE, {"a": "One"}), Tenant("other", OTHER, {"b": "one"}))),
    "other and optimus let in the same group",
)
SAYS.fails(
    "the environment's own people",
    environment(groups={"responders": "one"}, tenants=(Tenant("optimus", PLACE, {"a": "one"}),)),
    "optimus and the environment let in the same group",
)
THEIRS = replace(PLAN, repository="Example-Org/Platform", place="Prod-Plan")
SAYS.fails(
    "another environment's plan",
    environment(elsewhere=(Elsewhere("sandbox", THEIRS),)),
    "plan and plan of sandbox come from the same place, prod-plan",
)
SAYS.fails(
    "a project's pipeline elsewhere",
    spec(elsewhere=(Elsewhere("other-prod", PLACE),)),
    "project and project of other-prod come",
)
SAYS.fails(
    "the same project's at the same level",
    spec(elsewhere=(Elsewhere("optimus-prod-2", PLACE),), siblings=(Sibling("optimus-prod-2", "prod"),)),
    "project of optimus-prod-2",
)
SAYS.passes("the rule of promotion says it", spec(elsewhere=(Elsewhere(SIBLING.name, PLACE),)))
SAYS.passes(
    "other places",
    environment(
        elsewhere=(
            Elsewhere("sandbox", replace(PLAN, place="sandbox-plan")),
            Elsewhere("dev", replace(PLAN, repository="example-org/other")),
            Elsewhere("gitlab", replace(PLAN, kind="gitlab")),
        )
    ),
)
SAYS.unknown("one that cannot be read", environment(elsewhere=(Elsewhere("dev"),)), "the file of dev")


def test_case(case: Case) -> None:
    case.check()

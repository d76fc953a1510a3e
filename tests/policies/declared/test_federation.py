from __future__ import annotations

from policy_packs.controls.declared.federation import CONTROL
from tests.policies.declared.specs import ENVIRONMENT, GROUPS, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases

SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("no provider", spec(identity=""), "names no SAML provider")
SAYS.fails("no group", azure(groups={**GROUPS, "auditors": ""}), "named for its auditors")
SAYS.fails("a group left out", azure(groups={}), "named for its key administrators")


def test_case(case: Case) -> None:
    case.check()

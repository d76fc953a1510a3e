from __future__ import annotations

import pytest

from policy_packs.controls.braket.environment_only import CONTROL
from tests.policies.support import ENVIRONMENT, UNREADABLE, Case, Cases, Res, analyze

CASES = Cases(CONTROL)
TYPES = {
    "aws:cloudtrail/trail:Trail": "shows everything",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "log groups of the whole account",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "the whole account's setting",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": "all projects of the account need it",
}
for token, says in TYPES.items():
    CASES.passes(f"an environment's {token}", Res(token), declared=ENVIRONMENT)
    CASES.fails(f"a project's {token}", Res(token), says)
CASES.unreadable(Res("aws:cloudtrail/trail:Trail"))


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("token", TYPES)
def test_without_facts_it_is_not_decided(token: str) -> None:
    found = analyze([CONTROL], Res(token), UNREADABLE)
    assert ["cannot be decided" in each.message for each in found] == [True]

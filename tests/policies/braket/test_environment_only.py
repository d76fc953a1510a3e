from __future__ import annotations

from dataclasses import replace

import pytest

from policy_packs.controls.braket.environment_only import CONTROL
from tests.policies.support import ENVIRONMENT, UNREADABLE, Case, Cases, Res, analyze

CASES = Cases(CONTROL)
TYPES = {
    "aws:cloudtrail/trail:Trail": "shows everything",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "log groups of the whole account",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "the whole account's setting",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": "all projects of the account need it",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "takes another's place",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "reads logs that other projects write",
    "aws:cloudwatch/logGroup:LogGroup": "whose readers a project does not choose",
    "aws:sns/topic:Topic": "takes another's place",
    "aws:sns/topicPolicy:TopicPolicy": "who hears the account's alarms",
    "aws:sns/topicSubscription:TopicSubscription": "who hears the account's alarms",
    "aws:accessanalyzer/analyzer:Analyzer": "looks at the whole account",
    "aws:cloudcontrol/resource:Resource": "holds for all projects",
}
ABOVE = {
    "aws:costexplorer/costAllocationTag:CostAllocationTag": "the bill of the whole organization",
    "aws:organizations/policy:Policy": "above the accounts",
    "aws:organizations/policyAttachment:PolicyAttachment": "above the accounts",
}
ORGANIZATION = replace(ENVIRONMENT, kind="organization")
for token, says in TYPES.items():
    CASES.passes(f"an environment's {token}", Res(token), declared=ENVIRONMENT)
    CASES.fails(f"a project's {token}", Res(token), says)
for token, says in ABOVE.items():
    CASES.passes(f"the organization's {token}", Res(token), declared=ORGANIZATION)
    CASES.fails(f"an environment's {token}", Res(token), "so an environment may not", declared=ENVIRONMENT)
    CASES.fails(f"a project's {token}", Res(token), says)
CASES.unreadable(Res("aws:cloudtrail/trail:Trail"))


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("token", [*TYPES, *ABOVE])
def test_without_facts_it_is_not_decided(token: str) -> None:
    found = analyze([CONTROL], Res(token), UNREADABLE)
    assert ["cannot be decided" in each.message for each in found] == [True]

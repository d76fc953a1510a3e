"""A role that wakes after a long rest (L4): seen by AWS's analyzer, told through the restricted log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.access_analyzer import idle_pattern
from tests.components.conftest import PLACE, environment_args, run_environment
from tests.components.runner import ACCOUNT, Run
from tests.components.test_events import delivered, matches

ANALYZER = f"arn:aws:access-analyzer:eu-west-2:{ACCOUNT}:analyzer/qlz-sandbox-idle"
ROLE = PLACE.role_arn("break-glass")
FOUND: dict[str, Any] = {
    "detail-type": "Unused Access Finding for IAM entities",
    "source": "aws.access-analyzer",
    "time": "2026-12-01T09:00:00Z",
    "resources": [ANALYZER],
    "detail": {
        "findingId": "b8ae0460-5d29-4922-b92a-ba956c986277",
        "resource": ROLE,
        "resourceType": "AWS::IAM::Role",
        "accountId": ACCOUNT,
        "previousStatus": "ACTIVE",
        "status": "RESOLVED",
        "isDeleted": False,
        "findingType": "UnusedIAMRole",
    },
}
"""As the IAM user guide shows it ("Example unused access findings related events", read 2026-11)."""


def told(**changes: Any) -> bool:
    event = {**FOUND, "detail": {**FOUND["detail"], **changes}}
    pattern = json.loads(idle_pattern(PLACE))
    assert pattern["resources"] == event["resources"]
    del pattern["resources"]  # a list in an event matches when one of its values does
    return matches(pattern, event)


def test_a_role_that_is_used_again_and_nothing_else() -> None:
    assert told()
    assert not told(status="ACTIVE", previousStatus=""), "it has just become idle"
    assert not told(status="ARCHIVED"), "somebody put it aside"
    assert not told(isDeleted=True), "AWS clears old findings away"
    assert not told(findingType="UnusedPermission"), "a single right, not the role"


def test_the_restricted_log_says_which_and_its_alarm_counts_that(environment: Run) -> None:
    entry = delivered(environment, "idle-security", FOUND)
    assert f"role={ROLE}" in entry["message"]
    term = environment.one("aws:cloudwatch/logMetricFilter:LogMetricFilter", "idle-role-active").inputs[
        "pattern"
    ]
    assert term.strip('"') in entry["message"]
    alarm = environment.one("aws:cloudwatch/metricAlarm:MetricAlarm", "idle-role-active").inputs
    assert (alarm["threshold"], alarm["alarmActions"]) == (1, [PLACE.alert_topic_arn])
    assert "90 days" in alarm["alarmDescription"]
    target = environment.one("aws:cloudwatch/eventTarget:EventTarget", "idle-security").inputs
    assert target["arn"] == PLACE.log_group_arn(PLACE.security_log)


def test_the_analyzer_has_the_environments_age() -> None:
    found = run_environment(idle_days=30).one("aws:accessanalyzer/analyzer:Analyzer", "idle").inputs
    assert found["type"] == "ACCOUNT_UNUSED_ACCESS"
    assert found["analyzerName"] == ANALYZER.rpartition("/")[2]
    assert found["configuration"] == {"unusedAccess": {"unusedAccessAge": 30}}


def test_an_account_that_has_one_keeps_it() -> None:
    found = run_environment(existing=("idle-analyzer",))
    assert {made.name for made in found.all("aws:accessanalyzer/analyzer:Analyzer")} == {"account"}
    assert not [made for made in found.made if "idle" in made.name]


@pytest.mark.parametrize("days", [0, 366])
def test_an_age_that_aws_refuses(days: int) -> None:
    with pytest.raises(ArgumentError, match="1 to 365 days"):
        environment_args(idle_days=days)

"""Alarms on the trail (L4), by reading CloudTrail records with the filters they are made of."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.network import NetworkArgs, ids_to_come
from components.braket.trail_alarms import Alarm, Unusual, alarms, beginnings
from tests.components.conftest import DM1, GARNET, PLACE, SV1, run_environment
from tests.components.runner import ACCOUNT, Run

USUAL = Unusual("optimus", (SV1, GARNET), 100, ("192.0.2.0/24", "10.4.0.0/14", "198.51.100.7/32"))
RESEARCHER = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-researcher"
JOB = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
TERM = re.compile(r'\(\$\.([A-Za-z.]+) (=|!=|NOT EXISTS) ?(?:"([^"]*)")?\)')


def matches(pattern: str, record: dict[str, str]) -> bool:
    """Whether a record matches a pattern of terms, && and ||; a term on a missing field does not hold."""

    def term(found: re.Match[str]) -> str:
        value = record.get(found[1])
        if found[2] == "NOT EXISTS":
            return str(value is None)
        if value is None:
            return "False"
        like = re.fullmatch(re.escape(found[3]).replace(r"\*", ".*"), value) is not None
        return str(like is (found[2] == "="))

    text = TERM.sub(term, pattern.strip("{} ")).replace("&&", "and").replace("||", "or")
    assert re.fullmatch(r"[()\s]*((True|False|and|or)[()\s]*)+", text), text
    return bool(eval(text))


def record(**changes: str) -> dict[str, str]:
    given = {
        "eventName": "CreateQuantumTask",
        "sourceIPAddress": "192.0.2.10",
        "userIdentity.sessionContext.sessionIssuer.arn": RESEARCHER,
        "requestParameters.deviceArn": SV1,
    }
    return {**given, **{key.replace("__", "."): value for key, value in changes.items()}}


ISSUER = "userIdentity__sessionContext__sessionIssuer__arn"


def raised(found: dict[str, str]) -> set[str]:
    return _raised(found)


def _raised(found: dict[str, str], *endpoints: str) -> set[str]:
    rows = alarms(PLACE, 20, (USUAL,), endpoints)
    return {row.name for row in rows if isinstance(row.pattern, str) and matches(row.pattern, found)}


OWN, OTHER = "vpce-0123456789abcdef0", "vpce-0fedcba9876543210"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"sourceIPAddress": "10.40.0.9", "vpcEndpointId": OWN}, set()),
        ({"sourceIPAddress": "10.40.0.9", "vpcEndpointId": OTHER}, {"optimus-endpoint"}),
        ({"sourceIPAddress": "192.0.2.10", "vpcEndpointId": OTHER}, {"optimus-endpoint"}),
        ({"sourceIPAddress": "10.40.0.9"}, {"optimus-source"}),
        ({"sourceIPAddress": "192.0.2.10"}, set()),
        ({"sourceIPAddress": "s3.amazonaws.com", "vpcEndpointId": OTHER}, set()),
    ],
)
def test_what_comes_through_an_endpoint_is_judged_by_it(found: dict[str, str], expected: set[str]) -> None:
    seen = record(eventName="GetQuantumTask", **found)
    assert _raised(seen, "vpce-00000000000000001", OWN) == expected


def test_without_a_private_network_every_endpoint_is_another_network() -> None:
    seen = record(eventName="GetQuantumTask", sourceIPAddress="10.40.0.9", vpcEndpointId=OWN)
    assert _raised(seen) == {"optimus-source"}


def test_the_alarms_know_every_endpoint_that_is_made() -> None:
    made = run_environment(network=NetworkArgs("10.40.0.0/20"), unusual=(USUAL,))
    (pattern,) = (
        found.inputs["pattern"]
        for found in made.all("aws:cloudwatch/logMetricFilter:LogMetricFilter")
        if found.name == "optimus-endpoint"
    )
    endpoints = made.all("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert len(endpoints) > 2
    assert len(re.findall(r"vpcEndpointId != ", pattern)) == len(endpoints)
    for endpoint in endpoints:
        assert endpoint.name in pattern
    assert len(ids_to_come(NetworkArgs("10.40.0.0/20"), PLACE, False)) == len(endpoints)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (record(), {"optimus-spike"}),
        (record(eventName="GetQuantumTask"), set()),
        (record(errorCode="AccessDeniedException"), {"denied-calls"}),
        (record(errorCode="Client.UnauthorizedOperation"), {"denied-calls"}),
        (record(errorCode="ValidationException"), set()),
        (record(sourceIPAddress="203.0.113.9"), {"optimus-source", "optimus-spike"}),
        (record(sourceIPAddress="10.7.255.1"), {"optimus-spike"}),
        (record(sourceIPAddress="10.8.0.1"), {"optimus-source", "optimus-spike"}),
        (record(sourceIPAddress="198.51.100.77"), {"optimus-source", "optimus-spike"}),
        (record(sourceIPAddress="2001:db8::1", eventName="GetJob"), {"optimus-source"}),
        (record(sourceIPAddress="braket.amazonaws.com"), {"optimus-spike"}),
        (record(requestParameters__deviceArn=DM1), {"optimus-task-device", "optimus-spike"}),
        (record(requestParameters__deviceArn=GARNET), {"optimus-spike"}),
        (
            record(eventName="CreateJob", requestParameters__deviceConfig__device=DM1),
            {"optimus-job-device", "optimus-spike"},
        ),
        (record(**{ISSUER: JOB, "sourceIPAddress": "203.0.113.9"}), {"optimus-spike"}),
        (record(**{ISSUER: RESEARCHER.replace("optimus", "optimus-two")}), set()),
        (record(**{ISSUER: JOB.replace("optimus", "optimus-two")}), set()),
        (
            {"eventName": "AssumeRole", "requestParameters.roleArn": PLACE.role_arn("break-glass")},
            {"break-glass"},
        ),
        ({"eventName": "AssumeRole", "requestParameters.roleArn": PLACE.role_arn("plan")}, set()),
    ],
)
def test_what_raises_which(found: dict[str, str], expected: set[str]) -> None:
    assert raised(found) == expected


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("10.0.0.0/8", ("10.*",)),
        ("10.4.0.0/15", ("10.4.*", "10.5.*")),
        ("192.0.2.0/24", ("192.0.2.*",)),
        ("192.0.2.4/31", ("192.0.2.4", "192.0.2.5")),
        ("192.0.2.7/32", ("192.0.2.7",)),
    ],
)
def test_networks_as_beginnings_of_addresses(network: str, expected: tuple[str, ...]) -> None:
    assert beginnings(network) == expected


def test_a_filter_longer_than_aws_takes_is_refused_with_the_way_out() -> None:
    with pytest.raises(ArgumentError, match="a network of /8, /16, /24 or /32 is the shortest"):
        alarms(PLACE, 20, (Unusual("optimus", (SV1,), 100, ("10.0.0.0/10",)),))


def test_each_alarm_counts_its_own_filter_and_tells_the_topic(environment: Run) -> None:
    filters = {made.name: made for made in environment.all("aws:cloudwatch/logMetricFilter:LogMetricFilter")}
    told = {made.name: made for made in environment.all("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert (
        set(filters)
        == set(told)
        == {
            *("denied-calls", "break-glass", "optimus-source", "optimus-task-device"),
            *("optimus-job-device", "optimus-spike", "idle-role-active"),
        }
    )
    for name, alarm in told.items():
        metric: dict[str, Any] = filters[name].inputs["metricTransformation"]
        assert (metric["namespace"], metric["name"]) == (
            alarm.inputs["namespace"],
            alarm.inputs["metricName"],
        )
        assert filters[name].inputs["logGroupName"] == PLACE.security_log
        assert alarm.inputs["alarmActions"] == [PLACE.alert_topic_arn]
        assert alarm.inputs["treatMissingData"] == "notBreaching"
    counts = {name: (alarm.inputs["threshold"], alarm.inputs["period"]) for name, alarm in told.items()}
    assert counts["denied-calls"] == (20, 3600)
    assert counts["optimus-spike"] == (101, 3600)
    assert counts["break-glass"] == counts["optimus-source"] == (1, 300)


def test_two_thresholds_for_one_project_are_refused() -> None:
    with pytest.raises(ArgumentError, match="names a project twice"):
        run_environment(unusual=(USUAL, USUAL))


def test_an_alarm_says_what_is_too_long() -> None:
    with pytest.raises(ArgumentError, match="alarm x"):
        Alarm("x", "x", "x" * 1025, 1, 300)

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.strategies import few, tags, words

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
TOPIC_ARN = f"arn:aws:sns:eu-west-2:{ACCOUNT}:alerts"
DENIED = '{ ($.eventSource = "braket.amazonaws.com") && ($.errorCode = "AccessDenied*") }'
Boto = Callable[..., Any]


@pytest.fixture
def group(peer: Peer, name: str) -> Iterator[str]:
    made = peer.create(GROUP, {"name": f"/qlz/{name}"})
    yield f"/qlz/{name}"
    peer.delete(GROUP, made)


def counted(name: str = "Denied", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "QLZ", "value": "1", **more}


@few
@given(metric=words, other=words, field=words, unit=st.sampled_from(["Count", "None", "Bytes/Second"]))
def test_metric_filter(
    peer: Peer, boto: Boto, group: str, metric: str, other: str, field: str, unit: str
) -> None:
    first = {
        "name": "denied",
        "logGroupName": group,
        "pattern": DENIED,
        "metricTransformation": counted(metric, defaultValue="0", unit=unit),
    }
    second = {
        **first,
        "pattern": "",
        "metricTransformation": counted(f"{other}-2", dimensions={field: "$.awsRegion"}),
    }

    def look(made: Made) -> None:
        found = boto("logs").describe_metric_filters(logGroupName=group)["metricFilters"]
        assert [one["filterName"] for one in found] == ["denied"]
        assert found[0]["filterPattern"] == made.inputs["pattern"]
        told = found[0]["metricTransformations"][0]
        asked = made.inputs["metricTransformation"]
        assert (told["metricName"], told["metricNamespace"], told["metricValue"], told["unit"]) == (
            asked["name"],
            "QLZ",
            "1",
            asked["unit"],
        )
        assert told.get("dimensions") == asked.get("dimensions")
        assert told.get("defaultValue") == (0 if "defaultValue" in asked else None)

    whole_life(peer, FILTER, first, second, look)


def test_a_filter_needs_its_group(peer: Peer, name: str) -> None:
    inputs = {"name": name, "logGroupName": "/absent", "pattern": "x", "metricTransformation": counted()}
    with pytest.raises(grpc.RpcError, match=r"ResourceNotFoundException.*log group does not exist"):
        peer.create(FILTER, inputs)


def test_filters_go_with_their_group(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(GROUP, {"name": name})
    inputs = {"name": "f", "logGroupName": name, "pattern": "x", "metricTransformation": counted()}
    gone = peer.create(FILTER, inputs)
    peer.delete(GROUP, made)
    assert peer.read(FILTER, gone) is None
    again = peer.create(GROUP, {"name": name})
    assert boto("logs").describe_metric_filters(logGroupName=name)["metricFilters"] == []
    peer.delete(GROUP, again)


def test_a_group_takes_a_hundred_filters(peer: Peer, boto: Boto, group: str) -> None:
    transformation = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    for number in range(100):
        boto("logs").put_metric_filter(
            logGroupName=group,
            filterName=f"f{number}",
            filterPattern="x",
            metricTransformations=transformation,
        )
    inputs = {"name": "one-more", "logGroupName": group, "pattern": "x", "metricTransformation": counted()}
    with pytest.raises(grpc.RpcError, match="100 metric filters"):
        peer.create(FILTER, inputs)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"defaultValue": "0", "dimensions": {"a": "$.b"}}, "do not go together"),
        ({"dimensions": {"a": "fixed"}}, "must take a field"),
        ({"dimensions": {str(n): "$.x" for n in range(4)}}, "at most 3"),
        ({"value": "many"}, "must be a number, or a field"),
        ({"defaultValue": "none"}, "a number in quotes"),
        ({"unit": "Shots"}, "must be one of"),
        ({"name": "a:b"}, "none of"),
    ],
)
def test_refused_filters(peer: Peer, more: dict[str, Any], said: str) -> None:
    inputs = {"name": "f", "logGroupName": "g", "pattern": "x", "metricTransformation": counted(**more)}
    with pytest.raises(CheckFailed, match=said):
        peer.check(FILTER, inputs)


def test_a_pattern_may_be_long_but_not_longer(peer: Peer) -> None:
    inputs = {"name": "f", "logGroupName": "g", "metricTransformation": counted()}
    peer.check(FILTER, {**inputs, "pattern": "x" * 1024})
    with pytest.raises(CheckFailed, match="at most 1024"):
        peer.check(FILTER, {**inputs, "pattern": "x" * 1025})


SIMPLE: dict[str, Any] = {
    "metricName": "Denied",
    "namespace": "QLZ",
    "statistic": "Sum",
    "period": 300,
    "evaluationPeriods": 1,
    "threshold": 1,
    "comparisonOperator": "GreaterThanOrEqualToThreshold",
}


@few
@given(
    threshold=st.one_of(st.integers(0, 1000), st.floats(0, 1000).map(lambda number: round(number, 3))),
    missing=st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
    periods=st.integers(1, 24),
    dimensions=st.dictionaries(words, words, max_size=3),
    description=words,
    one=tags,
    two=tags,
)
def test_alarm(
    peer: Peer,
    boto: Boto,
    name: str,
    threshold: float,
    missing: str,
    periods: int,
    dimensions: dict[str, str],
    description: str,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    first = {**SIMPLE, "name": name, "dimensions": dimensions, "tags": one}
    second = {
        **SIMPLE,
        "name": name,
        "threshold": threshold,
        "treatMissingData": missing,
        "evaluationPeriods": periods,
        "datapointsToAlarm": 1,
        "alarmDescription": description,
        "alarmActions": [TOPIC_ARN],
        "okActions": [TOPIC_ARN],
        "unit": "Count",
        "actionsEnabled": False,
        "tags": two,
    }

    def look(made: Made) -> None:
        found = boto("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        asked = made.inputs
        assert (
            found["AlarmArn"] == made.outputs["arn"] == f"arn:aws:cloudwatch:eu-west-2:{ACCOUNT}:alarm:{name}"
        )
        assert (found["MetricName"], found["Namespace"], found["Statistic"]) == ("Denied", "QLZ", "Sum")
        assert found["Threshold"] == asked["threshold"]
        assert (found["Period"], found["EvaluationPeriods"]) == (300, asked["evaluationPeriods"])
        assert found["TreatMissingData"] == asked["treatMissingData"]
        assert found["ActionsEnabled"] == asked["actionsEnabled"]
        assert found["AlarmActions"] == asked.get("alarmActions", [])
        assert found["OKActions"] == asked.get("okActions", [])
        assert {d["Name"]: d["Value"] for d in found["Dimensions"]} == asked.get("dimensions", {})
        assert found.get("AlarmDescription") == asked.get("alarmDescription")
        told = boto("cloudwatch").list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in told} == asked.get("tags", {})

    whole_life(peer, ALARM, first, second, look)


def test_an_alarm_on_a_band(peer: Peer, boto: Boto, name: str) -> None:
    metric = {
        "metricName": "Tasks",
        "namespace": "QLZ",
        "period": 3600,
        "stat": "Sum",
        "dimensions": {"a": "b"},
    }
    queries = [
        {"id": "band", "expression": "ANOMALY_DETECTION_BAND(tasks, 2)", "label": "usual"},
        {"id": "tasks", "metric": metric, "returnData": True},
    ]
    first = {
        "name": name,
        "metricQueries": queries,
        "thresholdMetricId": "band",
        "comparisonOperator": "GreaterThanUpperThreshold",
        "evaluationPeriods": 2,
    }
    second = {
        **first,
        "metricQueries": [
            {"id": "ratio", "expression": "tasks / 2", "returnData": True},
            {"id": "tasks", "metric": {**metric, "unit": "Count"}},
        ],
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 0.5,
    }
    del second["thresholdMetricId"]

    def look(made: Made) -> None:
        found = boto("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        assert found.get("ThresholdMetricId") == made.inputs.get("thresholdMetricId")
        asked = made.inputs["metricQueries"]
        assert [one["Id"] for one in found["Metrics"]] == [one["id"] for one in asked]
        assert found["Metrics"][0]["Expression"] == asked[0]["expression"]
        stat = found["Metrics"][1]["MetricStat"]
        assert stat["Metric"]["Dimensions"] == [{"Name": "a", "Value": "b"}]
        assert (stat["Period"], stat["Stat"]) == (3600, "Sum")

    whole_life(peer, ALARM, first, second, look)


def test_a_new_alarm_takes_no_tags_of_an_older_one(peer: Peer, boto: Boto, name: str) -> None:
    old = peer.create(ALARM, {**SIMPLE, "name": name, "tags": {"of": "the old"}})
    peer.delete(ALARM, old)
    new = peer.create(ALARM, {**SIMPLE, "name": name})
    assert boto("cloudwatch").list_tags_for_resource(ResourceARN=new.outputs["arn"])["Tags"] == []
    peer.delete(ALARM, new)


def test_actions_are_of_the_same_region(peer: Peer, name: str) -> None:
    elsewhere = TOPIC_ARN.replace("eu-west-2", "us-east-1")
    with pytest.raises(grpc.RpcError, match="Invalid region us-east-1 specified"):
        peer.create(ALARM, {**SIMPLE, "name": name, "alarmActions": [elsewhere]})


@pytest.mark.parametrize(
    ("more", "named", "said"),
    [
        ({"metricName": None}, "metricName", "or metricQueries"),
        ({"period": None}, "period", "required with metricName"),
        ({"period": 45}, "period", "multiple of 60"),
        ({"statistic": None}, "statistic", "one of them"),
        ({"extendedStatistic": "p99"}, "statistic", "one of them"),
        ({"statistic": None, "extendedStatistic": "tm90"}, "extendedStatistic", "percentile"),
        ({"threshold": None}, "threshold", "one of them"),
        ({"threshold": "1"}, "threshold", "must be a number"),
        ({"comparisonOperator": None}, "comparisonOperator", "is required"),
        ({"comparisonOperator": "GreaterThanUpperThreshold"}, "comparisonOperator", "about bands"),
        ({"datapointsToAlarm": 2}, "datapointsToAlarm", "at most evaluationPeriods"),
        ({"evaluationPeriods": 289}, "evaluationPeriods", "at most 86400 seconds"),
        ({"alarmActions": ["mail"]}, "alarmActions", "must be ARNs"),
        ({"alarmActions": [TOPIC_ARN] * 6}, "alarmActions", "at most 5"),
        ({"evaluateLowSampleCountPercentiles": "ignore"}, "evaluateLowSampleCountPercentiles", "only"),
        (
            {"metricQueries": [{"id": "a", "expression": "b", "returnData": True}]},
            "metricName",
            "does not go",
        ),
        ({"evaluationInterval": 60}, "evaluationInterval", "not played"),
    ],
)
def test_refused_alarms(peer: Peer, more: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(ALARM, {**SIMPLE, "name": "alarm", **more})
    assert said in refused.value.failures[named]


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ([{"id": "a", "expression": "b"}], "exactly one"),
        ([{"id": "a", "returnData": True}], "expression or metric"),
        ([{"id": "a", "expression": "b", "returnData": True}] * 2, "different ids"),
        ([{"id": "A", "expression": "b", "returnData": True}], "small letter"),
    ],
)
def test_refused_queries(peer: Peer, queries: list[dict[str, Any]], said: str) -> None:
    judged = {"comparisonOperator": "GreaterThanThreshold", "threshold": 1, "evaluationPeriods": 1}
    with pytest.raises(CheckFailed, match=said):
        peer.check(ALARM, {"name": "alarm", "metricQueries": queries, **judged})

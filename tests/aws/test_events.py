from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.strategies import few, tags, words

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
GROUP_ARN = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/qlz/events"
TOPIC_ARN = f"arn:aws:sns:eu-west-2:{ACCOUNT}:alerts"
BRAKET = {"source": ["aws.braket"], "detail-type": ["Braket Task State Change"]}
Boto = Callable[..., Any]


@few
@given(
    statuses=st.lists(words, min_size=1, max_size=3),
    description=words,
    state=st.sampled_from(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]),
    one=tags,
    two=tags,
)
def test_rule(
    peer: Peer,
    boto: Boto,
    name: str,
    statuses: list[str],
    description: str,
    state: str,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    first = {"name": name, "eventPattern": json.dumps(BRAKET), "state": state, "tags": one}
    second = {
        "name": name,
        "eventPattern": json.dumps({**BRAKET, "detail": {"status": statuses}}),
        "description": description,
        "tags": two,
    }

    def look(made: Made) -> None:
        found = boto("events").describe_rule(Name=name)
        assert found["Arn"] == made.outputs["arn"] == f"arn:aws:events:eu-west-2:{ACCOUNT}:rule/{name}"
        assert found["EventPattern"] == made.inputs["eventPattern"]
        assert found["State"] == made.inputs["state"]
        assert found.get("Description") == made.inputs.get("description")
        told = boto("events").list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in told} == made.inputs.get("tags", {})

    whole_life(peer, RULE, first, second, look)


def test_a_schedule(peer: Peer, boto: Boto, name: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/starter"
    first = {"name": name, "scheduleExpression": "rate(1 day)", "roleArn": role}
    second = {"name": name, "scheduleExpression": "cron(0 20 * * ? *)"}

    def look(made: Made) -> None:
        found = boto("events").describe_rule(Name=name)
        assert found["ScheduleExpression"] == made.inputs["scheduleExpression"]
        assert found.get("RoleArn") == made.inputs.get("roleArn")

    whole_life(peer, RULE, first, second, look)


@pytest.mark.parametrize(
    ("inputs", "named", "said"),
    [
        ({}, "eventPattern", "or scheduleExpression"),
        ({"eventPattern": "{}"}, "eventPattern", "at least one field"),
        ({"eventPattern": "{"}, "eventPattern", "must be JSON"),
        ({"eventPattern": '{"source": "aws.braket"}'}, "eventPattern", "object or a list"),
        ({"eventPattern": '{"detail": {"status": []}}'}, "eventPattern", "empty list"),
        ({"eventPattern": '{"$or": [{"source": ["a"]}]}'}, "eventPattern", "two or more"),
        ({"eventPattern": json.dumps({"source": ["a" * 2048]})}, "eventPattern", "at most 2048"),
        ({"scheduleExpression": "rate(1 days)"}, "scheduleExpression", "such as rate(1 day)"),
        (
            {"scheduleExpression": "rate(1 day)", "eventBusName": "mine"},
            "scheduleExpression",
            "default event bus",
        ),
        (
            {
                "scheduleExpression": "rate(1 day)",
                "state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            },
            "state",
            "does not go with",
        ),
        ({"eventPattern": json.dumps(BRAKET), "isEnabled": True}, "isEnabled", "use state"),
        ({"eventPattern": json.dumps(BRAKET), "name": "with space"}, "name", "letters, digits"),
    ],
)
def test_refused_rules(peer: Peer, inputs: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(RULE, {"name": "rule", **inputs})
    assert said in refused.value.failures[named]


@pytest.fixture
def rule(peer: Peer, name: str) -> Any:
    made = peer.create(RULE, {"name": name, "eventPattern": json.dumps(BRAKET)})
    yield name
    peer.delete(RULE, made)


def test_target_with_a_transformer(peer: Peer, boto: Boto, rule: str) -> None:
    transformer = {
        "inputPaths": {"task": "$.detail.quantumTaskArn", "time": "$.time", "status": "$.detail.status"},
        "inputTemplate": '{"timestamp": <time>, "message": "<task> is <status>"}',
    }
    first = {"rule": rule, "targetId": "log", "arn": GROUP_ARN}
    second = {**first, "inputTransformer": transformer, "retryPolicy": {"maximumRetryAttempts": 4}}

    def look(made: Made) -> None:
        found = boto("events").list_targets_by_rule(Rule=rule)["Targets"]
        assert [target["Id"] for target in found] == ["log"]
        assert found[0]["Arn"] == GROUP_ARN
        asked = made.inputs.get("inputTransformer")
        if asked:
            assert found[0]["InputTransformer"]["InputPathsMap"] == asked["inputPaths"]
            assert found[0]["InputTransformer"]["InputTemplate"] == asked["inputTemplate"]
            assert found[0]["RetryPolicy"] == {"MaximumRetryAttempts": 4}

    whole_life(peer, TARGET, first, second, look)
    whole_life(peer, TARGET, second, first, look)


@few
@given(text=words, other=words)
def test_target_with_an_input(peer: Peer, boto: Boto, rule: str, text: str, other: str) -> None:
    queue = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:dead"
    first = {"rule": rule, "targetId": "topic", "arn": TOPIC_ARN, "input": json.dumps({"said": text})}
    second = {
        **first,
        "input": json.dumps({"said": f"{other}!"}),
        "deadLetterConfig": {"arn": queue},
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/sender",
    }

    def look(made: Made) -> None:
        found = boto("events").list_targets_by_rule(Rule=rule)["Targets"][0]
        assert found["Input"] == made.inputs["input"]
        assert found.get("RoleArn") == made.inputs.get("roleArn")
        assert found.get("DeadLetterConfig") == ({"Arn": queue} if "roleArn" in made.inputs else None)

    whole_life(peer, TARGET, first, second, look)


def test_a_rule_with_targets_stays(peer: Peer, name: str) -> None:
    made = peer.create(RULE, {"name": name, "eventPattern": json.dumps(BRAKET)})
    target = peer.create(TARGET, {"rule": name, "targetId": "topic", "arn": TOPIC_ARN})
    with pytest.raises(grpc.RpcError, match="since it has targets"):
        peer.delete(RULE, made)
    peer.delete(TARGET, target)
    peer.delete(RULE, made)
    with pytest.raises(grpc.RpcError, match="ResourceNotFoundException"):
        peer.create(TARGET, {"rule": name, "targetId": "topic", "arn": TOPIC_ARN})


def test_a_rule_takes_five_targets(peer: Peer, rule: str) -> None:
    made = [peer.create(TARGET, {"rule": rule, "targetId": f"t{n}", "arn": TOPIC_ARN}) for n in range(5)]
    with pytest.raises(grpc.RpcError, match="LimitExceededException"):
        peer.create(TARGET, {"rule": rule, "targetId": "t5", "arn": TOPIC_ARN})
    for one in made:
        peer.delete(TARGET, one)


def template(text: str, **paths: str) -> dict[str, Any]:
    return {"inputTransformer": {"inputPaths": paths, "inputTemplate": text}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"roleArn": f"arn:aws:iam::{ACCOUNT}:role/x"}, "takes no role"),
        (template('{"message": "x"}'), "and nothing else"),
        (template('{"timestamp": <t>, "message": {"task": <t>}}', t="$.time"), "and nothing else"),
        (template('{"timestamp": <t>, "message": "x", "more": 1}', t="$.time"), "and nothing else"),
        (template('{"timestamp": <t>, "message": <m>}', t="$.time"), "does not define"),
        (template('{"timestamp": <t>, "message": "m"}', t="time"), "beginning with $"),
        ({"input": "{}", "inputPath": "$.detail"}, "does not go with input"),
        ({"ecsTarget": {"taskDefinitionArn": "x"}}, "not played"),
        ({"retryPolicy": {"maximumRetryAttempts": 186}}, "between 0 and 185"),
        ({"targetId": None}, "names here are deterministic"),
        ({"arn": "somewhere"}, "must be an ARN"),
    ],
)
def test_refused_targets(peer: Peer, inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(TARGET, {"rule": "rule", "targetId": "log", "arn": GROUP_ARN, **inputs})
    assert said in str(refused.value)


BUS = f"arn:aws:events:eu-west-2:{ACCOUNT}:event-bus/default"
FORWARDER = f"arn:aws:iam::{ACCOUNT}:role/forwarder"


def test_events_of_another_region_go_to_the_bus_at_home(peer: Peer, boto: Boto, name: str) -> None:
    """What Braket does in a region beside the home region is told in the home region."""
    asked = {"name": name, "region": "eu-north-1", "eventPattern": json.dumps(BRAKET)}
    rule = peer.create(RULE, asked)
    assert rule.outputs["arn"] == f"arn:aws:events:eu-north-1:{ACCOUNT}:rule/{name}"
    first = {"rule": name, "region": "eu-north-1", "targetId": "home", "arn": BUS, "roleArn": FORWARDER}
    second = {**first, "roleArn": f"{FORWARDER}-2"}

    def look(made: Made) -> None:
        (found,) = boto("events", region="eu-north-1").list_targets_by_rule(Rule=name)["Targets"]
        assert (found["Arn"], found["RoleArn"]) == (BUS, made.inputs["roleArn"])
        assert name not in [one["Name"] for one in boto("events").list_rules()["Rules"]]

    whole_life(peer, TARGET, first, second, look)
    peer.delete(RULE, rule)
    assert peer.read(RULE, rule) is None


def test_a_bus_takes_events_from_a_role(peer: Peer) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(TARGET, {"rule": "rule", "targetId": "home", "arn": BUS})
    assert refused.value.failures == {"roleArn": "is required for an event bus"}

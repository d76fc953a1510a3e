from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given

from rehearsal.provider.model.documents import same_document
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, policy
from tests.aws.strategies import few, tags, words

TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
Boto = Callable[..., Any]


def publish(topic: str, service: str = "events.amazonaws.com") -> str:
    return policy(allow("sns:Publish", topic, Principal={"Service": service}))


@pytest.fixture
def topic(peer: Peer, name: str) -> Iterator[str]:
    made = peer.create(TOPIC, {"name": f"{name}-topic"})
    yield made.id
    peer.delete(TOPIC, made)


@few
@given(shown=words, one=tags, two=tags)
def test_topic(
    peer: Peer, boto: Boto, name: str, shown: str, one: dict[str, str], two: dict[str, str]
) -> None:
    arn = f"arn:aws:sns:eu-west-2:{ACCOUNT}:{name}"

    def look(made: Made) -> None:
        found = boto("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
        assert made.id == made.outputs["arn"] == found["TopicArn"] == arn
        assert made.outputs["owner"] == found["Owner"] == ACCOUNT
        assert (found["DisplayName"] or None) == made.inputs.get("displayName")
        assert (found.get("KmsMasterKeyId") or None) == made.inputs.get("kmsMasterKeyId")
        assert same_document(found["Policy"], made.outputs["policy"])
        found_tags = boto("sns").list_tags_for_resource(ResourceArn=arn)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in found_tags} == made.inputs["tags"]

    first = {"name": name, "kmsMasterKeyId": "alias/one", "tags": one}
    second = {
        "name": name,
        "displayName": shown,
        "kmsMasterKeyId": "alias/two",
        "policy": publish(arn),
        "tags": {**two, "more": "x"},
    }
    whole_life(peer, TOPIC, first, second, look)
    whole_life(peer, TOPIC, second, first, look)


def test_topic_policy(peer: Peer, boto: Boto, topic: str) -> None:
    def look(made: Made) -> None:
        found = boto("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
        assert same_document(found, made.inputs["policy"])
        assert made.outputs["owner"] == ACCOUNT

    before = boto("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    made = peer.create(TOPIC_POLICY, {"arn": topic, "policy": publish(topic)})
    look(made)
    made = peer.update(TOPIC_POLICY, made, {"arn": topic, "policy": publish(topic, "budgets.amazonaws.com")})
    look(made)
    peer.delete(TOPIC_POLICY, made)
    after = boto("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert same_document(before, after)


def test_a_topic_leaves_the_policy_of_another_resource_alone(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(TOPIC, {"name": name})
    other = peer.create(TOPIC_POLICY, {"arn": made.id, "policy": publish(made.id)})
    made = peer.update(TOPIC, made, {"name": name, "displayName": "new"})
    found = boto("sns").get_topic_attributes(TopicArn=made.id)["Attributes"]
    assert found["DisplayName"] == "new"
    assert same_document(found["Policy"], other.inputs["policy"])
    peer.delete(TOPIC, made)


def test_principals_must_exist(peer: Peer, topic: str) -> None:
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}
    with pytest.raises(grpc.RpcError, match=r"InvalidParameter.*role/absent does not exist"):
        peer.create(
            TOPIC_POLICY, {"arn": topic, "policy": policy(allow("sns:Publish", topic, Principal=principal))}
        )


def test_subscription(peer: Peer, boto: Boto, topic: str) -> None:
    def look(made: Made) -> None:
        found = boto("sns").get_subscription_attributes(SubscriptionArn=made.id)["Attributes"]
        assert made.outputs["arn"] == made.id
        assert (found["Protocol"], found["Endpoint"]) == ("sqs", made.inputs["endpoint"])
        assert (found["RawMessageDelivery"] == "true") == made.inputs["rawMessageDelivery"]
        assert (found.get("FilterPolicy") or None) == made.inputs.get("filterPolicy")
        assert made.outputs["pendingConfirmation"] is False

    endpoint = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:queue"
    first = {"topic": topic, "protocol": "sqs", "endpoint": endpoint}
    second = {**first, "rawMessageDelivery": True, "filterPolicy": '{"status": ["FAILED"]}'}
    whole_life(peer, SUBSCRIPTION, first, second, look)


def test_mail_waits_for_somebody_to_confirm(peer: Peer, boto: Boto, topic: str) -> None:
    inputs = {"topic": topic, "protocol": "email", "endpoint": "quantum-oncall@example.org"}
    made = peer.create(SUBSCRIPTION, inputs)
    assert made.outputs["pendingConfirmation"] is True
    listed = boto("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [one["Endpoint"] for one in listed] == [inputs["endpoint"]]
    peer.delete(SUBSCRIPTION, made)


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        (TOPIC, {"name": "no spaces"}, "letters, digits"),
        (TOPIC, {"name": "t", "fifoTopic": True}, "ends with .fifo"),
        (TOPIC, {"name": "t", "lambdaSuccessFeedbackSampleRate": 101}, "between 0 and 100"),
        (SUBSCRIPTION, {"topic": "arn:aws:sns:x", "protocol": "email", "endpoint": "x"}, "email address"),
        (SUBSCRIPTION, {"topic": "arn:aws:sns:x", "protocol": "pigeon", "endpoint": "x"}, "must be one of"),
        (SUBSCRIPTION, {"topic": "t", "protocol": "email", "endpoint": "a@b"}, "must be an ARN of sns"),
    ],
)
def test_refused(peer: Peer, token: str, inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        peer.check(token, inputs)

"""aws.sns: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html and its neighbours."""

from __future__ import annotations

import json

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    computed_arn,
    no_prefix,
)
from rehearsal.aws.model.documents import Attached, json_text, policy
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

_NOT_KEPT = "moto does not return it"
_DELIVERERS = ("application", "firehose", "http", "lambda", "sqs")
_TOPIC_ACTIONS = (
    *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"),
    *("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"),
)


def default_policy(facts: Facts, arn: str) -> str:
    """What AWS gives a topic without a policy: its owner may do everything."""
    statement = {
        "Effect": "Allow",
        "Sid": "__default_statement_ID",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _TOPIC_ACTIONS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": facts.account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def _recorded(name: str, kind: Kind = Kind.TEXT, otherwise: Out | None = None) -> Prop:
    return Prop(name, kind, carried=Carried.RECORDED, note=_NOT_KEPT, otherwise=otherwise)


def _feedback(deliverer: str) -> tuple[Prop, ...]:
    return (
        _recorded(f"{deliverer}FailureFeedbackRoleArn"),
        _recorded(f"{deliverer}SuccessFeedbackRoleArn"),
        Prop(
            f"{deliverer}SuccessFeedbackSampleRate",
            Kind.NUMBER,
            carried=Carried.RECORDED,
            note=_NOT_KEPT,
            rule=rules.between(0, 100, "per cent"),
        ),
    )


def _fifo(inputs: Values) -> list[Failure]:
    fifo, name = inputs.get("fifoTopic") is True, inputs.get("name")
    if isinstance(name, str) and name.endswith(".fifo") != fifo:
        return [Failure("name", "ends with .fifo exactly when fifoTopic is true")]
    if inputs.get("contentBasedDeduplication") is True and not fifo:
        return [Failure("contentBasedDeduplication", "needs fifoTopic")]
    return []


TOPIC = TypeModel(
    "aws:sns/topic:Topic",
    inputs=(
        *(prop for deliverer in _DELIVERERS for prop in _feedback(deliverer)),
        Prop("archivePolicy", Kind.JSON, carried=Carried.RECORDED, note=_NOT_KEPT, rule=json_text),
        Prop("contentBasedDeduplication", Kind.FLAG, default=False),
        Prop("deliveryPolicy", Kind.JSON, rule=json_text),
        Prop("displayName", rule=rules.longest(100)),
        _recorded("fifoThroughputScope"),
        Prop("fifoTopic", Kind.FLAG, default=False, replaces=True),
        Prop("kmsMasterKeyId"),
        Prop(
            "maximumMessageSize",
            Kind.NUMBER,
            carried=Carried.RECORDED,
            note=_NOT_KEPT,
            rule=rules.between(1024, 1048576, "bytes"),
            otherwise=always(262144),
        ),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"[A-Za-z0-9_-]+(\.fifo)?", "must be letters, digits, _ and -", 256),
        ),
        no_prefix("namePrefix", "name"),
        Prop(
            "policy",
            Kind.JSON,
            rule=policy(30720, Attached.RESOURCE),
            otherwise=Out(
                lambda facts, inputs: default_policy(facts, facts.arn("sns", inputs["name"])),
                needs=("name",),
            ),
            shared=True,
        ),
        REGION_PROP,
        Prop(
            "signatureVersion",
            Kind.NUMBER,
            carried=Carried.RECORDED,
            note=_NOT_KEPT,
            rule=rules.one_of(1, 2),
        ),
        TAGS,
        Prop(
            "tracingConfig",
            carried=Carried.RECORDED,
            note=_NOT_KEPT,
            rule=rules.one_of("PassThrough", "Active"),
        ),
    ),
    outputs={
        "arn": computed_arn("sns", "name", form="{name}"),
        "beginningArchiveTime": always(""),
        "owner": Out(lambda facts, _: facts.account),
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    rules=(_fifo,),
    notes=("Nothing is delivered to anybody.",),
)

TOPIC_POLICY = TypeModel(
    "aws:sns/topicPolicy:TopicPolicy",
    inputs=(
        Prop("arn", required=True, replaces=True, rule=rules.arn("sns")),
        Prop("policy", Kind.JSON, required=True, rule=policy(30720, Attached.RESOURCE)),
        REGION_PROP,
    ),
    outputs={"owner": Out(lambda facts, _: facts.account)},
    identity=("arn",),
    notes=("Principals of the own account must exist, as in AWS.",),
)

_PROTOCOLS = ("sqs", "sms", "lambda", "firehose", "application", "email", "email-json", "http", "https")


def _pending(_facts: Facts, inputs: Values) -> Value:
    """Somebody has to follow a link in a mail, or an endpoint has to answer; nobody does here."""
    return inputs.get("protocol") in ("email", "email-json", "http", "https")


def _endpoint(inputs: Values) -> list[Failure]:
    protocol, endpoint = inputs.get("protocol"), inputs.get("endpoint")
    if not isinstance(endpoint, str):
        return []
    if protocol in ("email", "email-json") and endpoint.count("@") != 1:
        return [Failure("endpoint", f"must be an email address for protocol {protocol}")]
    if protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        return [Failure("endpoint", f"must begin with {protocol}://")]
    if protocol in ("sqs", "lambda", "firehose", "application") and not endpoint.startswith("arn:"):
        return [Failure("endpoint", f"must be an ARN for protocol {protocol}")]
    return []


TOPIC_SUBSCRIPTION = TypeModel(
    "aws:sns/topicSubscription:TopicSubscription",
    inputs=(
        Prop(
            "confirmationTimeoutInMinutes",
            Kind.NUMBER,
            default=1,
            carried=Carried.RECORDED,
            note="nobody confirms anything here",
        ),
        Prop("deliveryPolicy", Kind.JSON, rule=json_text),
        Prop("endpoint", required=True, replaces=True),
        Prop(
            "endpointAutoConfirms",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="nobody confirms anything here",
        ),
        Prop("filterPolicy", Kind.JSON, rule=json_text),
        Prop(
            "filterPolicyScope",
            rule=rules.one_of("MessageAttributes", "MessageBody"),
            otherwise=Out(
                lambda _, inputs: "MessageAttributes" if inputs.get("filterPolicy") else "",
                needs=("filterPolicy",),
            ),
        ),
        Prop("protocol", required=True, replaces=True, rule=rules.one_of(*_PROTOCOLS)),
        Prop("rawMessageDelivery", Kind.FLAG, default=False),
        Prop("redrivePolicy", Kind.JSON, rule=json_text),
        REGION_PROP,
        Prop("replayPolicy", Kind.JSON, carried=Carried.RECORDED, note=_NOT_KEPT, rule=json_text),
        Prop("subscriptionRoleArn", rule=rules.arn("iam")),
        Prop("topic", required=True, replaces=True, rule=rules.arn("sns")),
    ),
    outputs={
        "arn": ASSIGNED,
        "confirmationWasAuthenticated": Out(
            lambda facts, inputs: not _pending(facts, inputs), needs=("protocol",)
        ),
        "ownerId": Out(lambda facts, _: facts.account),
        "pendingConfirmation": Out(_pending, needs=("protocol",)),
    },
    identity=("topic", "protocol", "endpoint"),
    rules=(_endpoint,),
    notes=("Mail and web endpoints stay unconfirmed: nothing is sent.",),
)

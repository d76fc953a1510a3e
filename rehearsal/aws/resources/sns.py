"""aws.sns in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws
from rehearsal.aws.model.sns import default_policy
from rehearsal.aws.resources.base import Handler, Wanted, differs, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values

_TOPIC = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
}
_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _said(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _demand_principals(aws: Aws, policy: str) -> None:
    demand_principals(
        aws,
        policy,
        operation="SetTopicAttributes",
        code="InvalidParameter",
        message="Invalid parameter: Policy statement principal",
    )


class Topic(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        attributes = {"FifoTopic": "true"} if want["fifoTopic"] else {}
        answer = aws.sns.create_topic(
            Name=want["name"], Attributes=attributes, Tags=tag_list(want["tagsAll"])
        )
        return str(answer["TopicArn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        for ours, theirs in _TOPIC.items():
            if differs(want, have, ours):
                aws.sns.set_topic_attributes(
                    TopicArn=id, AttributeName=theirs, AttributeValue=_said(want[ours])
                )
        if have is None or differs(want, have, "policy"):
            _demand_principals(aws, want["policy"])
            aws.sns.set_topic_attributes(TopicArn=id, AttributeName="Policy", AttributeValue=want["policy"])
        if have is not None:
            changed, removed = tag_changes(want, have)
            if changed:
                aws.sns.tag_resource(ResourceArn=id, Tags=tag_list(changed))
            if removed:
                aws.sns.untag_resource(ResourceArn=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.sns.get_topic_attributes(TopicArn=id)["Attributes"]
        return {
            "arn": found["TopicArn"],
            "name": id.rpartition(":")[2],
            "owner": found["Owner"],
            "policy": found["Policy"],
            "fifoTopic": found.get("FifoTopic") == "true",
            "contentBasedDeduplication": found.get("ContentBasedDeduplication") == "true",
            "deliveryPolicy": found.get("DeliveryPolicy") or None,
            "displayName": found.get("DisplayName") or None,
            "kmsMasterKeyId": found.get("KmsMasterKeyId") or None,
            "tagsAll": tag_map(aws.sns.list_tags_for_resource(ResourceArn=id)["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.sns.delete_topic(TopicArn=id)


class TopicPolicy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        self._set(aws, str(want["arn"]), str(want["policy"]))
        return str(want["arn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "policy"):
            self._set(aws, id, str(want["policy"]))

    def _set(self, aws: Aws, arn: str, policy: str) -> None:
        _demand_principals(aws, policy)
        aws.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.sns.get_topic_attributes(TopicArn=id)["Attributes"]
        return {"arn": id, "owner": found["Owner"], "policy": found["Policy"]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        """A topic always has a policy: it gets back the one it had at first."""
        self._set(aws, id, default_policy(aws.facts, id))


class TopicSubscription(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.sns.subscribe(
            TopicArn=want["topic"],
            Protocol=want["protocol"],
            Endpoint=want["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        for ours, theirs in _SUBSCRIPTION.items():
            if differs(want, have, ours):
                aws.sns.set_subscription_attributes(
                    SubscriptionArn=id, AttributeName=theirs, AttributeValue=_said(want[ours])
                )

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.sns.get_subscription_attributes(SubscriptionArn=id)["Attributes"]
        live: dict[str, Value] = {ours: found.get(theirs) or None for ours, theirs in _SUBSCRIPTION.items()}
        return {
            **live,
            "arn": found["SubscriptionArn"],
            "topic": found["TopicArn"],
            "protocol": found["Protocol"],
            "endpoint": found["Endpoint"],
            "ownerId": found["Owner"],
            "rawMessageDelivery": found.get("RawMessageDelivery") == "true",
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.sns.unsubscribe(SubscriptionArn=id)

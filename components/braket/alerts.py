"""The alert channel: one encrypted topic for the environment, to people by e-mail (L4)."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match
from components.braket import keys
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames
from components.braket.policy import Kind, Statement, deny_insecure_transport, policy

PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com")
"""Services that raise alerts, for this account alone.

Not EventBridge: it shows SNS no source, so it could publish only without a condition, for rules of any
account (EventBridge user guide, "Using resource-based policies", read 2026-11). Its events go into a log,
and an alarm on the log publishes."""


def check_emails(emails: tuple[str, ...]) -> None:
    """Refuses no addresses, and what is none."""
    if not emails or len(set(emails)) != len(emails):
        raise ArgumentError(
            "EnvironmentArgs.alert_emails", "is empty or names one twice", "one address or more"
        )
    for email in emails:
        check_match("EnvironmentArgs.alert_emails", email, r"[^@\s]+@[^@\s]+\.[^@\s]+", "e-mail addresses")


def alerts(emails: tuple[str, ...], sink: Sink) -> pulumi.Resource:
    """Makes the topic and its subscriptions; each address confirms its own by hand.

    Returns what must exist before an alarm can be told: the topic's policy.
    """
    names = sink.names
    key = sink.key("alerts", "Alerts", (keys.used_by_publishers(names, PUBLISHERS),))
    topic = aws.sns.Topic(
        "alerts",
        name=names.alert_topic,
        display_name=f"Quantum alerts, {names.environment}"[:100],
        kms_master_key_id=key.key.arn,
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=sink.parent),
    )
    opts = pulumi.ResourceOptions(parent=topic)
    rules = aws.sns.TopicPolicy("alerts", arn=topic.arn, policy=topic_policy(names), opts=opts)
    for email in emails:
        aws.sns.TopicSubscription(
            f"alerts-{email}",
            topic=topic.arn,
            protocol="email",
            endpoint=email,
            opts=pulumi.ResourceOptions(parent=topic, depends_on=[rules]),
        )
    return rules


def topic_policy(names: EnvironmentNames) -> str:
    """Lets services of this account publish, over TLS. People of the account need IAM's leave."""
    topic = (names.alert_topic_arn,)
    return policy(
        Kind.TOPIC,
        (
            deny_insecure_transport("sns", topic, "Publish"),
            Statement(
                "Publishers",
                "Allow",
                principals={"Service": PUBLISHERS},
                actions=("sns:Publish",),
                resources=topic,
                conditions={"StringEquals": {"aws:SourceAccount": names.account}},
            ),
        ),
    )

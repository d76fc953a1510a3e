"""Access analyzers: who outside can reach something here (C2), which role wakes after a long rest (L4).

An analyzer of the type ACCOUNT tells of everything in the account that somebody outside it can reach; an
account has one free of charge for each region.

An analyzer of unused access looks once a day when each role of the account was last used. A role that
nobody used for ``idle_days`` is a finding; when it is used again, AWS resolves the finding and tells
EventBridge ("Understanding unused access findings", "Monitoring with Amazon EventBridge", read 2026-11).
That goes into the restricted log, whose alarm tells people: SNS takes no condition from EventBridge, so
nothing but alarms of this account may publish to the topic.

What it sees: roles, so a project's researchers, its pipeline, break-glass, within a day or two. What it does
not: one person behind a role that others keep using, since AWS knows persons only as names of sessions; the
identity provider sees those. A role that is deleted while idle is told of, too. AWS bills each role a month.
"""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.args import check_range
from components.braket.events import event_rule, log_target
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames
from components.braket.trail_alarms import FIVE_MINUTES, Alarm

EVENT = "event=idle-role-active"
"""How the restricted log names it."""
PATHS = {"role": "$.detail.resource", "finding": "$.detail.findingId"}


def check_idle_days(argument: str, days: int) -> None:
    """Refuses an age that AWS would (API UnusedAccessConfiguration, read 2026-11)."""
    check_range(argument, days, 1, 365, "days")


def access_analyzer(sink: Sink) -> aws.accessanalyzer.Analyzer:
    """Makes the analyzer of access from outside, in the home region."""
    return aws.accessanalyzer.Analyzer(
        "account",
        analyzer_name=sink.names.analyzer_name,
        type="ACCOUNT",
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=sink.parent),
    )


def idle_roles(idle_days: int, sink: Sink, after: tuple[pulumi.Resource, ...]) -> None:
    """Makes the analyzer of unused access and the way of its findings into the restricted log.

    IAM is global: one analyzer, in the home region, sees all of it.
    """
    names = sink.names
    analyzer = aws.accessanalyzer.Analyzer(
        "idle",
        analyzer_name=names.idle_analyzer_name,
        type="ACCOUNT_UNUSED_ACCESS",
        configuration={"unused_access": {"unused_access_age": idle_days}},
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=sink.parent),
    )
    rule = event_rule(
        "idle",
        names.rule_name("idle"),
        "Roles that are used after a long rest",
        idle_pattern(names),
        sink.tags,
        pulumi.ResourceOptions(parent=analyzer, depends_on=list(after)),
    )
    log_target("idle-security", rule, names, "security", f"environment={names.environment} {EVENT}", PATHS)


def idle_pattern(names: EnvironmentNames) -> str:
    """Which events: this analyzer found a role in use that it had found idle."""
    return json.dumps(
        {
            "source": ["aws.access-analyzer"],
            "detail-type": ["Unused Access Finding for IAM entities"],
            "resources": [names.idle_analyzer_arn],
            "detail": {"findingType": ["UnusedIAMRole"], "status": ["RESOLVED"], "isDeleted": [False]},
        },
        separators=(",", ":"),
    )


def idle_alarm(idle_days: int) -> Alarm:
    """The alarm that tells of it."""
    return Alarm(
        "idle-role-active",
        f"A role is used that nobody used for {idle_days} days",
        f'"{EVENT}"',
        1,
        FIVE_MINUTES,
    )

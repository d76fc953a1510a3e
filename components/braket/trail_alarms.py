"""Alarms on the audit trail, through its searchable copy in the restricted log (L4).

The trail covers all regions, so these see what rules of one region do not: denied calls anywhere. For the
account: denied calls, and any use of break-glass. For each project, by its charter: calls from networks it
does not name, submissions to devices it does not use, more submissions in an hour than usual.

What comes through a private endpoint bears an address of that network, which no charter names. Where the
environment has a private network such calls are judged by the endpoint instead: one that is not the
environment's raises an alarm of its own, since anybody may have a network with the same addresses.

Metric filters know no geography and no idleness: networks are listed instead, and a source is anything that
is neither listed nor an AWS service acting for the caller. Filters compare texts, so a network is written as
the beginning of an address (192.0.2.*); one that does not end at a dot becomes several. An IPv6 address is
always unusual. Whether the trail shows the device of a refused or accepted submission is AWS's to say; where
it does not, the alarm on devices stays silent, and the device lock holds all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_range
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.operators import BREAK_GLASS

LONGEST_PATTERN = 1024
"""Characters of a filter pattern (CloudWatch Logs, PutMetricFilter, read 2026-11)."""
HOUR, FIVE_MINUTES = 3600, 300


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is unusual for one project. devices: ARNs it uses. source_networks: IPv4, it calls from."""

    project: str
    devices: tuple[str, ...]
    submissions_per_hour: int
    source_networks: tuple[str, ...]

    def __post_init__(self) -> None:
        check_range("Unusual.submissions_per_hour", self.submissions_per_hour, 1, 72_000, "an hour")
        if not self.devices or not self.source_networks:
            raise ArgumentError(
                "Unusual", f"{self.project} has no devices or no networks", "one each or more"
            )
        for network in self.source_networks:
            try:
                IPv4Network(network)
            except ValueError as error:
                raise ArgumentError("Unusual.source_networks", str(error), "such as 192.0.2.0/24") from error


@dataclass(frozen=True, slots=True)
class Alarm:
    """A filter of the trail and when its count is told. count: so many within seconds raise it."""

    name: str
    description: str
    pattern: pulumi.Input[str]
    count: int
    seconds: int

    def __post_init__(self) -> None:
        if isinstance(self.pattern, str) and len(self.pattern) > LONGEST_PATTERN:
            raise ArgumentError(
                f"alarm {self.name}",
                f"its filter has {len(self.pattern)} characters, and CloudWatch Logs takes {LONGEST_PATTERN}",
                "fewer devices or networks; a network of /8, /16, /24 or /32 is the shortest to write",
            )


def alarms(
    names: EnvironmentNames,
    denied_calls_per_hour: int,
    projects: tuple[Unusual, ...],
    endpoints: pulumi.Output[tuple[str, ...]] | tuple[str, ...] = (),
) -> tuple[Alarm, ...]:
    """All alarms of an environment. endpoints: ids of all that its private network has, or none."""
    return (
        Alarm(
            "denied-calls",
            "Calls that were denied: somebody tries what they may not",
            '{ ($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation") }',
            denied_calls_per_hour,
            HOUR,
        ),
        Alarm(
            "break-glass",
            "Somebody came in by the break-glass role",
            '{ ($.eventName = "AssumeRole") && '
            f'($.requestParameters.roleArn = "{names.role_arn(BREAK_GLASS)}") }}',
            1,
            FIVE_MINUTES,
        ),
        *(alarm for project in projects for alarm in _of_project(names, project, endpoints)),
    )


def _of_project(
    names: EnvironmentNames, usual: Unusual, endpoints: pulumi.Output[tuple[str, ...]] | tuple[str, ...]
) -> Iterator[Alarm]:
    project = ProjectNames(usual.project, names)
    issuer = "$.userIdentity.sessionContext.sessionIssuer.arn"
    people = f'({issuer} = "{names.iam_arn(f"role{project.path}*")}")'
    anyone = f'({people} || ({issuer} = "{project.job_role_arn}"))'
    source = "$.sourceIPAddress"
    here = [f'({source} != "{start}")' for network in usual.source_networks for start in beginnings(network)]
    services = f'({source} != "*.amazonaws.com") && ({source} != "AWS Internal")'
    private = isinstance(endpoints, pulumi.Output) or bool(endpoints)
    outside = "($.vpcEndpointId NOT EXISTS) && " if private else ""
    yield Alarm(
        f"{usual.project}-source",
        f"A call for {usual.project} from a network its charter does not name",
        f"{{ {people} && {services} && {outside}{' && '.join(here)} }}",
        1,
        FIVE_MINUTES,
    )
    if private:
        start = f'{people} && {services} && ($.vpcEndpointId = "vpce-*")'
        yield Alarm(
            f"{usual.project}-endpoint",
            f"A call for {usual.project} through an endpoint that is not the environment's",
            _but(start, endpoints)
            if isinstance(endpoints, tuple)
            else endpoints.apply(lambda found: _but(start, found)),
            1,
            FIVE_MINUTES,
        )
    for kind, event, device in (
        ("task", "CreateQuantumTask", "$.requestParameters.deviceArn"),
        ("job", "CreateJob", "$.requestParameters.deviceConfig.device"),
    ):
        known = [f'({device} != "*/{"/".join(arn.split("/")[-2:])}")' for arn in usual.devices]
        yield Alarm(
            f"{usual.project}-{kind}-device",
            f"A {kind} of {usual.project} for a device it does not use",
            f'{{ {anyone} && ($.eventName = "{event}") && {" && ".join(known)} }}',
            1,
            FIVE_MINUTES,
        )
    yield Alarm(
        f"{usual.project}-spike",
        f"More submissions of {usual.project} in an hour than its charter calls usual",
        f"{{ {anyone} && ($.errorCode NOT EXISTS) && "
        '(($.eventName = "CreateQuantumTask") || ($.eventName = "CreateJob")) }',
        usual.submissions_per_hour + 1,
        HOUR,
    )


def _but(start: str, endpoints: Sequence[str]) -> str:
    others = (f'($.vpcEndpointId != "{endpoint}")' for endpoint in endpoints)
    return f"{{ {' && '.join((start, *others))} }}"


def beginnings(network: str) -> tuple[str, ...]:
    """How the addresses of an IPv4 network begin, as patterns: 10.*, or 192.0.2.7 for a single one."""
    found = IPv4Network(network)
    octets = max(1, -(-found.prefixlen // 8))
    starts = (str(part.network_address).split(".")[:octets] for part in found.subnets(new_prefix=octets * 8))
    return tuple(".".join(start) + (".*" if octets < 4 else "") for start in starts)


def trail_alarms(
    found: tuple[Alarm, ...], sink: Sink, after: tuple[pulumi.Resource, ...]
) -> tuple[pulumi.Resource, ...]:
    """Makes a filter, its metric and its alarm for each; the alarms go to the environment's topic."""
    made: list[pulumi.Resource] = []
    names = sink.names
    namespace = f"qlz/{names.environment}"
    for alarm in found:
        told = aws.cloudwatch.LogMetricFilter(
            alarm.name,
            name=f"qlz-{names.environment}-{alarm.name}",
            log_group_name=names.security_log,
            pattern=alarm.pattern,
            metric_transformation={"name": alarm.name, "namespace": namespace, "value": "1"},
            opts=pulumi.ResourceOptions(parent=sink.parent, depends_on=list(after)),
        )
        raised = aws.cloudwatch.MetricAlarm(
            alarm.name,
            name=f"qlz-{names.environment}-{alarm.name}",
            alarm_description=alarm.description,
            namespace=namespace,
            metric_name=alarm.name,
            statistic="Sum",
            period=alarm.seconds,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=alarm.count,
            treat_missing_data="notBreaching",
            alarm_actions=[names.alert_topic_arn],
            tags=sink.tags,
            opts=pulumi.ResourceOptions(parent=told),
        )
        made.append(raised)
    return tuple(made)

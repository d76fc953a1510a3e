"""State changes of quantum tasks and hybrid jobs, into two logs (L1 to L3, D4, T3).

- operational log: when, which task or job, on what device, in which region, and what became of it. No
  payload.
- restricted security log: what tells more, shots, times, where the result lies. Kept shorter, another
  key.

Nothing but the fields named here leaves a rule: an input transformer writes each entry, and leaves out
what an event does not have. The events carry no caller; who it was is in the audit trail, under the same
task or job.

A task is a project's because its result goes into the project's bucket, so each project has a rule of its
own. Events of hybrid jobs name neither bucket nor job name: the environment has one rule for all of them,
and whose a job is tells the trail (its name begins with the project's), or the tasks it makes.

EventBridge is regional. In each further region a rule passes the events on to the bus at home, where they
keep the region they come from; the target of a bus takes a role (EventBridge user guide, "Sending and
receiving events between AWS Regions", read 2026-11). The log groups admit EventBridge by the
environment's log resource policy: a target for logs takes no role.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.args import check_length
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.policy import Kind, Statement, policy, trust_service

TASK, JOB = "Braket Task State Change", "Braket Job State Change"
"""What Braket tells EventBridge (EventBridge reference, "Amazon Braket events", read 2026-11)."""
Paths = Mapping[str, str]
"""Word in a log entry to JSON path of the event."""
TASKS: Mapping[str, Paths] = {
    "operational": {
        "task": "$.detail.quantumTaskArn",
        "device": "$.detail.deviceArn",
        "status": "$.detail.status",
        "region": "$.region",
    },
    "security": {
        "task": "$.detail.quantumTaskArn",
        "shots": "$.detail.shots",
        "output": "$.detail.outputS3Directory",
        "created": "$.detail.createdAt",
        "ended": "$.detail.endedAt",
    },
}
"""What each log may hold of a task."""
JOBS: Mapping[str, Paths] = {
    "operational": {"job": "$.detail.jobArn", "status": "$.detail.status", "region": "$.region"},
    "security": {"job": "$.detail.jobArn", "started": "$.detail.startedAt", "ended": "$.detail.endedAt"},
}
"""What each log may hold of a hybrid job."""
FORWARDER = "events"
"""Kind of the role that passes events on to the bus at home."""
LONGEST_RULE = 64
"""Characters of a rule's name (EventBridge, PutRule, read 2026-11)."""


def task_events(names: ProjectNames, tags: Mapping[str, str], parent: pulumi.Resource) -> None:
    """Makes a project's rule for tasks and its two targets."""
    place = names.environment
    rule = event_rule(
        "tasks",
        names.policy_name("tasks"),
        f"State changes of quantum tasks of {names.project}",
        pattern(names),
        tags,
        pulumi.ResourceOptions(parent=parent),
    )
    for store, paths in TASKS.items():
        words = f"project={names.project} environment={place.environment}"
        log_target(f"tasks-{store}", rule, place, store, words, paths)


def job_events(sink: Sink, after: tuple[pulumi.Resource, ...]) -> None:
    """Makes the environment's rule for hybrid jobs and its two targets."""
    names = sink.names
    rule = event_rule(
        "jobs",
        names.rule_name("jobs"),
        "State changes of hybrid jobs of all projects",
        braket_pattern(JOB),
        sink.tags,
        pulumi.ResourceOptions(parent=sink.parent, depends_on=list(after)),
    )
    for store, paths in JOBS.items():
        log_target(f"jobs-{store}", rule, names, store, f"environment={names.environment}", paths)


def events_from_afar(sink: Sink, after: tuple[pulumi.Resource, ...]) -> None:
    """Makes the rule of each further region, and the role by which they pass events on to the bus at home."""
    names = sink.names
    if not names.also:
        return
    role = aws.iam.Role(
        FORWARDER,
        name=names.role_name(FORWARDER),
        path=names.path,
        description="Passes Braket's events of further regions on to the event bus at home",
        assume_role_policy=forwarder_trust(names),
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=sink.parent),
    )
    grant = aws.iam.RolePolicy(
        FORWARDER,
        name="forward",
        role=role.name,
        policy=forwarding(names),
        opts=pulumi.ResourceOptions(parent=role),
    )
    for region in names.also:
        rule = event_rule(
            f"home-from-{region}",
            names.rule_name("home"),
            f"Braket's events of {region}, to {names.region}",
            braket_pattern(TASK, JOB),
            sink.tags,
            pulumi.ResourceOptions(parent=sink.parent, depends_on=[*after, grant]),
            region,
        )
        aws.cloudwatch.EventTarget(
            f"home-from-{region}",
            rule=rule.name,
            target_id="home",
            arn=names.event_bus_arn,
            role_arn=names.role_arn(FORWARDER),
            region=region,
            opts=pulumi.ResourceOptions(parent=rule),
        )


def event_rule(
    name: str,
    rule_name: str,
    description: str,
    event_pattern: str,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    region: str | None = None,
) -> aws.cloudwatch.EventRule:
    """An enabled rule on the default bus. region: another than the provider's."""
    check_length("EventRule.name", rule_name, LONGEST_RULE)
    return aws.cloudwatch.EventRule(
        name,
        name=rule_name,
        description=description,
        event_pattern=event_pattern,
        state="ENABLED",
        region=region,
        tags=tags,
        opts=opts,
    )


def log_target(
    name: str, rule: aws.cloudwatch.EventRule, place: EnvironmentNames, store: str, words: str, paths: Paths
) -> None:
    """Sends these fields of a rule's events, behind these words, to the operational or security log."""
    group = {"operational": place.operational_log, "security": place.security_log}[store]
    aws.cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id=store,
        arn=place.log_group_arn(group),
        input_transformer={"input_paths": {"at": "$.time", **paths}, "input_template": entry(words, paths)},
        opts=pulumi.ResourceOptions(parent=rule),
    )


def pattern(names: ProjectNames) -> str:
    """Which events: of tasks whose result goes into the project's bucket, in whatever region."""
    return _json(
        {
            "source": ["aws.braket"],
            "detail-type": [TASK],
            "detail": {"outputS3Bucket": [names.bucket]},
        }
    )


def braket_pattern(*kinds: str) -> str:
    """Which events: all of these kinds that Braket tells of."""
    return _json({"source": ["aws.braket"], "detail-type": list(kinds)})


def entry(words: str, paths: Paths) -> str:
    """The log entry, in the one form that CloudWatch Logs takes from EventBridge: timestamp and message."""
    fields = " ".join(f"{word}=<{word}>" for word in paths)
    return f'{{"timestamp":<at>,"message":"{words} {fields}"}}'


def forwarder_trust(names: EnvironmentNames) -> str:
    """Lets in EventBridge, for these rules alone."""
    rules = tuple(
        f"arn:aws:events:{region}:{names.account}:rule/{names.rule_name('home')}" for region in names.also
    )
    return trust_service(
        "Rules",
        "events.amazonaws.com",
        {"StringEquals": {"aws:SourceAccount": names.account}, "ArnEquals": {"aws:SourceArn": rules}},
    )


def forwarding(names: EnvironmentNames) -> str:
    """Putting events on the bus at home."""
    return policy(
        Kind.INLINE,
        (
            Statement(
                "Forward",
                "Allow",
                actions=("events:PutEvents",),
                resources=(names.event_bus_arn,),
            ),
        ),
    )


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"))

"""State changes of the project's quantum tasks, into two logs (L1 to L3, T3).

- operational log: when, which project, task, device and region, and what became of it. No payload.
- restricted security log: what tells more, shots and where the result lies. Kept shorter, with another key.

Nothing but the fields named here leaves the rule: an input transformer writes each entry. The events carry no
caller; who it was is in the audit trail, under the same task. A task is the project's because its result goes
into the project's bucket. Events of hybrid jobs name no bucket, so a job shows here by the tasks it creates.
EventBridge rules are regional: work in further regions is seen in the trail, which covers all of them.
The log groups admit EventBridge by the environment's log resource policy: a target for logs takes no role.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.braket.names import ProjectNames

OPERATIONAL = {
    "task": "$.detail.quantumTaskArn",
    "device": "$.detail.deviceArn",
    "status": "$.detail.status",
    "region": "$.region",
}
"""What the operational log may hold: word to JSON path of the event."""
SENSITIVE = {
    "task": "$.detail.quantumTaskArn",
    "shots": "$.detail.shots",
    "output": "$.detail.outputS3Directory",
    "created": "$.detail.createdAt",
    "ended": "$.detail.endedAt",
}
"""What the restricted security log may hold."""


def task_events(names: ProjectNames, tags: Mapping[str, str], parent: pulumi.Resource) -> None:
    """Makes the rule and its two targets."""
    place = names.environment
    rule = aws.cloudwatch.EventRule(
        "tasks",
        name=names.policy_name("tasks"),
        description=f"State changes of quantum tasks of {names.project}",
        event_pattern=pattern(names),
        state="ENABLED",
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    for store, group, paths in (
        ("operational", place.operational_log, OPERATIONAL),
        ("security", place.security_log, SENSITIVE),
    ):
        aws.cloudwatch.EventTarget(
            f"tasks-{store}",
            rule=rule.name,
            target_id=store,
            arn=place.log_group_arn(group),
            input_transformer={
                "input_paths": {"at": "$.time", **paths},
                "input_template": entry(names, paths),
            },
            opts=pulumi.ResourceOptions(parent=rule),
        )


def pattern(names: ProjectNames) -> str:
    """Which events: of tasks whose result goes into the project's bucket."""
    return json.dumps(
        {
            "source": ["aws.braket"],
            "detail-type": ["Braket Task State Change"],
            "detail": {"outputS3Bucket": [names.bucket]},
        },
        separators=(",", ":"),
    )


def entry(names: ProjectNames, paths: Mapping[str, str]) -> str:
    """The log entry, in the one form that CloudWatch Logs takes from EventBridge: timestamp and message."""
    words = " ".join(f"{word}=<{word}>" for word in paths)
    message = f"project={names.project} environment={names.environment.environment} {words}"
    return f'{{"timestamp":<at>,"message":"{message}"}}'

"""Where the account's logs go (L1 to L3, L5, L7).

- trail: all management events of all regions, and reads and writes of results and archives, into a bucket
  whose objects are locked. Whether the trail shows circuits is not known: it is treated as if it did.
- operational log: who did what on which backend; no payloads.
- security log: the searchable copy of the trail; another key, shorter retention.
- job log: the output of hybrid jobs, which Braket sends to one group of the whole account. It may hold
  payloads, so it is kept as shortly as the security log, with a key of its own.

The trail's bucket and key stay when the stack is destroyed, for forensics (L7): an environment made again in
the same account imports them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_among, check_range
from components.braket.buckets import BucketArgs, managed_bucket
from components.braket.keys import KeyArgs, ManagedKey, managed_key, used_by_logs, used_by_trail
from components.braket.names import JOBS_LOG_GROUP, EnvironmentNames
from components.braket.policy import EVERYONE, Kind, Statement, policy, trust_service

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs accepts (PutRetentionPolicy, read 2026-11)."""
LOCK_MODES = {"sandbox": "GOVERNANCE", "dev": "GOVERNANCE", "prod": "COMPLIANCE"}
"""Object Lock by level: nobody, the account's root included, shortens COMPLIANCE."""


@dataclass(frozen=True, slots=True)
class LogSinksArgs:
    """How long logs are kept, in days; lock_mode as in LOCK_MODES."""

    lock_mode: str
    trail_days: int
    trail_lock_days: int
    operational_log_days: int
    security_log_days: int

    def __post_init__(self) -> None:
        check_among("LogSinksArgs.lock_mode", self.lock_mode, ("GOVERNANCE", "COMPLIANCE"))
        check_range("LogSinksArgs.trail_days", self.trail_days, 1, 36500, "days")
        check_range("LogSinksArgs.trail_lock_days", self.trail_lock_days, 1, self.trail_days, "days")
        check_among("LogSinksArgs.operational_log_days", self.operational_log_days, RETENTION_DAYS)
        check_among("LogSinksArgs.security_log_days", self.security_log_days, RETENTION_DAYS)
        if self.security_log_days >= self.operational_log_days:
            raise ArgumentError(
                "LogSinksArgs.security_log_days",
                f"{self.security_log_days} days, and the operational log {self.operational_log_days}",
                "the restricted log is kept for a shorter time (L3)",
            )


@dataclass(frozen=True, slots=True)
class Sink:
    """What all sinks of an environment share."""

    names: EnvironmentNames
    tags: Mapping[str, str]
    administrators: tuple[str, ...]
    protect: bool
    parent: pulumi.Resource
    keys: dict[str, ManagedKey] = field(default_factory=dict)
    """Keys made so far, by store."""

    def key(
        self, store: str, description: str, use: tuple[Statement, ...], retain: bool = False
    ) -> ManagedKey:
        """A key for one store."""
        self.keys[store] = managed_key(
            store,
            KeyArgs(
                names=self.names,
                alias=self.names.alias(store),
                description=description,
                tags=self.tags,
                use=use,
                administrators=self.administrators,
                protect=self.protect,
                retain=retain,
            ),
            self.parent,
            (),
        )
        return self.keys[store]

    def log_group(self, store: str, name: str, description: str, days: int) -> aws.cloudwatch.LogGroup:
        """A log group with its own key."""
        key = self.key(store, description, (used_by_logs(self.names, name),))
        return aws.cloudwatch.LogGroup(
            store,
            name=name,
            kms_key_id=key.key.arn,
            retention_in_days=days,
            tags=self.tags,
            opts=pulumi.ResourceOptions(parent=self.parent, protect=self.protect),
        )


def log_sinks(args: LogSinksArgs, sink: Sink) -> tuple[pulumi.Resource, ...]:
    """Makes the log groups and the trail; returns all that must exist before anything is to be logged."""
    names = sink.names
    operational = sink.log_group(
        "operational", names.operational_log, "Operational log", args.operational_log_days
    )
    security = sink.log_group(
        "security", names.security_log, "Restricted security log", args.security_log_days
    )
    # Braket makes this group by itself, without key and end, for the first job that does not find it.
    jobs = sink.log_group("jobs", JOBS_LOG_GROUP, "Log of hybrid jobs", args.security_log_days)
    events = aws.cloudwatch.LogResourcePolicy(
        "events",
        policy_name=f"qlz-{names.environment}-events",
        policy_document=events_policy(names),
        opts=pulumi.ResourceOptions(parent=sink.parent, depends_on=[operational, security]),
    )
    return operational, security, jobs, events, _trail(args, sink, security)


def _trail(args: LogSinksArgs, sink: Sink, security: aws.cloudwatch.LogGroup) -> aws.cloudtrail.Trail:
    names = sink.names
    key = sink.key("trail", "Audit trail", used_by_trail(names), retain=True)
    store = managed_bucket(
        "trail",
        BucketArgs(
            bucket=names.trail_bucket,
            tags=sink.tags,
            key_arn=key.key.arn,
            statements=trail_bucket_statements(names),
            expire_days=args.trail_days,
            noncurrent_days=1,
            lock=(args.lock_mode, args.trail_lock_days),
            protect=sink.protect,
            retain=True,
        ),
        sink.parent,
    )
    role = aws.iam.Role(
        "trail",
        name=names.trail_role_name,
        path=names.path,
        description="Carries the audit trail into the restricted security log",
        assume_role_policy=trail_trust(names),
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=sink.parent),
    )
    delivery = aws.iam.RolePolicy(
        "trail",
        name="deliver",
        role=role.name,
        policy=trail_delivery(names),
        opts=pulumi.ResourceOptions(parent=role),
    )
    return aws.cloudtrail.Trail(
        "trail",
        name=names.trail_name,
        s3_bucket_name=store.bucket.bucket,
        kms_key_id=key.key.arn,
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_log_file_validation=True,
        enable_logging=True,
        cloud_watch_logs_group_arn=f"{names.log_group_arn(names.security_log)}:*",
        cloud_watch_logs_role_arn=names.iam_arn(f"role{names.path}{names.trail_role_name}"),
        advanced_event_selectors=[
            {
                "name": "Management events",
                "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
            },
            {
                "name": "Reads and writes of results and archives",
                "field_selectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                    {
                        "field": "resources.ARN",
                        "starts_withs": ["arn:aws:s3:::amazon-braket-", "arn:aws:s3:::qlz-"],
                        # The trail's own writing would be told in the trail, and that again.
                        "not_starts_withs": [f"arn:aws:s3:::{names.trail_bucket}/"],
                    },
                ],
            },
        ],
        tags=sink.tags,
        opts=pulumi.ResourceOptions(
            parent=sink.parent, protect=sink.protect, depends_on=[*store.ready, security, delivery]
        ),
    )


def trail_bucket_statements(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Lets this trail alone write, and nobody shorten a lock."""
    bucket = f"arn:aws:s3:::{names.trail_bucket}"
    service = {"Service": ("cloudtrail.amazonaws.com",)}
    return (
        Statement(
            "LocksHold",
            "Deny",
            principals=EVERYONE,
            actions=("s3:BypassGovernanceRetention",),
            resources=(f"{bucket}/*",),
        ),
        Statement(
            "TrailLooks",
            "Allow",
            principals=service,
            actions=("s3:GetBucketAcl",),
            resources=(bucket,),
            conditions={"StringEquals": {"aws:SourceArn": names.trail_arn}},
        ),
        Statement(
            "TrailWrites",
            "Allow",
            principals=service,
            actions=("s3:PutObject",),
            resources=(f"{bucket}/AWSLogs/{names.account}/*",),
            conditions={
                "StringEquals": {
                    "aws:SourceArn": names.trail_arn,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                }
            },
        ),
    )


def trail_trust(names: EnvironmentNames) -> str:
    """Lets this trail alone take its role."""
    source = {"aws:SourceAccount": names.account, "aws:SourceArn": names.trail_arn}
    return trust_service("Trail", "cloudtrail.amazonaws.com", {"StringEquals": source})


def trail_delivery(names: EnvironmentNames) -> str:
    """Writing into the security log's streams."""
    stream = f"log-stream:{names.account}_CloudTrail_*"
    return policy(
        Kind.INLINE,
        (
            Statement(
                "Deliver",
                "Allow",
                actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                resources=(f"{names.log_group_arn(names.security_log)}:{stream}",),
            ),
        ),
    )


def events_policy(names: EnvironmentNames) -> str:
    """Lets rules of this environment write into both logs. One policy for all: a region holds ten.

    EventBridge names the rule when it writes, and nothing when it makes a stream: under a condition it could
    make none, and would deliver nothing (pulumi_aws, EventTarget, "Cloudwatch Log Group Usage").
    """
    services = {"Service": ("delivery.logs.amazonaws.com", "events.amazonaws.com")}
    streams = tuple(f"{names.log_group_arn(log)}:*" for log in (names.operational_log, names.security_log))
    return policy(
        Kind.LOGS,
        (
            Statement(
                "Streams",
                "Allow",
                principals=services,
                actions=("logs:CreateLogStream",),
                resources=streams,
            ),
            Statement(
                "Events",
                "Allow",
                principals=services,
                actions=("logs:PutLogEvents",),
                resources=streams,
                conditions={"ArnLike": {"aws:SourceArn": names.event_rules}},
            ),
        ),
    )

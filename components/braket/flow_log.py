"""Who spoke with whom in the private network: flow logs of all its regions, in one bucket at home (L3, R1).

They name addresses and ports, never payloads. Flow logs write as delivery.logs.amazonaws.com (VPC user guide,
"Publish flow logs to Amazon S3"); nobody of the account writes there. A destroy leaves the bucket, for
forensics, like the audit trail (L7).
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.braket.buckets import BucketArgs, ManagedBucket, managed_bucket
from components.braket.keys import ENVELOPE
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames
from components.braket.policy import EVERYONE, OF_THIS_RESOURCE, Conditions, Statement

SERVICE = "delivery.logs.amazonaws.com"
AGGREGATION = 600
"""Seconds of traffic in a record, 60 or 600 (CreateFlowLogs)."""


def flow_store(days: int, sink: Sink) -> ManagedBucket:
    """Makes the bucket and its key."""
    names = sink.names
    key = sink.key("network", "Flow logs of the private network", (used_by_flow_logs(names),), retain=True)
    return managed_bucket(
        "network",
        BucketArgs(
            bucket=names.flow_bucket,
            tags=sink.tags,
            key_arn=key.key.arn,
            statements=flow_bucket_statements(names),
            expire_days=days,
            noncurrent_days=1,
            protect=sink.protect,
            retain=True,
        ),
        sink.parent,
    )


def flow_log(vpc: aws.ec2.Vpc, region: str, store: ManagedBucket, sink: Sink) -> aws.ec2.FlowLog:
    """Makes the flow log of one region's network."""
    return aws.ec2.FlowLog(
        region,
        region=region,
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination=f"arn:aws:s3:::{sink.names.flow_bucket}",
        max_aggregation_interval=AGGREGATION,
        tags=sink.tags,
        opts=pulumi.ResourceOptions(parent=vpc, depends_on=list(store.ready)),
    )


def used_by_flow_logs(names: EnvironmentNames) -> Statement:
    """Lets flow logs of this account encrypt what they write."""
    return Statement(
        sid="FlowLogs",
        effect="Allow",
        principals={"Service": (SERVICE,)},
        actions=(*ENVELOPE, "kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
        resources=("*",),
        conditions=_of_this_account(names),
        because=OF_THIS_RESOURCE,
    )


def flow_bucket_statements(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Lets flow logs of this account and its regions write, and nobody else."""
    bucket = f"arn:aws:s3:::{names.flow_bucket}"
    service = {"Service": (SERVICE,)}
    source = _of_this_account(names)
    return (
        Statement(
            "FlowLogsLook",
            "Allow",
            principals=service,
            actions=("s3:GetBucketAcl",),
            resources=(bucket,),
            conditions=source,
        ),
        Statement(
            "FlowLogsWrite",
            "Allow",
            principals=service,
            actions=("s3:PutObject",),
            resources=(f"{bucket}/AWSLogs/{names.account}/*",),
            conditions={
                **source,
                "StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        ),
        Statement(
            "NobodyElseWrites",
            "Deny",
            principals=EVERYONE,
            actions=("s3:PutObject*",),
            resources=(f"{bucket}/*",),
            conditions={"Bool": {"aws:PrincipalIsAWSService": "false"}},
        ),
    )


def _of_this_account(names: EnvironmentNames) -> Conditions:
    return {
        "StringEquals": {"aws:SourceAccount": names.account},
        "ArnLike": {
            "aws:SourceArn": tuple(f"arn:aws:logs:{region}:{names.account}:*" for region in names.regions)
        },
    }

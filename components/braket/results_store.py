"""The results bucket: for the project's roles and Braket's service-linked role, and nobody else.

Administrators of the account keep its settings, not its objects. Listing is left to IAM: the provider's own
look at a bucket (HeadBucket) is the same permission. No mandatory encryption header and no source-VPC Deny:
Braket's role writes without them. That role reads and writes every amazon-braket-* bucket of the account, so
one project can have a result written into another's bucket of a shared account, though never read it.

Objects expire so that with the time they can be brought back they are gone after ``retention_days`` in all.
A decommissioned project's bucket may be emptied by its administrators, and by a destroy.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.braket.buckets import BucketArgs, ManagedBucket, managed_bucket
from components.braket.names import ProjectNames
from components.braket.policy import EVERYONE, Statement

LEAST_RETENTION, MOST_RETENTION = 2, 3650


def results_store(
    names: ProjectNames,
    role_arns: tuple[str, ...],
    key_arn: pulumi.Output[str],
    retention_days: int,
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> ManagedBucket:
    """Makes the bucket. role_arns: the project's roles that hold results or write them."""
    undo_days = undo(retention_days)
    return managed_bucket(
        "results",
        BucketArgs(
            bucket=names.bucket,
            tags=tags,
            key_arn=key_arn,
            statements=(
                outsiders(names.bucket_arn, (*role_arns, names.environment.service_role_arn), active),
            ),
            expire_days=retention_days - undo_days,
            noncurrent_days=undo_days,
            empty_first=not active,
            protect=active,
        ),
        parent,
    )


def undo(retention_days: int) -> int:
    """Days in which a deleted or overwritten object can be brought back: a week where there is room."""
    return 7 if retention_days > 14 else 1


def outsiders(bucket_arn: str, role_arns: tuple[str, ...], active: bool) -> Statement:
    """Denies a bucket's objects to everyone but these roles."""
    actions: tuple[str, ...] = (
        "s3:AbortMultipartUpload",
        "s3:BypassGovernanceRetention",
        "s3:GetObject*",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
        "s3:PutObject*",
        "s3:Replicate*",
        "s3:RestoreObject",
    )
    if active:  # to empty a decommissioned bucket, a destroy lists its versions and deletes them
        actions = (*actions, "s3:DeleteObject*", "s3:ListBucketVersions")
    return Statement(
        sid="ProjectOnly",
        effect="Deny",
        principals=EVERYONE,
        actions=actions,
        resources=(bucket_arn, f"{bucket_arn}/*"),
        conditions={"ArnNotEquals": {"aws:PrincipalArn": role_arns}},
    )

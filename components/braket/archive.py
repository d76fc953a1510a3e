"""The archive: a second copy of every result, and its end (C2).

S3 copies each result into it by itself, as soon as it is written, under the project's key; what was there
before the copying began is not copied. It takes new versions over, and no deletions: what is deleted or
overwritten among the results stays here until the archive's own end. Its objects end by the bucket's
lifecycle, after ``retention_days`` in all, and S3 hands no lifecycle on from one bucket to the other.

Nobody writes into it but S3, by a role of the project that S3 alone can take (it tells the role no source, so
the trust has no condition: S3 user guide, "Setting up permissions for live replication", read 2026-11), and
that can read the results and add to the archive, nothing else. Researchers and the pipeline read it, to bring
something back. Braket's service-linked role has no way into it. Administrators of the account can change the
bucket's policy, which the trail records: against them it is no lock.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.braket.buckets import BucketArgs, ManagedBucket, managed_bucket
from components.braket.identity import RoleArgs
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.policy import EVERYONE, OF_THIS_RESOURCE, Conditions, Statement, trust_service
from components.braket.results_store import outsiders, undo

USERS = ("researcher", "pipeline")
"""Kinds of roles that read it."""
BACKUP = "backup"
"""Kind of the role, and name of the grant, by which S3 copies."""


def archive(
    names: ProjectNames,
    key_arn: pulumi.Output[str],
    retention_days: int,
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> ManagedBucket:
    """Makes the bucket."""
    undo_days = undo(retention_days)
    backup = names.role_arn(BACKUP)
    return managed_bucket(
        "archive",
        BucketArgs(
            bucket=names.archive,
            tags=tags,
            key_arn=key_arn,
            statements=(
                outsiders(names.archive_arn, (backup, *(names.role_arn(kind) for kind in USERS)), active),
                *_copies_only(names.archive_arn, backup),
            ),
            expire_days=retention_days - undo_days,
            noncurrent_days=undo_days,
            empty_first=not active,
            protect=active,
        ),
        parent,
    )


def _copies_only(bucket_arn: str, backup: str) -> tuple[Statement, Statement]:
    """Denies everybody writing, and everybody but S3's role copying."""
    objects = (f"{bucket_arn}/*",)
    return (
        Statement(
            "NobodyWrites",
            "Deny",
            principals=EVERYONE,
            actions=("s3:PutObject*",),
            resources=objects,
        ),
        Statement(
            "BackupCopies",
            "Deny",
            principals=EVERYONE,
            actions=("s3:Replicate*",),
            resources=objects,
            conditions={"ArnNotEquals": {"aws:PrincipalArn": (backup,)}},
        ),
    )


def backup_role(names: ProjectNames) -> RoleArgs:
    """The role by which S3 copies; apart from every other identity (I3, I4)."""
    return RoleArgs(
        kind=BACKUP,
        name=names.role_name(BACKUP),
        path=names.path,
        description="S3, which copies the project's results into its archive",
        trust=trust_service("Replication", "s3.amazonaws.com"),
        session_hours=1,
        grants=(),
    )


def backup(names: ProjectNames) -> tuple[Statement, ...]:
    """What S3 documents for copies of encrypted objects, without deletions and tags (user guide, "Replicating
    encrypted objects", read 2026-11). Under bucket keys a bucket's ARN is the encryption context.
    """
    place = names.environment
    return (
        Statement(
            "ReadSettings",
            "Allow",
            actions=("s3:GetReplicationConfiguration", "s3:ListBucket"),
            resources=(names.bucket_arn,),
        ),
        Statement(
            "ReadResults",
            "Allow",
            actions=("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication"),
            resources=(f"{names.bucket_arn}/*",),
        ),
        Statement(
            "AddToArchive", "Allow", actions=("s3:ReplicateObject",), resources=(f"{names.archive_arn}/*",)
        ),
        Statement(
            "DecryptResults",
            "Allow",
            actions=("kms:Decrypt",),
            resources=(place.arn("kms", "key/*"),),
            conditions=_by_alias(names, names.bucket_arn, names.archive_arn),
        ),
        Statement(
            "EncryptCopies",
            "Allow",
            actions=("kms:Encrypt", "kms:GenerateDataKey"),
            resources=(place.arn("kms", "key/*"),),
            conditions=_by_alias(names, names.archive_arn),
        ),
    )


def _by_alias(names: ProjectNames, *bucket_arns: str) -> Conditions:
    return {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.alias},
        **_through_s3(names.environment, *bucket_arns),
    }


def _through_s3(place: EnvironmentNames, *bucket_arns: str) -> Conditions:
    contexts = tuple(arn for bucket in bucket_arns for arn in (bucket, f"{bucket}/*"))
    return {
        "StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"},
        "ArnLike": {"kms:EncryptionContext:aws:s3:arn": contexts},
    }


def use_of_key(names: ProjectNames) -> tuple[Statement, ...]:
    """Lets the role use the project's key for these two buckets, in the key's own policy."""
    place = names.environment
    statements = []
    for sid, actions, buckets in (
        ("BackupReads", ("kms:Decrypt",), (names.bucket_arn, names.archive_arn)),
        ("BackupWrites", ("kms:Encrypt", "kms:GenerateDataKey"), (names.archive_arn,)),
    ):
        conditions = dict(_through_s3(place, *buckets))
        conditions["ArnEquals"] = {"aws:PrincipalArn": (names.role_arn(BACKUP),)}
        statements.append(
            Statement(
                sid,
                "Allow",
                principals={"AWS": (place.root_arn,)},
                actions=actions,
                resources=("*",),
                conditions=conditions,
                because=OF_THIS_RESOURCE,
            )
        )
    return tuple(statements)


def replication(
    names: ProjectNames,
    key_arn: pulumi.Output[str],
    results: aws.s3.Bucket,
    after: tuple[pulumi.Resource, ...],
) -> aws.s3.BucketReplicationConfig:
    """Has S3 copy. after: both buckets with their versions, and the role with its grant."""
    return aws.s3.BucketReplicationConfig(
        "archive",
        bucket=results.bucket,
        role=names.role_arn(BACKUP),
        rules=[
            {
                "id": "archive",
                "priority": 1,
                "status": "Enabled",
                "filter": {"prefix": ""},
                "delete_marker_replication": {"status": "Disabled"},
                "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                "destination": {
                    "bucket": names.archive_arn,
                    "encryption_configuration": {"replica_kms_key_id": key_arn},
                },
            }
        ],
        opts=pulumi.ResourceOptions(parent=results, depends_on=list(after)),
    )

"""What every bucket here has: versions, one key, no public access, no ACLs, TLS only, an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import check_among, check_match, check_range
from components.braket.policy import Kind, Statement, deny_insecure_transport, policy


@dataclass(frozen=True, slots=True)
class BucketArgs:
    """A bucket.

    key_arn: its key. statements: its policy beside the Deny of insecure transport.
    expire_days: age at which objects expire; noncurrent_days: how long they can then be brought back.
    lock: Object Lock mode and days, for all objects. empty_first: a destroy may delete what is in it.
    retain: a destroy leaves it, with all that protects it.
    """

    bucket: str
    tags: Mapping[str, str]
    key_arn: pulumi.Output[str]
    statements: tuple[Statement, ...]
    expire_days: int
    noncurrent_days: int
    lock: tuple[str, int] | None = None
    empty_first: bool = False
    protect: bool = True
    retain: bool = False

    def __post_init__(self) -> None:
        check_match(
            "BucketArgs.bucket",
            self.bucket,
            r"(?!xn--|sthree-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
            "3 to 63 of a-z, 0-9 and -, none of S3's own beginnings and endings",
        )
        if self.lock is not None:
            check_among("BucketArgs.lock", self.lock[0], ("GOVERNANCE", "COMPLIANCE"))
            check_range("BucketArgs.lock", self.lock[1], 1, 36500, "days")
        check_range("BucketArgs.expire_days", self.expire_days, 1, 36500, "days")
        check_range("BucketArgs.noncurrent_days", self.noncurrent_days, 1, 36500, "days")

    @property
    def resources(self) -> tuple[str, str]:
        """ARNs of the bucket and of its objects."""
        return f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"


@dataclass(frozen=True, slots=True)
class ManagedBucket:
    """The bucket, and what must exist before it may be written to."""

    bucket: aws.s3.Bucket
    ready: tuple[pulumi.Resource, ...]


def managed_bucket(name: str, args: BucketArgs, parent: pulumi.Resource) -> ManagedBucket:
    """Makes the bucket and its settings."""
    bucket = aws.s3.Bucket(
        name,
        bucket=args.bucket,
        force_destroy=args.empty_first,
        object_lock_enabled=args.lock is not None,
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect, retain_on_delete=args.retain),
    )
    opts = pulumi.ResourceOptions(parent=bucket, retain_on_delete=args.retain)
    block = aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    owner = aws.s3.BucketOwnershipControls(
        name, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=opts
    )
    versions = aws.s3.BucketVersioning(
        name, bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=opts
    )
    encryption = aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.bucket,
        rules=[
            {
                "apply_server_side_encryption_by_default": {
                    "sse_algorithm": "aws:kms",
                    "kms_master_key_id": args.key_arn,
                },
                "bucket_key_enabled": True,
            }
        ],
        opts=opts,
    )
    after_versions = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[versions]))
    lifecycle = aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.bucket,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": args.expire_days},
                "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        opts=after_versions,
    )
    ready: list[pulumi.Resource] = [block, owner, versions, encryption, lifecycle]
    if args.lock is not None:
        mode, days = args.lock
        ready.append(
            aws.s3.BucketObjectLockConfiguration(
                name,
                bucket=bucket.bucket,
                object_lock_enabled="Enabled",
                rule={"default_retention": {"mode": mode, "days": days}},
                opts=after_versions,
            )
        )
    ready.append(
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=policy(Kind.BUCKET, (deny_insecure_transport("s3", args.resources), *args.statements)),
            # It lets services in, or their objects: only when these go under the key, in versions.
            opts=pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(depends_on=[block, owner, versions, encryption])
            ),
        )
    )
    return ManagedBucket(bucket, tuple(ready))

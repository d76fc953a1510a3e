"""aws.s3.Bucket in the local cloud."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, code, is_gone, tag_list, tag_map
from rehearsal.provider.model.schema import Value, Values


class Bucket(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        name, region = str(want["bucket"]), aws.facts.region
        _refuse_a_taken_name(aws, name)
        where: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        aws.s3.create_bucket(
            Bucket=name,
            ObjectLockEnabledForBucket=bool(want["objectLockEnabled"]),
            # AWS takes no constraint for the region it began in.
            **({} if region == "us-east-1" else where),
        )
        return name

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        wanted = want["tagsAll"]
        present = {} if have is None else have["tagsAll"]
        if wanted == present:
            return
        if wanted:
            aws.s3.put_bucket_tagging(Bucket=id, Tagging={"TagSet": tag_list(wanted)})
        else:
            aws.s3.delete_bucket_tagging(Bucket=id)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        aws.s3.head_bucket(Bucket=id)
        region = aws.s3.get_bucket_location(Bucket=id).get("LocationConstraint") or "us-east-1"
        if region != aws.facts.region:
            return None
        return {
            "bucket": id,
            "bucketRegion": region,
            "objectLockEnabled": _has_lock(aws, id),
            "tagsAll": _tags(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if state.get("forceDestroy"):
            _empty(aws, id)
        elif _has_content(aws, id):
            message = (
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            )
            raise aws_error("DeleteBucket", "BucketNotEmpty", message)
        # moto would hand the tags of a deleted bucket to the next one of that name.
        aws.s3.delete_bucket_tagging(Bucket=id)
        aws.s3.delete_bucket(Bucket=id)


def _refuse_a_taken_name(aws: Aws, name: str) -> None:
    """Creating one's own bucket again is refused outside us-east-1; moto refuses it nowhere."""
    if any(bucket["Name"] == name for bucket in aws.s3.list_buckets()["Buckets"]):
        message = "Your previous request to create the named bucket succeeded and you already own it."
        raise aws_error("CreateBucket", "BucketAlreadyOwnedByYou", message)


def _has_lock(aws: Aws, name: str) -> bool:
    try:
        lock = aws.s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
    except ClientError as error:
        if is_gone(error):
            return False
        raise
    return bool(lock.get("ObjectLockEnabled") == "Enabled")


def _tags(aws: Aws, name: str) -> dict[str, str]:
    try:
        return tag_map(aws.s3.get_bucket_tagging(Bucket=name)["TagSet"])
    except ClientError as error:
        if code(error) == "NoSuchTagSet":
            return {}
        raise


def _has_content(aws: Aws, name: str) -> bool:
    found = aws.s3.list_object_versions(Bucket=name, MaxKeys=1)
    return bool(found.get("Versions") or found.get("DeleteMarkers"))


def _empty(aws: Aws, name: str) -> None:
    """Delete every version. Governance retention is bypassed, as by the real provider; compliance is not."""
    for page in aws.s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
            aws.s3.delete_object(
                Bucket=name,
                Key=version["Key"],
                VersionId=version["VersionId"],
                BypassGovernanceRetention=True,
            )

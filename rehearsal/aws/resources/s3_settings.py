"""aws.s3: the settings of a bucket and of the account, in the local cloud."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, camel, exists, is_gone, plain
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values


def demand_owner(aws: Aws, want: Wanted, operation: str) -> None:
    """AWS refuses when the bucket belongs to another account than expected."""
    expected = want.get("expectedBucketOwner")
    if expected and expected != aws.facts.account:
        raise aws_error(operation, "AccessDenied", f"expectedBucketOwner {expected} is not the owner")


def setting_id(want: Wanted) -> str:
    owner = want.get("expectedBucketOwner")
    return f"{want['bucket']},{owner}" if owner else str(want["bucket"])


def bucket_of(id: str) -> str:
    return id.partition(",")[0]


class Setting(Handler):
    """A setting is put as a whole; reading it back tells whether it is there."""

    def create(self, aws: Aws, want: Wanted) -> str:
        demand_owner(aws, want, f"Put{type(self).__name__}")
        self.put(aws, str(want["bucket"]), want)
        return setting_id(want)

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self.put(aws, bucket_of(id), want)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = self.get(aws, bucket_of(id))
        return None if found is None else {"bucket": bucket_of(id), **found}

    @abstractmethod
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        """Set it on the bucket."""

    @abstractmethod
    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        """What is set, or None."""


def _has_lock(aws: Aws, bucket: str) -> bool:
    return exists(lambda: aws.s3.get_object_lock_configuration(Bucket=bucket))


class Versioning(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        status = want["versioningConfiguration"]["status"]
        if status == "Disabled":
            if "Status" in aws.s3.get_bucket_versioning(Bucket=bucket):
                message = "versioning cannot be disabled once it was enabled; suspend it"
                raise aws_error("PutBucketVersioning", "InvalidBucketState", message)
            return
        if status == "Suspended" and _has_lock(aws, bucket):
            message = (
                "An Object Lock configuration is present on this bucket, so the versioning state cannot "
                "be changed."
            )
            raise aws_error("PutBucketVersioning", "InvalidBucketState", message)
        aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        status = aws.s3.get_bucket_versioning(Bucket=bucket).get("Status", "Disabled")
        return {"versioningConfiguration": {"status": status}}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        """Versions cannot be taken back: the bucket is suspended, and one with a lock stays as it is."""
        bucket = bucket_of(id)
        enabled = aws.s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
        if enabled and not _has_lock(aws, bucket):
            aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


_ENCRYPTION_NAMES = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}


class Encryption(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        rules = [
            {name: rule[name] for name in rule if name != "blockedEncryptionTypes"} for rule in want["rules"]
        ]
        configuration = {"Rules": camel(rules, _ENCRYPTION_NAMES)}
        aws.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=configuration)

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        found = aws.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        return {"rules": plain(found["Rules"], _ENCRYPTION_NAMES)}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3.delete_bucket_encryption(Bucket=bucket_of(id))


_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _block(want: Wanted) -> dict[str, bool]:
    return {name[0].upper() + name[1:]: bool(want[name]) for name in _FLAGS}


def _flags(found: dict[str, Any]) -> dict[str, Value]:
    block = found["PublicAccessBlockConfiguration"]
    return {name: bool(block.get(name[0].upper() + name[1:])) for name in _FLAGS}


class PublicAccessBlock(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        aws.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_block(want))

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        return _flags(aws.s3.get_public_access_block(Bucket=bucket))

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if not state.get("skipDestroy"):
            aws.s3.delete_public_access_block(Bucket=bucket_of(id))


class AccountPublicAccessBlock(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        account = str(want["accountId"])
        if account != aws.facts.account:
            message = f"these credentials are for account {aws.facts.account}, not {account}"
            raise aws_error("PutPublicAccessBlock", "AccessDenied", message)
        self._put(aws, account, want)
        return account

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._put(aws, id, want)

    def _put(self, aws: Aws, account: str, want: Wanted) -> None:
        aws.s3control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=_block(want))

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        return {"accountId": id, **_flags(aws.s3control.get_public_access_block(AccountId=id))}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3control.delete_public_access_block(AccountId=id)


class OwnershipControls(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        controls = {"Rules": [{"ObjectOwnership": want["rule"]["objectOwnership"]}]}
        aws.s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=controls)

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        rules = aws.s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3.delete_bucket_ownership_controls(Bucket=bucket_of(id))


class BucketPolicy(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        demand_principals(
            aws,
            want["policy"],
            operation="PutBucketPolicy",
            code="MalformedPolicy",
            message="Invalid principal in policy",
        )
        aws.s3.put_bucket_policy(Bucket=bucket, Policy=want["policy"])

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        return {"policy": aws.s3.get_bucket_policy(Bucket=bucket)["Policy"]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3.delete_bucket_policy(Bucket=bucket_of(id))


class ObjectLock(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        retention = (want["rule"] or {}).get("defaultRetention")
        rule = {"Rule": {"DefaultRetention": camel(retention, {})}} if retention else {}
        configuration = {"ObjectLockEnabled": "Enabled", **rule}
        aws.s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        found = aws.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        retention = found.get("Rule", {}).get("DefaultRetention")
        kept = {name: value for name, value in plain(retention or {}, {}).items() if value}
        return {
            "objectLockEnabled": found["ObjectLockEnabled"],
            "rule": {"defaultRetention": kept} if kept else None,
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        """The lock itself cannot be removed, only what it does by default."""
        try:
            self.get(aws, bucket_of(id))
        except ClientError as error:
            if is_gone(error):
                return
            raise
        configuration = {"ObjectLockEnabled": "Enabled"}
        aws.s3.put_object_lock_configuration(Bucket=bucket_of(id), ObjectLockConfiguration=configuration)

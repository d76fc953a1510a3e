"""Looks at the local cloud after each call: is anything less protected than it is meant to be in the end?

What is meant is read from a cloud in which everything came up undisturbed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Cloud
from rehearsal.aws.resources.base import is_gone
from tests.faults.watch_network import network_counts, open_ways, unguarded

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass
class Protection:
    """What protects things: boundary and locks (policies that only deny) by role, key by log group and
    bucket, buckets that keep what they hold locked."""

    boundaries: dict[str, str] = field(default_factory=dict)
    locks: dict[str, set[str]] = field(default_factory=dict)
    log_keys: dict[str, str] = field(default_factory=dict)
    bucket_keys: set[str] = field(default_factory=set)
    object_locks: set[str] = field(default_factory=set)


class Watch:
    """`after` notes in `found` what is wrong; `meant` None collects nothing."""

    def __init__(self, endpoint: str, account: str, region: str, meant: Protection | None = None) -> None:
        self._cloud, self._region, self.meant = Cloud(endpoint, account), region, meant
        self.found: list[str] = []

    def client(self, service: str) -> Any:
        return self._cloud.client(service, self._region)

    def after(self, region: str, service: str, operation: str, params: Mapping[str, Any]) -> None:
        """Look at what the call may have changed, if it did anything."""
        if self.meant is None:
            return
        self._region = region
        try:
            self._look(service, operation, params)
        except ClientError as error:
            if not is_gone(error):
                raise

    def _look(self, service: str, operation: str, params: Mapping[str, Any]) -> None:
        if service == "s3" and "Bucket" in params and operation.startswith(("Put", "Delete")):
            self._bucket(params["Bucket"])
        elif operation in ("CreateRole", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"):
            self._boundary(params["RoleName"])
        elif operation in ("AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy"):
            self._grants(params["RoleName"])
        elif service == "logs" and "logGroupName" in params:
            self._log_group(params["logGroupName"])
        elif operation == "CreateAlias":
            self._key(params["TargetKeyId"])
        elif operation in ("CreateTrail", "StartLogging", "UpdateTrail"):
            self._trail(params["Name"])
        elif operation == "Subscribe":
            self._topic(params["TopicArn"])
        elif service == "ec2":
            self.found += open_ways(self.client, operation, params)
        elif service in ("secretsmanager", "sagemaker"):
            self.found += unguarded(self.client, operation, params)

    def _demand(self, good: object, what: str) -> None:
        if not good:
            self.found.append(what)

    def _bucket(self, name: str) -> None:
        """Before a policy says who may come, the doors to everybody are shut."""
        if self._maybe("get_bucket_policy", name) is None:
            return
        block = self._maybe("get_public_access_block", name) or {}
        flags = block.get("PublicAccessBlockConfiguration", {})
        self._demand(
            all(flags.get(b) for b in BLOCKS), f"{name} has a policy, and is not closed to the public"
        )
        owner = self._maybe("get_bucket_ownership_controls", name)
        self._demand(owner, f"{name} has a policy, and others may own what is in it")

    def _boundary(self, name: str) -> None:
        assert self.meant is not None
        role = self.client("iam").get_role(RoleName=name)["Role"]
        has = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        self._demand(has == self.meant.boundaries.get(name), f"{name} has the boundary {has}")

    def _grants(self, name: str) -> None:
        """While a role is granted anything, every lock that is meant for it is there."""
        assert self.meant is not None
        attached = attached_policies(self.client("iam"), name)
        inline = self.client("iam").list_role_policies(RoleName=name)["PolicyNames"]
        granting = [arn for arn, denies in attached.items() if not denies] + inline
        missing = self.meant.locks.get(name, set()) - {arn for arn, denies in attached.items() if denies}
        self._demand(not granting or not missing, f"{name} is granted {granting} without {sorted(missing)}")

    def _log_group(self, name: str) -> None:
        assert self.meant is not None
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        for group in groups:
            if group["logGroupName"] in self.meant.log_keys:
                self._demand(
                    group.get("kmsKeyId"), f"{group['logGroupName']} is not encrypted with a key of ours"
                )

    def _key(self, key: str) -> None:
        found = self.client("kms").describe_key(KeyId=key)["KeyMetadata"]
        if found["Origin"] == "EXTERNAL":  # people rotate material of their own; without it nothing opens
            self._demand(found["KeyState"] == "PendingImport", f"{key} opens without anybody's material")
            return
        status = self.client("kms").get_key_rotation_status(KeyId=key)
        self._demand(status["KeyRotationEnabled"], f"{key} gets a name before it rotates")

    def _trail(self, name: str) -> None:
        trail = self.client("cloudtrail").get_trail(Name=name)["Trail"]
        self._demand(trail.get("KmsKeyId"), f"{name} is written without a key")
        self._demand(trail.get("LogFileValidationEnabled"), f"{name} cannot be validated")
        assert self.meant is not None
        bucket = trail["S3BucketName"]
        if bucket in self.meant.object_locks:
            lock = self._maybe("get_object_lock_configuration", bucket) or {}
            rule = lock.get("ObjectLockConfiguration", {}).get("Rule")
            self._demand(rule, f"{name} is written to {bucket} before that is locked")
        if bucket in self.meant.bucket_keys:
            self._demand(has_key(self._maybe("get_bucket_encryption", bucket)), f"{bucket} has no key yet")

    def _topic(self, arn: str) -> None:
        found = self.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
        self._demand(found.get("KmsMasterKeyId"), f"{arn} is subscribed to without a key")

    def _maybe(self, call: str, bucket: str) -> dict[str, Any] | None:
        try:
            return dict(getattr(self.client("s3"), call)(Bucket=bucket))
        except ClientError:
            return None

    def protection(self) -> Protection:
        """Everything that protects, as it is now."""
        result = Protection()
        iam, s3 = self.client("iam"), self.client("s3")
        for role in iam.list_roles()["Roles"]:
            name = role["RoleName"]
            boundary = iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary")
            if boundary:
                result.boundaries[name] = boundary["PermissionsBoundaryArn"]
            result.locks[name] = {arn for arn, denies in attached_policies(iam, name).items() if denies}
        for group in self.client("logs").describe_log_groups()["logGroups"]:
            if group.get("kmsKeyId"):
                result.log_keys[group["logGroupName"]] = group["kmsKeyId"]
        for bucket in (b["Name"] for b in s3.list_buckets()["Buckets"]):
            if has_key(self._maybe("get_bucket_encryption", bucket)):
                result.bucket_keys.add(bucket)
            lock = self._maybe("get_object_lock_configuration", bucket) or {}
            if lock.get("ObjectLockConfiguration", {}).get("Rule"):
                result.object_locks.add(bucket)
        return result

    def counts(self) -> dict[str, int]:
        """How many there are of what a repeated create would make twice."""
        iam, kms = self.client("iam"), self.client("kms")
        keys = [kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in kms.list_keys()["Keys"]]
        return {
            "keys": sum(k["KeyManager"] == "CUSTOMER" and k["KeyState"] == "Enabled" for k in keys),
            "roles": len(iam.list_roles()["Roles"]),
            "policies": len(iam.list_policies(Scope="Local")["Policies"]),
            "buckets": len(self.client("s3").list_buckets()["Buckets"]),
            "log groups": len(self.client("logs").describe_log_groups()["logGroups"]),
            "topics": len(self.client("sns").list_topics()["Topics"]),
            "subscriptions": len(self.client("sns").list_subscriptions()["Subscriptions"]),
            **network_counts(self.client),
        }


def has_key(encryption: dict[str, Any] | None) -> bool:
    rules = (encryption or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return any(r["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for r in rules)


def attached_policies(iam: Any, role: str) -> dict[str, bool]:
    """ARN to whether the policy only denies."""
    result = {}
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        document = json.loads(document) if isinstance(document, str) else document
        statements = document["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        result[arn] = all(s["Effect"] == "Deny" for s in statements)
    return result

"""aws.cloudtrail.Trail in the local cloud."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import (
    Handler,
    Wanted,
    camel,
    differs,
    exists,
    is_gone,
    plain,
    tag_changes,
    tag_list,
    tag_map,
)
from rehearsal.aws.resources.grants import admits
from rehearsal.provider.model.schema import Value, Values

_SERVICE = "cloudtrail.amazonaws.com"
_SETTINGS = {
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "snsTopicName": "SnsTopicName",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "enableLogFileValidation": "EnableLogFileValidation",
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "kmsKeyId": "KmsKeyId",
}
_FIELDS = {
    "endsWiths": "EndsWith",
    "startsWiths": "StartsWith",
    "notEndsWiths": "NotEndsWith",
    "notStartsWiths": "NotStartsWith",
}
_DEFAULT = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
"""What a trail without selectors of its own records (AWSCloudTrail API reference, PutEventSelectors)."""


class Trail(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand_surroundings(aws, want, "CreateTrail")
        name = str(want["name"])
        if exists(lambda: aws.cloudtrail.get_trail(Name=name)):
            message = f"Trail {name} already exists for customer: {aws.facts.account}"
            raise aws_error("CreateTrail", "TrailAlreadyExistsException", message)
        settings = {theirs: want[ours] for ours, theirs in _SETTINGS.items() if want[ours] is not None}
        answer = aws.cloudtrail.create_trail(Name=name, TagsList=tag_list(want["tagsAll"]), **settings)
        return str(answer["TrailARN"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        trail = str(want["name"])
        if have is not None:
            self._update(aws, id, trail, want, have)
        self._select(aws, trail, want, have)
        if want["enableLogging"] != bool((have or {}).get("enableLogging")):
            switch = aws.cloudtrail.start_logging if want["enableLogging"] else aws.cloudtrail.stop_logging
            switch(Name=trail)

    def _update(self, aws: Aws, id: str, trail: str, want: Wanted, have: Values) -> None:
        changed = {ours for ours in _SETTINGS if (want[ours] or None) != (have[ours] or None)}
        if changed:
            _demand_surroundings(aws, want, "UpdateTrail")
            settings = {_SETTINGS[ours]: "" if want[ours] is None else want[ours] for ours in sorted(changed)}
            aws.cloudtrail.update_trail(Name=trail, **settings)
        tags, removed = tag_changes(want, have)
        if tags:
            aws.cloudtrail.add_tags(ResourceId=id, TagsList=tag_list(tags))
        if removed:
            aws.cloudtrail.remove_tags(ResourceId=id, TagsList=[{"Key": key} for key in removed])

    def _select(self, aws: Aws, trail: str, want: Wanted, have: Values | None) -> None:
        """Put what the trail writes down; it goes on writing meanwhile."""
        if differs(want, have, "advancedEventSelectors", "eventSelectors"):
            if want["advancedEventSelectors"]:
                selectors = {"AdvancedEventSelectors": camel(want["advancedEventSelectors"], _FIELDS)}
            else:
                selectors = {"EventSelectors": camel(want["eventSelectors"], {}) or [_DEFAULT]}
            aws.cloudtrail.put_event_selectors(TrailName=trail, **selectors)
        if differs(want, have, "insightSelectors"):
            selectors = camel(want["insightSelectors"] or [], {})
            aws.cloudtrail.put_insight_selectors(TrailName=trail, InsightSelectors=selectors)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        name = id.rpartition("/")[2]
        found = aws.cloudtrail.get_trail(Name=name)["Trail"]
        selected = aws.cloudtrail.get_event_selectors(TrailName=name)
        tags = aws.cloudtrail.list_tags(ResourceIdList=[id])["ResourceTagList"][0]["TagsList"]
        live = {ours: found.get(theirs) for ours, theirs in _SETTINGS.items()}
        live["enableLogFileValidation"] = found["LogFileValidationEnabled"]
        return {
            **live,
            "arn": found["TrailARN"],
            "name": found["Name"],
            "enableLogging": aws.cloudtrail.get_trail_status(Name=name)["IsLogging"],
            "isOrganizationTrail": found["IsOrganizationTrail"],
            "snsTopicName": want.get("snsTopicName") if found.get("SnsTopicARN") else None,
            "advancedEventSelectors": plain(selected.get("AdvancedEventSelectors") or [], _FIELDS),
            "eventSelectors": plain(_events(selected, want), {}),
            "insightSelectors": plain(_insights(aws, name), {}),
            "tagsAll": tag_map(tags),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        # moto would hand the tags of a deleted trail to the next one of that name.
        tags = aws.cloudtrail.list_tags(ResourceIdList=[id])["ResourceTagList"][0]["TagsList"]
        if tags:
            aws.cloudtrail.remove_tags(ResourceId=id, TagsList=tags)
        aws.cloudtrail.delete_trail(Name=id.rpartition("/")[2])


def _events(selected: dict[str, Any], want: Wanted) -> list[Any]:
    found: list[Any] = selected.get("EventSelectors") or []
    return [] if found == [_DEFAULT] and not want.get("eventSelectors") else found


def _insights(aws: Aws, name: str) -> list[Any]:
    return list(aws.cloudtrail.get_insight_selectors(TrailName=name).get("InsightSelectors") or [])


def _demand_surroundings(aws: Aws, want: Wanted, operation: str) -> None:
    """Ask what AWS asks before it takes a trail; moto looks at the bucket's name only."""
    _demand_bucket(aws, want, operation)
    if want["cloudWatchLogsGroupArn"]:
        _demand_log_group(aws, want, operation)
    if want["kmsKeyId"]:
        _demand_key(aws, want, operation)


def _demand_bucket(aws: Aws, want: Wanted, operation: str) -> None:
    bucket, account = str(want["s3BucketName"]), aws.facts.account
    try:
        policy = aws.s3.get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        if not is_gone(error):
            raise
        policy = "{}"
    prefix = f"{want['s3KeyPrefix']}/" if want["s3KeyPrefix"] else ""
    arn = f"arn:{aws.facts.partition}:s3:::{bucket}"
    logs = f"{arn}/{prefix}AWSLogs/{account}/CloudTrail/{aws.facts.region}/log"
    context = {
        "aws:sourcearn": str(want["arn"]),
        "aws:sourceaccount": account,
        "s3:x-amz-acl": "bucket-owner-full-control",
        "aws:securetransport": "true",
    }
    for action, resource in (("s3:GetBucketAcl", arn), ("s3:PutObject", logs)):
        if not admits(policy, _SERVICE, action, resource, context):
            message = (
                f"Incorrect S3 bucket policy is detected for bucket: {bucket} "
                f"({_SERVICE} is not admitted to {action} on {resource})"
            )
            raise aws_error(operation, "InsufficientS3BucketPolicyException", message)


def _demand_log_group(aws: Aws, want: Wanted, operation: str) -> None:
    group, role = str(want["cloudWatchLogsGroupArn"]), str(want["cloudWatchLogsRoleArn"])
    region = group.split(":")[3]
    name = group.split(":log-group:")[1].removesuffix(":*")
    found = aws.client("logs", region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if not any(candidate["logGroupName"] == name for candidate in found):
        message = f"Access denied. Check that the log group {name} exists."
        raise aws_error(operation, "InvalidCloudWatchLogsLogGroupArnException", message)
    if not exists(lambda: aws.iam.get_role(RoleName=role.rpartition("/")[2])):
        message = f"Access denied. Check the trust relationships for your role: {role} does not exist."
        raise aws_error(operation, "InvalidCloudWatchLogsRoleArnException", message)


def _demand_key(aws: Aws, want: Wanted, operation: str) -> None:
    key = str(want["kmsKeyId"])
    kms = aws.client("kms", key.split(":")[3])
    if not exists(lambda: kms.describe_key(KeyId=key)):
        raise aws_error(operation, "KmsKeyDoesNotExistException", f"KMS key {key} does not exist.")
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    context = {
        "aws:sourcearn": str(want["arn"]),
        "aws:sourceaccount": aws.facts.account,
        "kms:encryptioncontext:aws:cloudtrail:arn": str(want["arn"]),
    }
    if not admits(policy, _SERVICE, "kms:GenerateDataKey", key, context):
        message = (
            "Insufficient permissions to access S3 bucket or KMS key: the key's policy does not admit "
            f"{_SERVICE} to kms:GenerateDataKey for this trail."
        )
        raise aws_error(operation, "InsufficientEncryptionPolicyException", message)

"""aws.cloudwatch log types in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, differs, exists, tag_changes
from rehearsal.aws.resources.grants import admits
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values

RESOURCE_POLICIES = 10
"""How many account-scoped resource policies a region takes."""


class LogGroup(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand_key(aws, want)
        aws.logs.create_log_group(
            logGroupName=want["name"],
            logGroupClass=want["logGroupClass"],
            **({"kmsKeyId": want["kmsKeyId"]} if want["kmsKeyId"] else {}),
            **({"tags": want["tagsAll"]} if want["tagsAll"] else {}),
        )
        return str(want["name"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "kmsKeyId"):
            # moto cannot change the key of a group.
            _demand_key(aws, want)
            self._remove(aws, id, str(want["arn"]))
            self.create(aws, want)
            have = None
        if differs(want, have, "retentionInDays"):
            if want["retentionInDays"]:
                days = want["retentionInDays"]
                aws.logs.put_retention_policy(logGroupName=id, retentionInDays=days)
            else:
                aws.logs.delete_retention_policy(logGroupName=id)
        if have is not None:
            changed, removed = tag_changes(want, have)
            if changed:
                aws.logs.tag_resource(resourceArn=want["arn"], tags=changed)
            if removed:
                aws.logs.untag_resource(resourceArn=want["arn"], tagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        pages = aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=id)
        groups = [group for page in pages for group in page["logGroups"]]
        found = next((group for group in groups if group["logGroupName"] == id), None)
        if found is None:
            return None
        arn = found["arn"].removesuffix(":*")
        return {
            "name": id,
            "arn": arn,
            "kmsKeyId": found.get("kmsKeyId"),
            "retentionInDays": found.get("retentionInDays", 0),
            "tagsAll": dict(aws.logs.list_tags_for_resource(resourceArn=arn)["tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if state.get("deletionProtectionEnabled"):
            message = f"Log group {id} has deletion protection; set deletionProtectionEnabled to false first"
            raise aws_error("DeleteLogGroup", "ValidationException", message)
        if not state.get("skipDestroy"):
            for one in aws.logs.describe_metric_filters(logGroupName=id)["metricFilters"]:
                # They go with their group, as in AWS; moto would keep them.
                aws.logs.delete_metric_filter(logGroupName=id, filterName=one["filterName"])
            self._remove(aws, id, str(state["arn"]))

    def _remove(self, aws: Aws, id: str, arn: str) -> None:
        """moto would hand the tags of a deleted group to the next one of that name."""
        tags = aws.logs.list_tags_for_resource(resourceArn=arn)["tags"]
        if tags:
            aws.logs.untag_resource(resourceArn=arn, tagKeys=sorted(tags))
        aws.logs.delete_log_group(logGroupName=id)


def group_exists(aws: Aws, name: str) -> bool:
    pages = aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for page in pages for group in page["logGroups"])


def _demand_key(aws: Aws, want: Wanted) -> None:
    """AWS refuses a key that does not admit CloudWatch Logs of the region; moto takes any text."""
    key = want["kmsKeyId"]
    if not key:
        return
    service = f"logs.{aws.facts.region}.amazonaws.com"
    context = {
        "kms:encryptioncontext:aws:logs:arn": str(want["arn"]),
        "aws:sourcearn": str(want["arn"]),
        "aws:sourceaccount": aws.facts.account,
    }
    admitted = exists(lambda: aws.kms.describe_key(KeyId=key)) and admits(
        aws.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"],
        service,
        "kms:GenerateDataKey",
        key,
        context,
    )
    if not admitted:
        message = (
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{want['arn']}' "
            f"(its policy must admit {service})"
        )
        raise aws_error("CreateLogGroup", "AccessDeniedException", message)


class LogResourcePolicy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        policies = aws.logs.describe_resource_policies()["resourcePolicies"]
        names = {policy.get("policyName") for policy in policies} - {None, want["policyName"]}
        if len(names) >= RESOURCE_POLICIES:
            message = f"Resource limit exceeded: {RESOURCE_POLICIES} resource policies in a region."
            raise aws_error("PutResourcePolicy", "LimitExceededException", message)
        self._put(aws, want)
        return str(want["policyName"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._put(aws, want)

    def _put(self, aws: Aws, want: Wanted) -> None:
        demand_principals(
            aws,
            want["policyDocument"],
            operation="PutResourcePolicy",
            code="InvalidParameterException",
            message="Invalid principal in policy",
        )
        aws.logs.put_resource_policy(policyName=want["policyName"], policyDocument=want["policyDocument"])

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        policies = aws.logs.describe_resource_policies()["resourcePolicies"]
        found = next((policy for policy in policies if policy.get("policyName") == id), None)
        return found and {"policyName": id, "policyDocument": found["policyDocument"]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.logs.delete_resource_policy(policyName=id)

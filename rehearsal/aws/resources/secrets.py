"""aws.secretsmanager in the local cloud."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.model.secrets import NO_POLICY
from rehearsal.aws.resources.base import Handler, Wanted, differs, exists, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values


class Secret(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        name = str(want["name"])
        if exists(lambda: aws.secretsmanager.describe_secret(SecretId=name)) and _deleted(aws, name):
            message = "A secret with this name is already scheduled for deletion."
            raise aws_error("CreateSecret", "InvalidRequestException", message)
        optional = {"Description": want["description"], "KmsKeyId": want["kmsKeyId"]}
        answer = aws.secretsmanager.create_secret(
            Name=name,
            Tags=tag_list(want["tagsAll"]),
            **{member: value for member, value in optional.items() if value},
        )
        return str(answer["ARN"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "description", "kmsKeyId"):
            aws.secretsmanager.update_secret(
                SecretId=id, Description=want["description"] or "", KmsKeyId=want["kmsKeyId"] or ""
            )
        if differs(want, have, "policy"):
            if want["policy"] not in (None, NO_POLICY):
                _put_policy(aws, id, str(want["policy"]))
            elif have is not None:
                aws.secretsmanager.delete_resource_policy(SecretId=id)
        if have is not None:
            changed, removed = tag_changes(want, have)
            if changed:
                aws.secretsmanager.tag_resource(SecretId=id, Tags=tag_list(changed))
            if removed:
                aws.secretsmanager.untag_resource(SecretId=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.secretsmanager.describe_secret(SecretId=id)
        if found.get("DeletedDate"):
            return None
        policy = aws.secretsmanager.get_resource_policy(SecretId=id).get("ResourcePolicy")
        if policy is None and want.get("policy") == NO_POLICY:
            policy = NO_POLICY
        return {
            "name": found["Name"],
            "arn": found["ARN"],
            "description": found.get("Description") or None,
            "kmsKeyId": found.get("KmsKeyId") or None,
            "policy": policy,
            "tagsAll": tag_map(found.get("Tags", [])),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if _deleted(aws, id):
            return
        window = state.get("recoveryWindowInDays", 30)
        how = {"RecoveryWindowInDays": window} if window else {"ForceDeleteWithoutRecovery": True}
        aws.secretsmanager.delete_secret(SecretId=id, **how)


def _deleted(aws: Aws, id: str) -> bool:
    return bool(aws.secretsmanager.describe_secret(SecretId=id).get("DeletedDate"))


def _put_policy(aws: Aws, id: str, policy: str, **more: Any) -> None:
    demand_principals(
        aws,
        policy,
        operation="PutResourcePolicy",
        code="MalformedPolicyDocumentException",
        message="This resource policy contains an unsupported principal",
    )
    aws.secretsmanager.put_resource_policy(SecretId=id, ResourcePolicy=policy, **more)


class SecretPolicy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        self._put(aws, want)
        return str(want["secretArn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "policy"):
            self._put(aws, want)

    def _put(self, aws: Aws, want: Wanted) -> None:
        policy, block = str(want["policy"]), bool(want["blockPublicPolicy"])
        if block and _is_public(policy):
            message = "You can't attach a resource policy that allows broad access to the secret."
            raise aws_error("PutResourcePolicy", "PublicPolicyException", message)
        _put_policy(aws, str(want["secretArn"]), policy, BlockPublicPolicy=block)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        if _deleted(aws, id):
            return None
        policy = aws.secretsmanager.get_resource_policy(SecretId=id).get("ResourcePolicy")
        return None if policy is None else {"secretArn": id, "policy": policy}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.secretsmanager.delete_resource_policy(SecretId=id)


def _is_public(policy: str) -> bool:
    statements = json.loads(policy)["Statement"]
    return any(
        statement["Effect"] == "Allow"
        and not statement.get("Condition")
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        for statement in (statements if isinstance(statements, list) else [statements])
    )

"""aws.iam roles and policies in the local cloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, differs, exists, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values

INLINE_LIMIT = 10_240
"""Characters of all inline policies of one role together, white space not counted."""


def document(value: Any) -> str:
    """IAM answers documents as objects or percent-encoded texts, depending on the call."""
    return json.dumps(value) if isinstance(value, dict) else unquote(str(value))


def moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Role(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand_trust(aws, want)
        _demand_boundary(aws, want, "CreateRole")
        optional = {"Description": want["description"], "PermissionsBoundary": want["permissionsBoundary"]}
        aws.iam.create_role(
            RoleName=want["name"],
            Path=want["path"],
            AssumeRolePolicyDocument=want["assumeRolePolicy"],
            MaxSessionDuration=want["maxSessionDuration"],
            Tags=tag_list(want["tagsAll"]),
            **{name: value for name, value in optional.items() if value},
        )
        return str(want["name"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if differs(want, have, "assumeRolePolicy"):
            _demand_trust(aws, want)
            aws.iam.update_assume_role_policy(RoleName=id, PolicyDocument=want["assumeRolePolicy"])
        if differs(want, have, "description", "maxSessionDuration"):
            aws.iam.update_role(
                RoleName=id,
                Description=want["description"] or "",
                MaxSessionDuration=want["maxSessionDuration"],
            )
        if differs(want, have, "permissionsBoundary"):
            if want["permissionsBoundary"]:
                _demand_boundary(aws, want, "PutRolePermissionsBoundary")
                boundary = want["permissionsBoundary"]
                aws.iam.put_role_permissions_boundary(RoleName=id, PermissionsBoundary=boundary)
            else:
                aws.iam.delete_role_permissions_boundary(RoleName=id)
        changed, removed = tag_changes(want, have)
        if changed:
            aws.iam.tag_role(RoleName=id, Tags=tag_list(changed))
        if removed:
            aws.iam.untag_role(RoleName=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.iam.get_role(RoleName=id)["Role"]
        return {
            "name": found["RoleName"],
            "path": found["Path"],
            "arn": found["Arn"],
            "assumeRolePolicy": document(found["AssumeRolePolicyDocument"]),
            "createDate": moment(found["CreateDate"]),
            "description": found.get("Description"),
            "maxSessionDuration": found["MaxSessionDuration"],
            "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "tagsAll": tag_map(found.get("Tags", [])),
            "uniqueId": found["RoleId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if state.get("forceDetachPolicies"):
            for policy in aws.iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]:
                aws.iam.detach_role_policy(RoleName=id, PolicyArn=policy["PolicyArn"])
            for name in aws.iam.list_role_policies(RoleName=id)["PolicyNames"]:
                aws.iam.delete_role_policy(RoleName=id, PolicyName=name)
        aws.iam.delete_role(RoleName=id)


def _demand_trust(aws: Aws, want: Wanted) -> None:
    demand_principals(
        aws,
        want["assumeRolePolicy"],
        operation="UpdateAssumeRolePolicy",
        code="MalformedPolicyDocument",
        message="Invalid principal in policy",
    )


def _demand_boundary(aws: Aws, want: Wanted, operation: str) -> None:
    """AWS refuses a boundary that does not exist; moto takes any."""
    boundary = want["permissionsBoundary"]
    if boundary and not exists(lambda: aws.iam.get_policy(PolicyArn=boundary)):
        message = f"Scope ARN: {boundary} does not exist or is not attachable."
        raise aws_error(operation, "NoSuchEntity", message)


class Policy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand_new_name(aws, str(want["name"]))
        answer = aws.iam.create_policy(
            PolicyName=want["name"],
            Path=want["path"],
            PolicyDocument=want["policy"],
            Tags=tag_list(want["tagsAll"]),
            **({"Description": want["description"]} if want["description"] else {}),
        )
        return str(answer["Policy"]["Arn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if differs(want, have, "policy"):
            _make_room(aws, id)
            aws.iam.create_policy_version(PolicyArn=id, PolicyDocument=want["policy"], SetAsDefault=True)
        changed, removed = tag_changes(want, have)
        if changed:
            aws.iam.tag_policy(PolicyArn=id, Tags=tag_list(changed))
        if removed:
            aws.iam.untag_policy(PolicyArn=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.iam.get_policy(PolicyArn=id)["Policy"]
        version = aws.iam.get_policy_version(PolicyArn=id, VersionId=found["DefaultVersionId"])
        return {
            "name": found["PolicyName"],
            "path": found["Path"],
            "arn": found["Arn"],
            "attachmentCount": found["AttachmentCount"],
            "description": found.get("Description"),
            "policy": document(version["PolicyVersion"]["Document"]),
            "policyId": found["PolicyId"],
            "tagsAll": tag_map(found.get("Tags", [])),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if aws.iam.get_policy(PolicyArn=id)["Policy"]["AttachmentCount"]:  # moto would detach it
            raise aws_error("DeletePolicy", "DeleteConflict", "Cannot delete a policy attached to entities.")
        for version in aws.iam.list_policy_versions(PolicyArn=id)["Versions"]:
            if not version["IsDefaultVersion"]:
                aws.iam.delete_policy_version(PolicyArn=id, VersionId=version["VersionId"])
        aws.iam.delete_policy(PolicyArn=id)


def _demand_new_name(aws: Aws, name: str) -> None:
    """Names are unique in an account whatever the path; moto looks at the ARN only."""
    for page in aws.iam.get_paginator("list_policies").paginate(Scope="Local"):
        if any(policy["PolicyName"] == name for policy in page["Policies"]):
            raise aws_error("CreatePolicy", "EntityAlreadyExists", f"A policy called {name} already exists.")


def _make_room(aws: Aws, arn: str) -> None:
    """A policy has at most five versions; the oldest goes, as with the real provider."""
    versions = aws.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    others = sorted((v for v in versions if not v["IsDefaultVersion"]), key=lambda v: v["CreateDate"])
    if len(versions) >= 5:
        aws.iam.delete_policy_version(PolicyArn=arn, VersionId=others[0]["VersionId"])


class RolePolicy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        self._put(aws, want)
        return f"{want['role']}:{want['name']}"

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "policy"):
            self._put(aws, want)

    def _put(self, aws: Aws, want: Wanted) -> None:
        role, name, policy = str(want["role"]), str(want["name"]), str(want["policy"])
        size = len("".join(policy.split()))
        for other in aws.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            if other != name:
                text = aws.iam.get_role_policy(RoleName=role, PolicyName=other)["PolicyDocument"]
                size += len("".join(document(text).split()))
        if size > INLINE_LIMIT:
            message = f"Maximum policy size of {INLINE_LIMIT} bytes exceeded for role {role}: {size}"
            raise aws_error("PutRolePolicy", "LimitExceeded", message)
        aws.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        role, _, name = id.partition(":")
        found = aws.iam.get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": document(found["PolicyDocument"])}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        role, _, name = id.partition(":")
        aws.iam.delete_role_policy(RoleName=role, PolicyName=name)


class RolePolicyAttachment(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        aws.iam.attach_role_policy(RoleName=want["role"], PolicyArn=want["policyArn"])
        return f"{want['role']}/{want['policyArn']}"

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        role, _, arn = id.partition("/")
        for page in aws.iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
            if any(policy["PolicyArn"] == arn for policy in page["AttachedPolicies"]):
                return {"role": role, "policyArn": arn}
        return None

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        role, _, arn = id.partition("/")
        aws.iam.detach_role_policy(RoleName=role, PolicyArn=arn)

"""aws.organizations in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.model.organizations import ATTACHED, SERVICE_CONTROL
from rehearsal.aws.resources.base import Handler, Wanted, differs, tag_changes, tag_list, tag_map
from rehearsal.provider.model.schema import Value, Values


class Policy(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.organizations.create_policy(
            Name=want["name"],
            Description=want["description"] or "",
            Type=want["type"],
            Content=want["content"],
            Tags=tag_list(want["tagsAll"]),
        )
        return str(answer["Policy"]["PolicySummary"]["Id"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if differs(want, have, "content", "description", "name"):
            aws.organizations.update_policy(
                PolicyId=id,
                Name=want["name"],
                Description=want["description"] or "",
                Content=want["content"],
            )
        changed, removed = tag_changes(want, have)
        if changed:
            aws.organizations.tag_resource(ResourceId=id, Tags=tag_list(changed))
        if removed:
            aws.organizations.untag_resource(ResourceId=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.organizations.describe_policy(PolicyId=id)["Policy"]
        summary = found["PolicySummary"]
        return {
            "arn": summary["Arn"],
            "name": summary["Name"],
            "description": summary.get("Description") or None,
            "type": summary["Type"],
            "content": found["Content"],
            "tagsAll": tag_map(aws.organizations.list_tags_for_resource(ResourceId=id)["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if not state.get("skipDestroy"):
            aws.organizations.delete_policy(PolicyId=id)


class PolicyAttachment(Handler):
    """Its id is TARGET:POLICY, as with the real provider."""

    def create(self, aws: Aws, want: Wanted) -> str:
        target, policy = str(want["targetId"]), str(want["policyId"])
        aws.organizations.attach_policy(PolicyId=policy, TargetId=target)
        if len(_attached(aws, target)) > ATTACHED:
            # moto takes any number; only now is the target sure to be known to it.
            aws.organizations.detach_policy(PolicyId=policy, TargetId=target)
            message = f"You have attached the maximum number of policies, {ATTACHED}, to {target}."
            raise aws_error("AttachPolicy", "ConstraintViolationException", message)
        return f"{target}:{policy}"

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        target, _, policy = id.partition(":")
        found = policy in _attached(aws, target)
        return {"targetId": target, "policyId": policy} if found else None

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        target, _, policy = id.partition(":")
        if not state.get("skipDestroy"):
            aws.organizations.detach_policy(PolicyId=policy, TargetId=target)


def _attached(aws: Aws, target: str) -> list[str]:
    pages = aws.organizations.get_paginator("list_policies_for_target").paginate(
        TargetId=target, Filter=SERVICE_CONTROL
    )
    return [policy["Id"] for page in pages for policy in page["Policies"]]

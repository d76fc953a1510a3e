"""aws.kms in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import Handler, Wanted, differs, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.iam import moment
from rehearsal.aws.resources.principals import demand_principals
from rehearsal.provider.model.schema import Value, Values

_POLICY_NAME = "default"


class Key(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        return self._create(aws, want, want["customerMasterKeySpec"], "AWS_KMS")

    def _create(self, aws: Aws, want: Wanted, spec: Value, origin: str) -> str:
        _demand_principals(aws, want)
        answer = aws.kms.create_key(
            Origin=origin,
            Policy=want["policy"],
            Description=want["description"],
            KeyUsage=want["keyUsage"],
            KeySpec=spec,
            MultiRegion=want["multiRegion"],
            Tags=tag_list(want["tagsAll"], "TagKey", "TagValue"),
        )
        return str(answer["KeyMetadata"]["KeyId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._update(aws, id, want, have)
        if differs(want, have, "enableKeyRotation"):
            if want["enableKeyRotation"]:
                period = want.get("rotationPeriodInDays")
                aws.kms.enable_key_rotation(KeyId=id, **({"RotationPeriodInDays": period} if period else {}))
            else:
                aws.kms.disable_key_rotation(KeyId=id)
        if want["isEnabled"] != (True if have is None else have["isEnabled"]):
            (aws.kms.enable_key if want["isEnabled"] else aws.kms.disable_key)(KeyId=id)

    def _update(self, aws: Aws, id: str, want: Wanted, have: Values) -> None:
        if differs(want, have, "description"):
            aws.kms.update_key_description(KeyId=id, Description=want["description"])
        if differs(want, have, "policy"):
            _demand_principals(aws, want)
            aws.kms.put_key_policy(KeyId=id, PolicyName=_POLICY_NAME, Policy=want["policy"])
        changed, removed = tag_changes(want, have)
        if changed:
            aws.kms.tag_resource(KeyId=id, Tags=tag_list(changed, "TagKey", "TagValue"))
        if removed:
            aws.kms.untag_resource(KeyId=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.kms.describe_key(KeyId=id)["KeyMetadata"]
        if found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
            return None
        symmetric = found["KeySpec"] == "SYMMETRIC_DEFAULT"
        tags = aws.kms.list_resource_tags(KeyId=id, Limit=50)["Tags"]
        return {
            "arn": found["Arn"],
            "keyId": found["KeyId"],
            "description": found.get("Description", ""),
            "customerMasterKeySpec": found["KeySpec"],
            "keyUsage": found["KeyUsage"],
            "multiRegion": found["MultiRegion"],
            "isEnabled": found["Enabled"],
            "enableKeyRotation": symmetric
            and aws.kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"],
            "policy": aws.kms.get_key_policy(KeyId=id, PolicyName=_POLICY_NAME)["Policy"],
            "tagsAll": tag_map(tags, "TagKey", "TagValue"),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if self.read(aws, id, state) is not None:
            aws.kms.schedule_key_deletion(
                KeyId=id, PendingWindowInDays=state.get("deletionWindowInDays") or 30
            )


class ExternalKey(Key):
    """A key that waits for material from outside."""

    def create(self, aws: Aws, want: Wanted) -> str:
        return self._create(aws, want, want["keySpec"], "EXTERNAL")

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._update(aws, id, want, have)
        # It is not known what nobody asked for.
        if want["enabled"] in (True, False) and want["enabled"] != (have or {}).get("enabled", False):
            (aws.kms.enable_key if want["enabled"] else aws.kms.disable_key)(KeyId=id)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.kms.describe_key(KeyId=id)["KeyMetadata"]
        if found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
            return None
        tags = aws.kms.list_resource_tags(KeyId=id, Limit=50)["Tags"]
        return {
            "arn": found["Arn"],
            "description": found.get("Description", ""),
            "enabled": found["Enabled"],
            "expirationModel": found.get("ExpirationModel", ""),
            "keySpec": found["KeySpec"],
            "keyState": found["KeyState"],
            "keyUsage": found["KeyUsage"],
            "multiRegion": found["MultiRegion"],
            "policy": aws.kms.get_key_policy(KeyId=id, PolicyName=_POLICY_NAME)["Policy"],
            "tagsAll": tag_map(tags, "TagKey", "TagValue"),
            "validTo": moment(found["ValidTo"]) if "ValidTo" in found else "",
        }


def _demand_principals(aws: Aws, want: Wanted) -> None:
    demand_principals(
        aws,
        want["policy"],
        operation="PutKeyPolicy",
        code="MalformedPolicyDocumentException",
        message="Policy contains a statement with one or more invalid principals",
    )


class Alias(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        name = str(want["name"])
        aws.kms.create_alias(AliasName=name, TargetKeyId=want["targetKeyId"])
        return name

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "targetKeyId"):
            aws.kms.update_alias(AliasName=id, TargetKeyId=want["targetKeyId"])

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        for page in aws.kms.get_paginator("list_aliases").paginate():
            for alias in page["Aliases"]:
                if alias["AliasName"] == id and "TargetKeyId" in alias:
                    return _alias(aws, alias["TargetKeyId"], alias["AliasArn"], want)
        return None

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.kms.delete_alias(AliasName=id)


def _alias(aws: Aws, key: str, arn: str, want: Wanted) -> dict[str, Value]:
    target = aws.kms.describe_key(KeyId=key)["KeyMetadata"]
    asked = str(want.get("targetKeyId") or "")
    same = asked in (target["KeyId"], target["Arn"])
    name = arn.partition(":alias/")[2]
    return {
        "name": f"alias/{name}",
        "arn": arn,
        "targetKeyArn": target["Arn"],
        "targetKeyId": asked if same else target["KeyId"],
    }

"""aws.iam identity providers and service-linked roles in the local cloud."""

from __future__ import annotations

import json
from datetime import UTC

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, differs, exists, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.iam import moment
from rehearsal.provider.model.schema import Value, Values


class OpenIdConnectProvider(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.iam.create_open_id_connect_provider(
            Url=want["url"],
            ClientIDList=want["clientIdLists"],
            ThumbprintList=want["thumbprintLists"],
            Tags=tag_list(want["tagsAll"]),
        )
        return str(answer["OpenIDConnectProviderArn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if set(want["clientIdLists"]) != set(have["clientIdLists"]):
            # moto can neither add nor remove an audience; the ARN follows from the URL, so nobody notices.
            aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=id)
            self.create(aws, want)
            return
        if differs(want, have, "thumbprintLists"):
            aws.iam.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=id, ThumbprintList=want["thumbprintLists"]
            )
        changed, removed = tag_changes(want, have)
        if changed:
            aws.iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=id, Tags=tag_list(changed))
        if removed:
            aws.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=id, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=id)
        url = f"https://{found['Url'].removeprefix('https://')}"
        asked = str(want.get("url") or "")
        return {
            "arn": id,
            "url": asked if asked.rstrip("/") == url.rstrip("/") else url,
            "clientIdLists": found["ClientIDList"],
            "thumbprintLists": found["ThumbprintList"],
            "tagsAll": tag_map(found.get("Tags", [])),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=id)


class SamlProvider(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        arn, metadata = str(want["arn"]), want["samlMetadataDocument"]
        if exists(lambda: aws.iam.get_saml_provider(SAMLProviderArn=arn)):
            message = f"SAML provider {want['name']} already exists."
            raise aws_error("CreateSAMLProvider", "EntityAlreadyExists", message)
        answer = aws.iam.create_saml_provider(Name=want["name"], SAMLMetadataDocument=metadata)
        return str(answer["SAMLProviderArn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "samlMetadataDocument"):
            metadata = want["samlMetadataDocument"]
            aws.iam.update_saml_provider(SAMLProviderArn=id, SAMLMetadataDocument=metadata)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.iam.get_saml_provider(SAMLProviderArn=id)
        return {
            "arn": id,
            "name": id.rpartition("/")[2],
            "samlMetadataDocument": found["SAMLMetadataDocument"],
            "validUntil": found["ValidUntil"].astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S UTC"),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.iam.delete_saml_provider(SAMLProviderArn=id)


class ServiceLinkedRole(Handler):
    """Made as a plain role: moto would give it a name that AWS does not use."""

    def create(self, aws: Aws, want: Wanted) -> str:
        name = str(want["name"])
        if exists(lambda: aws.iam.get_role(RoleName=name)):
            message = (
                f"Service role name {name} has been taken in this account, please try a different suffix."
            )
            raise aws_error("CreateServiceLinkedRole", "InvalidInput", message)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": want["awsServiceName"]},
            "Action": "sts:AssumeRole",
        }
        answer = aws.iam.create_role(
            RoleName=name,
            Path=want["path"],
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            Tags=tag_list(want["tagsAll"]),
            **({"Description": want["description"]} if want["description"] else {}),
        )
        return str(answer["Role"]["Arn"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        name = id.rpartition("/")[2]
        if differs(want, have, "description"):
            aws.iam.update_role(RoleName=name, Description=want["description"] or "")
        changed, removed = tag_changes(want, have)
        if changed:
            aws.iam.tag_role(RoleName=name, Tags=tag_list(changed))
        if removed:
            aws.iam.untag_role(RoleName=name, TagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.iam.get_role(RoleName=id.rpartition("/")[2])["Role"]
        return {
            "arn": found["Arn"],
            "awsServiceName": found["Path"].split("/")[2],
            "createDate": moment(found["CreateDate"]),
            "description": found.get("Description"),
            "name": found["RoleName"],
            "path": found["Path"],
            "tagsAll": tag_map(found.get("Tags", [])),
            "uniqueId": found["RoleId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.iam.delete_role(RoleName=id.rpartition("/")[2])

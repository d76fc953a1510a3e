"""aws.ec2.SecurityGroup and the rules of aws.vpc in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import Handler, Wanted, tag_map
from rehearsal.aws.resources.network import retag, tag_specification
from rehearsal.provider.model.schema import Value, Values

_EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class SecurityGroup(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.ec2.create_security_group(
            GroupName=want["name"],
            Description=want["description"],
            VpcId=want["vpcId"],
            TagSpecifications=tag_specification("security-group", want),
        )
        return str(answer["GroupId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            retag(aws, id, want, have)
        # AWS opens a new group to everywhere. Again where an earlier run could not shut it.
        (group,) = aws.ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"]
        if any(_opens(permission) for permission in group["IpPermissionsEgress"]):
            aws.ec2.revoke_security_group_egress(GroupId=id, IpPermissions=[_EVERYWHERE])

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"][0]
        return {
            "arn": found["SecurityGroupArn"],
            "name": found["GroupName"],
            "description": found["Description"],
            "tagsAll": tag_map(found.get("Tags", [])),
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.delete_security_group(GroupId=id)


def _opens(permission: Mapping[str, Any]) -> bool:
    """Whether it is the permission a new group begins with."""
    ranges = [each["CidrIp"] for each in permission.get("IpRanges", ())]
    return permission["IpProtocol"] == "-1" and ranges == ["0.0.0.0/0"]


class _Rule(Handler):
    """One permission of a group, in one direction."""

    direction: str

    def create(self, aws: Aws, want: Wanted) -> str:
        authorize = getattr(aws.ec2, f"authorize_security_group_{self.direction}")
        answer = authorize(
            GroupId=want["securityGroupId"],
            IpPermissions=[_permission(want)],
            TagSpecifications=tag_specification("security-group-rule", want),
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        change = {"SecurityGroupRuleId": id, "SecurityGroupRule": _changed(want)}
        aws.ec2.modify_security_group_rules(GroupId=want["securityGroupId"], SecurityGroupRules=[change])
        retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        rules = aws.ec2.describe_security_group_rules(SecurityGroupRuleIds=[id])["SecurityGroupRules"]
        if not rules:
            return None
        found = rules[0]
        every = found["IpProtocol"] == "-1"
        return {
            "arn": aws.facts.arn("ec2", f"security-group-rule/{id}"),
            "cidrIpv4": found.get("CidrIpv4"),
            "cidrIpv6": found.get("CidrIpv6"),
            "description": found.get("Description") or None,
            "fromPort": None if every else found.get("FromPort"),
            "ipProtocol": found["IpProtocol"],
            "prefixListId": found.get("PrefixListId"),
            "referencedSecurityGroupId": found.get("ReferencedGroupInfo", {}).get("GroupId"),
            "securityGroupId": found["GroupId"],
            "securityGroupRuleId": id,
            "tagsAll": tag_map(found.get("Tags", [])),
            "toPort": None if every else found.get("ToPort"),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        revoke = getattr(aws.ec2, f"revoke_security_group_{self.direction}")
        revoke(GroupId=state["securityGroupId"], SecurityGroupRuleIds=[id])


class SecurityGroupIngressRule(_Rule):
    direction = "ingress"


class SecurityGroupEgressRule(_Rule):
    direction = "egress"


def _reach(want: Wanted) -> dict[str, Any]:
    given = {"IpProtocol": want["ipProtocol"], "FromPort": want["fromPort"], "ToPort": want["toPort"]}
    return {name: value for name, value in given.items() if value is not None}


def _permission(want: Wanted) -> dict[str, Any]:
    said = {"Description": want["description"]} if want["description"] else {}
    sources = {
        "IpRanges": ("CidrIp", want["cidrIpv4"]),
        "Ipv6Ranges": ("CidrIpv6", want["cidrIpv6"]),
        "PrefixListIds": ("PrefixListId", want["prefixListId"]),
        "UserIdGroupPairs": ("GroupId", want["referencedSecurityGroupId"]),
    }
    named = {part: [{name: value, **said}] for part, (name, value) in sources.items() if value}
    return {**_reach(want), **named}


def _changed(want: Wanted) -> dict[str, Any]:
    given = {
        "CidrIpv4": want["cidrIpv4"],
        "CidrIpv6": want["cidrIpv6"],
        "Description": want["description"] or "",
        "PrefixListId": want["prefixListId"],
        "ReferencedGroupId": want["referencedSecurityGroupId"],
    }
    return {**_reach(want), **{name: value for name, value in given.items() if value is not None}}

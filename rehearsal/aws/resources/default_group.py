"""aws.ec2.DefaultSecurityGroup in the local cloud."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, tag_map
from rehearsal.aws.resources.network import retag
from rehearsal.provider.model.schema import Value, Values


class DefaultSecurityGroup(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        vpc = want["vpcId"]
        filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc]}]
        found = aws.ec2.describe_security_groups(Filters=filters)["SecurityGroups"] if vpc else []
        if not found:
            message = f"The security group 'default' does not exist in {vpc or 'the default VPC'}"
            raise aws_error("DescribeSecurityGroups", "InvalidGroup.NotFound", message)
        return str(found[0]["GroupId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        found = _group(aws, id)
        for direction, rules in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
            if found[rules]:
                revoke = getattr(aws.ec2, f"revoke_security_group_{direction}")
                revoke(GroupId=id, IpPermissions=found[rules])
        retag(aws, id, want, have or {"tagsAll": tag_map(found.get("Tags", []))})

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = _group(aws, id)
        return {
            "arn": found["SecurityGroupArn"],
            "description": found["Description"],
            "egress": [_rule(id, one) for one in found["IpPermissionsEgress"]],
            "ingress": [_rule(id, one) for one in found["IpPermissions"]],
            "tagsAll": tag_map(found.get("Tags", [])),
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        """Nothing, as the real provider does: AWS deletes it with its VPC."""


def _group(aws: Aws, id: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"][0]
    return found


def _rule(id: str, permission: dict[str, Any]) -> dict[str, Value]:
    groups = [pair["GroupId"] for pair in permission.get("UserIdGroupPairs", [])]
    return {
        "cidrBlocks": [one["CidrIp"] for one in permission.get("IpRanges", [])],
        "fromPort": permission.get("FromPort", 0),
        "ipv6CidrBlocks": [one["CidrIpv6"] for one in permission.get("Ipv6Ranges", [])],
        "prefixListIds": [one["PrefixListId"] for one in permission.get("PrefixListIds", [])],
        "protocol": permission["IpProtocol"],
        "securityGroups": [group for group in groups if group != id],
        "self": id in groups,
        "toPort": permission.get("ToPort", 0),
    }

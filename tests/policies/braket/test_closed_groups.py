from __future__ import annotations

from typing import Any

from policy_packs.controls.braket.closed_groups import CONTROL
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
VPC = Res("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/20"}, name="vpc")
ARN = "arn:aws:ec2:eu-west-2:111122223333:security-group/sg-1"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ENDPOINT = Res("aws:ec2/vpcEndpoint:VpcEndpoint", {"prefixListId": "pl-1"}, name="s3")
HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}


def group(token: str = "aws:ec2/securityGroup:SecurityGroup", **props: Any) -> Res:
    return Res(token, {"arn": ARN, **props}, name="group")


def rule(token: str = INGRESS, refs: dict[str, list[str]] | None = None, **props: Any) -> Res:
    return Res(token, {**HTTPS, "securityGroupId": "sg-1", **props}, name="rule", refs=refs or {})


DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FROM_GROUP = {"referencedSecurityGroupId": ["group"]}
TO_LIST = {"prefixListId": ["s3"]}
CASES.passes("from inside", [VPC, group(), rule(cidrIpv4="10.0.1.0/24")])
CASES.passes("from a group to come", [group(), rule(refs=FROM_GROUP, referencedSecurityGroupId=UNKNOWN)])
CASES.passes("from a group", [group(), rule(referencedSecurityGroupId="sg-1")])
CASES.passes("to an endpoint to come", [ENDPOINT, group(), rule(EGRESS, refs=TO_LIST, prefixListId=UNKNOWN)])
CASES.passes("to an endpoint", [ENDPOINT, group(), rule(EGRESS, prefixListId="pl-1")])
CASES.passes("an empty default group", group(DEFAULT, ingress=[], egress=[]))
for name, cidr in {"the world": "0.0.0.0/0", "half of it": "128.0.0.0/1", "others": "10.1.0.0/24"}.items():
    CASES.fails(f"from {name}", [VPC, group(), rule(cidrIpv4=cidr)], "outside the networks")
    CASES.fails(f"to {name}", [VPC, group(), rule(EGRESS, cidrIpv4=cidr)], "outside the networks")
CASES.fails(
    "from anywhere without a network", [group(), rule(cidrIpv4="10.0.0.0/24")], "outside the networks"
)
CASES.fails("no addresses at all", [VPC, group(), rule(cidrIpv4="everywhere")], "outside the networks")
CASES.fails("from IPv6", [VPC, group(), rule(cidrIpv6="::/0")], "IPv6")
CASES.fails("by SSH", [VPC, group(), rule(cidrIpv4="10.0.0.0/20", fromPort=22)], "not for HTTPS alone")
CASES.fails(
    "by everything", [VPC, group(), rule(cidrIpv4="10.0.0.0/20", ipProtocol="-1")], "not for TCP alone"
)
CASES.fails(
    "from somebody's group", [group(), rule(referencedSecurityGroupId="sg-12")], "a group that is not"
)
CASES.fails(
    "to somebody's list", [ENDPOINT, group(), rule(EGRESS, prefixListId="pl-2")], "no endpoint of this stack"
)
CASES.fails("of somebody's group", [VPC, rule(cidrIpv4="10.0.1.0/24")], "opens a group that is not")
OPEN = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]
for token in ("aws:ec2/securityGroup:SecurityGroup", DEFAULT):
    CASES.fails(f"{token} with rules inline", group(token, ingress=OPEN), "rules of its own under ingress")
    CASES.fails(f"{token} open to the world", group(token, egress=OPEN), "rules of its own under egress")
CASES.unknown("addresses unknown", [VPC, group(), rule(cidrIpv4=UNKNOWN)], "cidrIpv4 is unknown")
CASES.unknown("rules unknown", group(ingress=UNKNOWN), "ingress is unknown")
CASES.unknown(
    "port unknown", [VPC, group(), rule(cidrIpv4="10.0.0.0/24", toPort=UNKNOWN)], "toPort is unknown"
)


def test_case(case: Case) -> None:
    case.check()

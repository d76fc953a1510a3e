from __future__ import annotations

from typing import Any

import pytest

from policy_packs.controls.braket.private_network import CONTROL
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
ARN = "arn:aws:ec2:eu-west-2:111122223333:vpc/vpc-1"


def vpc(**props: Any) -> Res:
    return Res("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/20", "arn": UNKNOWN, **props}, name="vpc")


def inside(token: str, name: str, vpc_id: str = UNKNOWN, **props: Any) -> Res:
    behind = ("vpc",) if vpc_id == UNKNOWN else ()
    return Res(token, {"vpcId": vpc_id, **props}, name=name, refs={"vpcId": behind})


DEFAULT = inside("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default")
LOG = Res("aws:cloudwatch/logGroup:LogGroup", {"name": "/flows", "arn": UNKNOWN}, name="log")
WRITES = {"trafficType": "ALL", "logDestination": "arn:aws:logs:eu-west-2:111122223333:log-group:/flows"}
FLOW = inside("aws:ec2/flowLog:FlowLog", "flow", **WRITES)
SUBNET = inside("aws:ec2/subnet:Subnet", "subnet", cidrBlock="10.0.0.0/24", mapPublicIpOnLaunch=False)
TABLE = inside("aws:ec2/routeTable:RouteTable", "table", routes=[])
WHOLE = [vpc(), LOG, DEFAULT, FLOW, SUBNET, TABLE]


def with_subnet(**props: Any) -> list[Res]:
    return [
        vpc(),
        DEFAULT,
        FLOW,
        inside("aws:ec2/subnet:Subnet", "s", **{"cidrBlock": "10.0.0.0/24", **props}),
    ]


CASES.passes("a private network at its first preview", WHOLE)
CASES.passes(
    "a private network that is there",
    [
        vpc(arn=ARN),
        inside(DEFAULT.type, "default", "vpc-1"),
        LOG,
        inside(FLOW.type, "flow", "vpc-1", **WRITES),
        inside(SUBNET.type, "subnet", "vpc-1", cidrBlock="10.0.0.0/24"),
    ],
)
CASES.passes("no network at all", [])
CASES.fails("default group left as it comes", [vpc(), FLOW, LOG], "default group is not emptied")
CASES.fails(
    "default group of another network",
    [
        vpc(arn=ARN),
        inside(DEFAULT.type, "default", "vpc-12"),
        LOG,
        inside(FLOW.type, "flow", "vpc-1", **WRITES),
    ],
    "default group is not emptied",
)
CASES.fails("nobody looks", [vpc(), DEFAULT], "nobody writes down")
REJECTED = inside("aws:ec2/flowLog:FlowLog", "flow", **{**WRITES, "trafficType": "REJECT"})
CASES.fails("only what was refused is written", [vpc(), DEFAULT, LOG, REJECTED], "leaves out a part")
STORE = Res("aws:s3/bucket:Bucket", {"bucket": "flows"}, name="store")
TO_STORE = inside(
    "aws:ec2/flowLog:FlowLog", "flow", **{**WRITES, "logDestination": "arn:aws:s3:::flows/prefix/"}
)
CASES.passes("written to a bucket", [vpc(), DEFAULT, STORE, TO_STORE])
AWAY = inside("aws:ec2/flowLog:FlowLog", "flow", **{**WRITES, "logDestination": "arn:aws:s3:::drop"})
CASES.fails("written elsewhere", [vpc(), DEFAULT, LOG, AWAY], "a store that is not of this stack")
CASES.fails("public addresses", [vpc(cidrBlock="52.0.0.0/16"), DEFAULT, FLOW, LOG], "are not private")
CASES.fails("more than private", [vpc(cidrBlock="172.0.0.0/8"), DEFAULT, FLOW, LOG], "are not private")
CASES.fails("IPv6", [vpc(assignGeneratedIpv6CidrBlock=True), DEFAULT, FLOW, LOG], "IPv6 addresses")
CASES.fails("a public subnet", with_subnet(mapPublicIpOnLaunch=True), "gives addresses of the internet")
CASES.fails("public, as a text", with_subnet(mapPublicIpOnLaunch="true"), "gives addresses of the internet")
CASES.fails("a subnet with IPv6", with_subnet(ipv6Native=True), "IPv6 addresses")
CASES.fails(
    "a subnet of somebody's network",
    [inside("aws:ec2/subnet:Subnet", "s", "vpc-2", cidrBlock="10.0.0.0/24")],
    "not of this stack",
)
CASES.fails(
    "a route out",
    [
        vpc(),
        DEFAULT,
        FLOW,
        inside(TABLE.type, "t", routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]),
    ],
    "routes out",
)
CASES.fails(
    "routes of a VPN",
    [vpc(), LOG, DEFAULT, FLOW, inside(TABLE.type, "t", propagatingVgws=["vgw-1"])],
    "from elsewhere",
)
for token in (
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/eip:Eip",
    "aws:ec2/route:Route",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/defaultVpc:DefaultVpc",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
):
    CASES.fails(token, [*WHOLE, Res(token, name="way-out")], "way-out")
CASES.unknown("addresses unknown", [vpc(cidrBlock=UNKNOWN), DEFAULT, FLOW, LOG], "cidrBlock is unknown")
CASES.unknown(
    "routes unknown",
    [vpc(), LOG, DEFAULT, FLOW, inside(TABLE.type, "t", routes=UNKNOWN)],
    "routes is unknown",
)
CASES.unknown("perhaps public", with_subnet(mapPublicIpOnLaunch=UNKNOWN), "mapPublicIpOnLaunch is unknown")


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("token", [token for token in CONTROL.types if token.startswith("aws:ec2")])
def test_every_way_out_exists(token: str) -> None:
    import pulumi_aws

    module, name = token.split(":")[1].split("/")[0], token.rpartition(":")[2]
    assert hasattr(getattr(pulumi_aws, module), name)

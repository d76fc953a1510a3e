from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import trust
from tests.aws.strategies import few, tags, words

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FLOW = "aws:ec2/flowLog:FlowLog"
Boto = Callable[..., Any]
some_tags = st.dictionaries(words, words, min_size=1, max_size=3)


def named(found: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}


@pytest.fixture
def vpc(peer: Peer) -> Iterator[str]:
    made = peer.create(VPC, {"cidrBlock": "10.40.0.0/16"})
    yield made.id
    peer.delete(VPC, made)
    assert peer.read(VPC, made) is None


@pytest.fixture
def subnet(peer: Peer, vpc: str) -> Iterator[str]:
    made = peer.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.40.1.0/24"})
    yield made.id
    peer.delete(SUBNET, made)


@few
@given(one=tags, two=some_tags)
def test_route_table(peer: Peer, boto: Boto, vpc: str, one: dict[str, str], two: dict[str, str]) -> None:
    def look(made: Made) -> None:
        found = boto("ec2").describe_route_tables(RouteTableIds=[made.id])["RouteTables"][0]
        assert found["VpcId"] == vpc
        assert named(found) == made.inputs["tags"]
        assert [route["GatewayId"] for route in found["Routes"]] == ["local"]
        assert made.outputs["arn"] == f"arn:aws:ec2:eu-west-2:{ACCOUNT}:route-table/{made.id}"

    whole_life(peer, TABLE, {"vpcId": vpc, "tags": one}, {"vpcId": vpc, "tags": {**two, "more!": "x"}}, look)


def test_association(peer: Peer, boto: Boto, vpc: str, subnet: str) -> None:
    tables = [peer.create(TABLE, {"vpcId": vpc, "tags": {"n": n}}) for n in "12"]
    first = {"routeTableId": tables[0].id, "subnetId": subnet}
    second = {"routeTableId": tables[1].id, "subnetId": subnet}
    made = peer.create(ASSOCIATION, first)
    found = boto("ec2").describe_route_tables(RouteTableIds=[tables[0].id])["RouteTables"][0]["Associations"]
    assert [(one["RouteTableAssociationId"], one["SubnetId"]) for one in found] == [(made.id, subnet)]
    assert peer.find(ASSOCIATION, first) == [made.id]
    assert peer.find(ASSOCIATION, second) == []
    again = peer.read(ASSOCIATION, made)
    assert again is not None
    assert again.inputs == made.inputs
    assert again.outputs == made.outputs
    difference = peer.diff(ASSOCIATION, made, second)
    assert (list(difference.replaces), difference.deleteBeforeReplace) == (["routeTableId"], True)
    with pytest.raises(grpc.RpcError, match="DependencyViolation"):
        peer.delete(TABLE, tables[0])
    peer.delete(ASSOCIATION, made)
    assert peer.read(ASSOCIATION, made) is None
    peer.delete(ASSOCIATION, made)
    for table in tables:
        peer.delete(TABLE, table)


@few
@given(one=tags, two=some_tags)
def test_default_group_is_emptied(peer: Peer, boto: Boto, one: dict[str, str], two: dict[str, str]) -> None:
    ec2 = boto("ec2")
    network = peer.create(VPC, {"cidrBlock": "10.41.0.0/16"})
    group = network.outputs["defaultSecurityGroupId"]
    before = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert before["IpPermissionsEgress"]
    asked = {"vpcId": network.id, "tags": one}
    assert peer.find(DEFAULT, asked) == []
    made = peer.create(DEFAULT, asked)
    assert made.id == group
    assert peer.find(DEFAULT, asked) == [group]
    for inputs in (asked, {**asked, "tags": two}):
        made = peer.update(DEFAULT, made, inputs)
        found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        assert found["IpPermissions"] == found["IpPermissionsEgress"] == []
        assert named(found) == inputs["tags"]
    # Whoever opens it is seen by a refresh and put right by the next update.
    world = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=world)
    opened = peer.read(DEFAULT, made)
    assert opened is not None
    assert opened.outputs["ingress"][0]["cidrBlocks"] == ["0.0.0.0/0"]
    difference = peer.diff(DEFAULT, opened, {**asked, "tags": two})
    assert difference.changes == provider_pb2.DiffResponse.DIFF_SOME
    made = peer.update(DEFAULT, opened, {**asked, "tags": two})
    assert made.outputs["ingress"] == []
    peer.delete(DEFAULT, made)
    assert peer.read(DEFAULT, made) is not None
    peer.delete(VPC, network)


@few
@given(
    traffic=st.sampled_from(["ACCEPT", "REJECT", "ALL"]),
    interval=st.sampled_from([60, 600]),
    one=tags,
    two=some_tags,
)
def test_flow_log(
    peer: Peer,
    boto: Boto,
    vpc: str,
    name: str,
    traffic: str,
    interval: int,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    group = peer.create("aws:cloudwatch/logGroup:LogGroup", {"name": f"/{name}"})
    role = peer.create(
        "aws:iam/role:Role", {"name": name, "assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com")}
    )
    inputs = {
        "vpcId": vpc,
        "logDestination": group.outputs["arn"],
        "iamRoleArn": role.outputs["arn"],
        "trafficType": traffic,
        "maxAggregationInterval": interval,
    }

    def look(made: Made) -> None:
        found = boto("ec2").describe_flow_logs(FlowLogIds=[made.id])["FlowLogs"][0]
        assert (found["ResourceId"], found["TrafficType"]) == (vpc, traffic)
        assert found["MaxAggregationInterval"] == interval
        assert (found["LogDestination"], found["LogDestinationType"]) == (
            group.outputs["arn"],
            "cloud-watch-logs",
        )
        assert found["DeliverLogsPermissionArn"] == role.outputs["arn"]
        assert found["LogFormat"] == made.outputs["logFormat"]
        assert named(found) == made.inputs["tags"]

    whole_life(peer, FLOW, {**inputs, "tags": one}, {**inputs, "tags": {**two, "more!": "x"}}, look)
    peer.delete("aws:iam/role:Role", role)
    peer.delete("aws:cloudwatch/logGroup:LogGroup", group)


def test_flow_log_of_a_subnet_to_a_bucket(peer: Peer, subnet: str, name: str) -> None:
    inputs = {
        "subnetId": subnet,
        "logDestinationType": "s3",
        "logDestination": f"arn:aws:s3:::{name}",
        "trafficType": "ALL",
        "logFormat": "${srcaddr} ${dstaddr}",
    }
    with pytest.raises(grpc.RpcError, match="does not exist"):
        peer.create(FLOW, inputs)
    bucket = peer.create("aws:s3/bucket:Bucket", {"bucket": name})
    made = peer.create(FLOW, inputs)
    assert (made.outputs["subnetId"], made.outputs["logFormat"]) == (subnet, "${srcaddr} ${dstaddr}")
    with pytest.raises(grpc.RpcError, match="FlowLogAlreadyExists"):
        peer.create(FLOW, inputs)
    difference = peer.diff(FLOW, made, {**inputs, "trafficType": "REJECT"})
    assert (list(difference.replaces), difference.deleteBeforeReplace) == (["trafficType"], True)
    peer.delete(FLOW, made)
    peer.delete("aws:s3/bucket:Bucket", bucket)


LOGS = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/flows"
FLOWS = {"vpcId": "vpc-1", "trafficType": "ALL", "logDestination": LOGS}
OPEN = {"fromPort": 0, "toPort": 0, "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}


@pytest.mark.parametrize(
    ("token", "inputs", "named_", "said"),
    [
        (TABLE, {"vpcId": "vpc-1", "routes": []}, "routes", "only routes within the VPC"),
        (ASSOCIATION, {"routeTableId": "rtb-1", "gatewayId": "igw-1"}, "gatewayId", "not played"),
        (ASSOCIATION, {"routeTableId": "rtb-1"}, "subnetId", "is required"),
        (DEFAULT, {"vpcId": "vpc-1", "ingress": [OPEN]}, "ingress", "lets nothing through"),
        (DEFAULT, {"vpcId": "vpc-1", "egress": [OPEN]}, "egress", "lets nothing through"),
        (FLOW, {**FLOWS, "subnetId": "subnet-1"}, "vpcId", "exactly one of"),
        (FLOW, FLOWS, "iamRoleArn", "required for a log group"),
        (FLOW, {**FLOWS, "logDestinationType": "s3"}, "logDestination", "must be an ARN of s3"),
        (FLOW, {**FLOWS, "trafficType": None}, "trafficType", "is required"),
        (FLOW, {**FLOWS, "maxAggregationInterval": 300}, "maxAggregationInterval", "must be one of"),
        (FLOW, {**FLOWS, "logFormat": "srcaddr"}, "logFormat", "must be fields"),
    ],
)
def test_refused(peer: Peer, token: str, inputs: dict[str, Any], named_: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(token, inputs)
    assert said in refused.value.failures[named_]

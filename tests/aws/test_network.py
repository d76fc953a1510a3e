from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, policy
from tests.aws.strategies import few, tags, words

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
BRAKET = "com.amazonaws.eu-west-2.braket"
Boto = Callable[..., Any]


def named(found: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}


@few
@given(
    bits=st.integers(16, 28),
    hostnames=st.booleans(),
    support=st.booleans(),
    one=tags,
    two=st.dictionaries(words, words, min_size=1, max_size=3),
)
def test_vpc(
    peer: Peer,
    boto: Boto,
    bits: int,
    hostnames: bool,
    support: bool,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    network = f"10.20.0.0/{bits}"
    first = {"cidrBlock": network, "tags": one}
    second = {
        "cidrBlock": network,
        "enableDnsHostnames": hostnames,
        "enableDnsSupport": support,
        "enableNetworkAddressUsageMetrics": True,
        "tags": two,
    }

    def look(made: Made) -> None:
        ec2 = boto("ec2")
        found = ec2.describe_vpcs(VpcIds=[made.id])["Vpcs"][0]
        assert found["CidrBlock"] == network
        assert named(found) == made.inputs["tags"]
        assert made.outputs["arn"] == f"arn:aws:ec2:eu-west-2:{ACCOUNT}:vpc/{made.id}"
        asked = {"enableDnsSupport": True, **made.inputs}
        for name in ("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"):
            told = ec2.describe_vpc_attribute(VpcId=made.id, Attribute=name)
            assert told[name[:1].upper() + name[1:]]["Value"] == asked.get(name, False)
        group = ec2.describe_security_groups(GroupIds=[made.outputs["defaultSecurityGroupId"]])
        assert group["SecurityGroups"][0]["VpcId"] == made.id
        table = ec2.describe_route_tables(RouteTableIds=[made.outputs["mainRouteTableId"]])
        assert table["RouteTables"][0]["VpcId"] == made.id

    whole_life(peer, VPC, first, second, look)


@pytest.fixture
def vpc(peer: Peer) -> Iterator[str]:
    made = peer.create(VPC, {"cidrBlock": "10.30.0.0/16", "enableDnsHostnames": True})
    yield made.id
    peer.delete(VPC, made)
    assert peer.read(VPC, made) is None


@few
@given(public=st.booleans(), one=tags, two=st.dictionaries(words, words, min_size=1, max_size=3))
def test_subnet(
    peer: Peer, boto: Boto, vpc: str, public: bool, one: dict[str, str], two: dict[str, str]
) -> None:
    subnet = {"vpcId": vpc, "cidrBlock": "10.30.1.0/24", "availabilityZone": "eu-west-2b"}
    first = {**subnet, "tags": one}
    second = {**subnet, "mapPublicIpOnLaunch": public, "tags": {**two, "more!": "x"}}

    def look(made: Made) -> None:
        found = boto("ec2").describe_subnets(SubnetIds=[made.id])["Subnets"][0]
        assert (found["VpcId"], found["CidrBlock"]) == (vpc, "10.30.1.0/24")
        assert found["AvailabilityZone"] == made.outputs["availabilityZone"] == "eu-west-2b"
        assert found["MapPublicIpOnLaunch"] == made.inputs["mapPublicIpOnLaunch"]
        assert found["SubnetArn"] == made.outputs["arn"]
        assert named(found) == made.inputs["tags"]

    whole_life(peer, SUBNET, first, second, look)


def test_subnets_lie_in_their_vpc_and_apart(peer: Peer, vpc: str) -> None:
    made = peer.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.30.1.0/24"})
    assert made.outputs["availabilityZone"].startswith("eu-west-2")
    again = peer.read(SUBNET, made)
    assert again is not None
    assert again.inputs == made.inputs
    for network, code in (
        ("10.30.1.128/25", "InvalidSubnet.Conflict"),
        ("10.9.0.0/24", "InvalidSubnet.Range"),
    ):
        with pytest.raises(grpc.RpcError, match=code):
            peer.create(SUBNET, {"vpcId": vpc, "cidrBlock": network})
    with pytest.raises(grpc.RpcError, match="it is not in eu-west-2"):
        peer.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.30.2.0/24", "availabilityZone": "us-east-1a"})
    peer.delete(SUBNET, made)


@few
@given(description=words, one=tags, two=st.dictionaries(words, words, min_size=1, max_size=3))
def test_security_group(
    peer: Peer,
    boto: Boto,
    vpc: str,
    name: str,
    description: str,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    group = {"vpcId": vpc, "name": name, "description": description}

    def look(made: Made) -> None:
        found = boto("ec2").describe_security_groups(GroupIds=[made.id])["SecurityGroups"][0]
        assert (found["GroupName"], found["Description"], found["VpcId"]) == (name, description, vpc)
        assert found["SecurityGroupArn"] == made.outputs["arn"]
        assert found["IpPermissions"] == found["IpPermissionsEgress"] == []
        assert named(found) == made.inputs["tags"]

    whole_life(peer, GROUP, {**group, "tags": one}, {**group, "tags": {**two, "more!": "x"}}, look)


def test_a_group_that_an_earlier_run_left_open_is_shut(peer: Peer, boto: Boto, vpc: str, name: str) -> None:
    """AWS opens a new group to everywhere, and the call that shuts it may fail."""
    inputs = {"vpcId": vpc, "name": name, "tags": {"a": "b"}}
    made = peer.create(GROUP, inputs)
    ec2 = boto("ec2")
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=made.id, IpPermissions=[everywhere])
    peer.update(GROUP, made, {**inputs, "tags": {"a": "c"}})
    found = ec2.describe_security_groups(GroupIds=[made.id])["SecurityGroups"][0]
    assert found["IpPermissionsEgress"] == []
    peer.delete(GROUP, made)


@pytest.fixture
def group(peer: Peer, vpc: str, name: str) -> Iterator[str]:
    made = peer.create(GROUP, {"vpcId": vpc, "name": name})
    yield made.id
    peer.delete(GROUP, made)


@pytest.mark.parametrize("token", [INGRESS, EGRESS])
def test_rules(peer: Peer, boto: Boto, group: str, token: str) -> None:
    https = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    first = {**https, "cidrIpv4": "10.30.0.0/16", "description": "clients", "tags": {"a": "b"}}
    second = {**https, "cidrIpv4": "10.30.1.0/24", "fromPort": 80, "tags": {"c": "d"}}

    def look(made: Made) -> None:
        rules = boto("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        assert [rule["SecurityGroupRuleId"] for rule in rules["SecurityGroupRules"]] == [made.id]
        found = rules["SecurityGroupRules"][0]
        assert found["IsEgress"] == (token == EGRESS)
        assert (found["FromPort"], found["ToPort"]) == (made.inputs["fromPort"], made.inputs["toPort"])
        assert found["CidrIpv4"] == made.inputs["cidrIpv4"]
        assert (found.get("Description") or None) == made.inputs.get("description")
        assert named(found) == made.inputs["tags"]

    whole_life(peer, token, first, second, look)
    everything = {"securityGroupId": group, "ipProtocol": "-1", "referencedSecurityGroupId": group}
    made = peer.create(token, everything)
    assert made.outputs["referencedSecurityGroupId"] == group
    with pytest.raises(grpc.RpcError, match=r"InvalidPermission\.Duplicate"):
        peer.create(token, everything)
    assert "referencedSecurityGroupId" in peer.diff(token, made, first).replaces
    peer.delete(token, made)


def subnets(peer: Peer, vpc: str, *zones: str) -> list[Made]:
    return [
        peer.create(
            SUBNET,
            {"vpcId": vpc, "cidrBlock": f"10.30.{number}.0/24", "availabilityZone": f"eu-west-2{zone}"},
        )
        for number, zone in enumerate(zones)
    ]


def test_interface_endpoint(peer: Peer, boto: Boto, vpc: str, group: str) -> None:
    places = subnets(peer, vpc, "a", "b", "b")
    one, two, same_zone = (made.id for made in places)
    only_ours = policy(allow("braket:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    inputs = {
        "vpcId": vpc,
        "serviceName": BRAKET,
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
        "securityGroupIds": [group],
    }
    first = {**inputs, "subnetIds": [one], "tags": {"a": "b"}}
    second = {**inputs, "subnetIds": [two, one], "policy": only_ours, "tags": {"c": "d"}}

    def look(made: Made) -> None:
        found = boto("ec2").describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"][0]
        assert (found["VpcId"], found["ServiceName"]) == (vpc, BRAKET)
        assert (found["VpcEndpointType"], found["PrivateDnsEnabled"]) == ("Interface", True)
        assert sorted(found["SubnetIds"]) == sorted(made.inputs["subnetIds"])
        assert [one["GroupId"] for one in found["Groups"]] == [group]
        assert json.loads(found["PolicyDocument"]) == json.loads(made.outputs["policy"])
        assert "policy" not in made.inputs or found["PolicyDocument"] == only_ours
        assert named(found) == made.inputs["tags"]

    whole_life(peer, ENDPOINT, first, second, look)
    whole_life(peer, ENDPOINT, second, first, look)
    with pytest.raises(grpc.RpcError, match="DuplicateSubnetsInSameZone"):
        peer.create(ENDPOINT, {**inputs, "subnetIds": [two, same_zone]})
    with pytest.raises(grpc.RpcError, match=r"InvalidServiceName.*does not exist in eu-west-2"):
        peer.create(ENDPOINT, {**inputs, "subnetIds": [one], "serviceName": "com.amazonaws.us-east-1.braket"})
    for made in places:
        peer.delete(SUBNET, made)


def test_private_names_need_the_vpcs(peer: Peer, name: str) -> None:
    quiet = peer.create(VPC, {"cidrBlock": "10.30.0.0/16"})
    (place,) = subnets(peer, quiet.id, "a")
    group = peer.create(GROUP, {"vpcId": quiet.id, "name": name})
    inputs = {
        "vpcId": quiet.id,
        "serviceName": BRAKET,
        "vpcEndpointType": "Interface",
        "subnetIds": [place.id],
        "securityGroupIds": [group.id],
    }
    with pytest.raises(grpc.RpcError, match="both enableDnsSupport and enableDnsHostnames"):
        peer.create(ENDPOINT, {**inputs, "privateDnsEnabled": True})
    peer.delete(ENDPOINT, peer.create(ENDPOINT, inputs))
    peer.delete(GROUP, group)
    peer.delete(SUBNET, place)
    peer.delete(VPC, quiet)


def test_gateway_endpoint(peer: Peer, boto: Boto, vpc: str) -> None:
    of_it = [{"Name": "vpc-id", "Values": [vpc]}]
    table = boto("ec2").describe_route_tables(Filters=of_it)["RouteTables"][0]["RouteTableId"]
    first = {"vpcId": vpc, "serviceName": "com.amazonaws.eu-west-2.s3"}
    second = {**first, "routeTableIds": [table]}

    def look(made: Made) -> None:
        found = boto("ec2").describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"][0]
        assert (found["VpcEndpointType"], found["ServiceName"]) == ("Gateway", first["serviceName"])
        assert found["RouteTableIds"] == made.inputs.get("routeTableIds", [])
        assert made.outputs["prefixListId"].startswith("pl-")
        routes = boto("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        assert any(route.get("GatewayId") == made.id for route in routes) == ("routeTableIds" in made.inputs)

    whole_life(peer, ENDPOINT, first, second, look)
    whole_life(peer, ENDPOINT, second, first, look)


INTERFACE = {"serviceName": BRAKET, "vpcEndpointType": "Interface", "vpcId": "vpc-1"}
HTTPS = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}


@pytest.mark.parametrize(
    ("token", "inputs", "named", "said"),
    [
        (VPC, {}, "cidrBlock", "is required"),
        (VPC, {"cidrBlock": "10.0.0.1/24"}, "cidrBlock", "has host bits set"),
        (VPC, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock", "between 16 and 28"),
        (VPC, {"cidrBlock": "10.0.0.0/24", "ipv6CidrBlock": "::/56"}, "ipv6CidrBlock", "not played"),
        (SUBNET, {"cidrBlock": "10.0.0.0/24", "vpcId": "mine"}, "vpcId", "id of a VPC"),
        (
            SUBNET,
            {"cidrBlock": "10.0.0.0/24", "vpcId": "vpc-1", "availabilityZone": "eu-west-2"},
            "availabilityZone",
            "must be a zone",
        ),
        (GROUP, {"name": "group"}, "vpcId", "is required"),
        (GROUP, {"name": "sg-group", "vpcId": "vpc-1"}, "name", "not beginning with sg-"),
        (GROUP, {"name": "g", "vpcId": "vpc-1", "ingress": []}, "ingress", "SecurityGroupIngressRule"),
        (INGRESS, HTTPS, "cidrIpv4", "exactly one of"),
        (INGRESS, {**HTTPS, "cidrIpv4": "10.0.0.0/8", "cidrIpv6": "::/0"}, "cidrIpv4", "exactly one of"),
        (INGRESS, {**HTTPS, "cidrIpv4": "10.0.0.1"}, "cidrIpv4", "must say its bits"),
        (INGRESS, {**HTTPS, "cidrIpv6": "10.0.0.0/8"}, "cidrIpv6", "must be a network"),
        (EGRESS, {**HTTPS, "cidrIpv4": "10.0.0.0/8", "toPort": None}, "toPort", "required for tcp"),
        (EGRESS, {**HTTPS, "cidrIpv4": "10.0.0.0/8", "toPort": 80}, "fromPort", "from ≤ to"),
        (EGRESS, {**HTTPS, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"}, "toPort", "does not go with"),
        (EGRESS, {**HTTPS, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "http"}, "ipProtocol", "must be tcp"),
        (ENDPOINT, {"vpcId": "vpc-1"}, "serviceName", "is required"),
        (ENDPOINT, {"vpcId": "vpc-1", "serviceName": BRAKET}, "vpcEndpointType", "no Gateway endpoint"),
        (ENDPOINT, INTERFACE, "subnetIds", "is required for an Interface"),
        (ENDPOINT, {**INTERFACE, "vpcEndpointType": "Resource"}, "vpcEndpointType", "only Gateway and"),
        (ENDPOINT, {**INTERFACE, "serviceName": "braket"}, "serviceName", "must be such as"),
        (ENDPOINT, {**INTERFACE, "policy": policy(allow("braket:*"))}, "policy", "must have a Principal"),
    ],
)
def test_refused(peer: Peer, token: str, inputs: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(token, inputs)
    assert said in refused.value.failures[named]

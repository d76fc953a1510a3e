"""T2, W3: a network has no way to the internet, nor to anybody else's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from policy_packs.controls.aws import (
    BUCKET,
    DEFAULT_GROUP,
    FLOW_LOG,
    LOG_GROUP,
    ROUTE_TABLE,
    SUBNET,
    VPC,
    refers,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Plain

_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_WAYS_OUT = {
    "aws:ec2/internetGateway:InternetGateway": "it leads to the internet",
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": "it leads to the internet",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "it leads to the internet",
    "aws:ec2/natGateway:NatGateway": "it leads to the internet",
    "aws:ec2/carrierGateway:CarrierGateway": "it leads to a carrier's network",
    "aws:ec2/eip:Eip": "it is an address of the internet",
    "aws:ec2/defaultVpc:DefaultVpc": "it is a network with a way to the internet",
    "aws:ec2/defaultSubnet:DefaultSubnet": "it is a network with a way to the internet",
    "aws:ec2/defaultRouteTable:DefaultRouteTable": "it routes beside the tables of the network",
    "aws:ec2/route:Route": "it routes out of the network",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "it leads to another network",
    "aws:ec2/vpnConnection:VpnConnection": "it leads to another network",
    "aws:ec2/vpnGateway:VpnGateway": "it leads to another network",
    "aws:ec2clientvpn/endpoint:Endpoint": "it leads in from the internet",
    "aws:ec2transitgateway/transitGateway:TransitGateway": "it leads to other networks",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "it leads to other networks",
    "aws:ec2/vpcEndpointService:VpcEndpointService": "it lets others in",
}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    for resource in stack.of_type(*_WAYS_OUT):
        yield fail(_WAYS_OUT[resource.type], resource)
    for vpc in stack.of_type(VPC):
        yield from _judge_network(stack, vpc)
    for subnet in stack.of_type(SUBNET):
        yield from _judge_subnet(stack, subnet)
    for table in stack.of_type(ROUTE_TABLE):
        routes = table["routes"]
        if routes.unknown:
            yield undecided(routes, table)
        elif routes.elements():
            yield fail("it routes out of the network", table)
        yield from expect(
            table["propagatingVgws"], lambda many: many in (None, []), "it takes routes from elsewhere", table
        )


def _judge_network(stack: Stack, vpc: Resource) -> Iterator[Finding]:
    yield from expect(vpc["cidrBlock"], _private, "its addresses are not private", vpc)
    yield from _no_ipv6(vpc, "assignGeneratedIpv6CidrBlock", "ipv6CidrBlock")
    if not _of(stack, vpc, DEFAULT_GROUP):
        yield fail("its default group is not emptied", vpc)
    if not _of(stack, vpc, FLOW_LOG):
        yield fail("nobody writes down what moves in it", vpc)
    for flow in _of(stack, vpc, FLOW_LOG):
        yield from expect(
            flow["trafficType"], lambda kind: kind == "ALL", "it leaves out a part of what moves", flow
        )
        if not _kept(stack, flow):
            yield fail("it writes to a store that is not of this stack", flow)


def _kept(stack: Stack, flow: Resource) -> bool:
    """Whether it is written to a log group or bucket of this stack, whose keys and times others judge."""
    written = flow["logDestination"].text()
    group = written.partition(":log-group:")[2].removesuffix(":*")
    bucket = written.partition(":s3:::")[2].partition("/")[0]
    return any(
        refers(stack, flow, "logDestination", store, "arn") or (bool(name) and store[prop] == name)
        for type_token, prop, name in ((LOG_GROUP, "name", group), (BUCKET, "bucket", bucket))
        for store in stack.of_type(type_token)
    )


def _of(stack: Stack, vpc: Resource, type_token: str) -> list[Resource]:
    """What lies in a network: by dependency until its id is known, then by the id in its ARN."""
    own = vpc["arn"].text().rpartition("/")[2]
    return [
        found
        for found in stack.of_type(type_token)
        if vpc in stack.behind(found, "vpcId") or (own and found["vpcId"] == own)
    ]


def _judge_subnet(stack: Stack, subnet: Resource) -> Iterator[Finding]:
    yield from expect(subnet["cidrBlock"], _private, "its addresses are not private", subnet)
    yield from expect(
        subnet["mapPublicIpOnLaunch"],
        lambda public: public in (None, False),
        "it gives addresses of the internet",
        subnet,
    )
    yield from _no_ipv6(subnet, "assignIpv6AddressOnCreation", "ipv6CidrBlock", "ipv6Native")
    networks = stack.of_type(VPC)
    if not any(vpc in stack.behind(subnet, "vpcId") or subnet in _of(stack, vpc, SUBNET) for vpc in networks):
        yield fail("it lies in a network that is not of this stack", subnet)


def _no_ipv6(resource: Resource, *names: str) -> Iterator[Finding]:
    for name in names:
        yield from expect(
            resource[name],
            lambda value: value in (None, False, ""),
            "it has IPv6 addresses, which are all of the internet",
            resource,
        )


def _private(cidr: Plain) -> bool:
    try:
        network = ipaddress.IPv4Network(str(cidr))
    except ValueError:
        return False
    return any(network.subnet_of(private) for private in _PRIVATE)


CONTROL = Control(
    id="qlz-t2-private-network",
    title="A network leads nowhere but to its endpoints",
    why="What can reach the internet can carry results out, past every lock that stands at an endpoint.",
    fix="Leave out gateways, routes, peerings, public addresses; empty the default group; keep a flow log.",
    requirements=("T2", "W3"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(5)", "SC-7", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.20", "A.8.22"),
        "ncsc-cloud-principles": ("3", "11"),
        "csa-ccm-4": ("IVS-03", "IVS-09"),
        "uk-gdpr": ("32",),
    },
    types=(VPC, SUBNET, ROUTE_TABLE, *_WAYS_OUT),
    judge_stack=judge_stack,
)

"""aws.ec2 Vpc, Subnet and VpcEndpoint: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html,
API_CreateSubnet.html and API_CreateVpcEndpoint.html.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL, refused
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

_OWNER = Out(lambda facts, _: facts.account)
_NO_IPV6 = "IPv6 is not played"
_NO_IPAM = "address pools are not played; give cidrBlock"


def _cidr(value: Any) -> str | None:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return f"must be a network such as 10.20.0.0/24: {error}"
    if "/" not in value or not 16 <= network.prefixlen <= 28:
        return f"must have between 16 and 28 bits of network; is {value}"
    return None


def _needs_cidr(inputs: Values) -> list[Failure]:
    return [] if "cidrBlock" in inputs else [Failure("cidrBlock", f"is required: {_NO_IPAM}")]


_CIDR = Prop("cidrBlock", replaces=True, rule=_cidr)
_IPAM = (
    refused("ipv4IpamPoolId", Kind.TEXT, _NO_IPAM),
    refused("ipv4NetmaskLength", Kind.NUMBER, _NO_IPAM),
    refused("ipv6CidrBlock", Kind.TEXT, _NO_IPV6, always("")),
    refused("ipv6IpamPoolId", Kind.TEXT, _NO_IPV6),
    refused("ipv6NetmaskLength", Kind.NUMBER, _NO_IPV6),
)

_VPC_ID = Prop(
    "vpcId",
    required=True,
    replaces=True,
    rule=rules.matches(r"vpc-\w+", "must be the id of a VPC"),
)

VPC = TypeModel(
    "aws:ec2/vpc:Vpc",
    inputs=(
        refused("assignGeneratedIpv6CidrBlock", Kind.FLAG, _NO_IPV6, always(False)),
        _CIDR,
        Prop("enableDnsHostnames", Kind.FLAG, otherwise=always(False)),
        Prop("enableDnsSupport", Kind.FLAG, default=True),
        Prop("enableNetworkAddressUsageMetrics", Kind.FLAG, otherwise=always(False)),
        Prop("instanceTenancy", default="default", replaces=True, rule=rules.one_of("default", "dedicated")),
        *_IPAM,
        refused("ipv6CidrBlockNetworkBorderGroup", Kind.TEXT, _NO_IPV6, always("")),
        REGION_PROP,
        TAGS,
    ),
    outputs={
        "arn": ASSIGNED,
        "defaultNetworkAclId": ASSIGNED,
        "defaultRouteTableId": ASSIGNED,
        "defaultSecurityGroupId": ASSIGNED,
        "dhcpOptionsId": ASSIGNED,
        "ipv6AssociationId": always(""),
        "mainRouteTableId": ASSIGNED,
        "ownerId": _OWNER,
        "tagsAll": TAGS_ALL,
    },
    rules=(_needs_cidr,),
    notes=("Nothing is sent anywhere.",),
)

_LAUNCH = "moto does not return it"


def _on_launch(name: str, kind: Kind = Kind.FLAG, otherwise: Value = False) -> Prop:
    return Prop(name, kind, carried=Carried.RECORDED, note=_LAUNCH, otherwise=always(otherwise))


def _outpost(name: str, kind: Kind = Kind.TEXT, otherwise: Value = "") -> Prop:
    return refused(name, kind, "Outposts are not played", always(otherwise))


SUBNET = TypeModel(
    "aws:ec2/subnet:Subnet",
    inputs=(
        refused("assignIpv6AddressOnCreation", Kind.FLAG, _NO_IPV6, always(False)),
        Prop(
            "availabilityZone",
            replaces=True,
            rule=rules.matches(r"[a-z]{2,3}(-[a-z]+)+-\d[a-z]", "must be a zone such as eu-west-2a"),
            otherwise=ASSIGNED,
        ),
        refused("availabilityZoneId", Kind.TEXT, "use availabilityZone", ASSIGNED),
        _CIDR,
        _outpost("customerOwnedIpv4Pool"),
        _on_launch("enableDns64"),
        _outpost("enableLniAtDeviceIndex", Kind.NUMBER, 0),
        _on_launch("enableResourceNameDnsARecordOnLaunch"),
        _on_launch("enableResourceNameDnsAaaaRecordOnLaunch"),
        *_IPAM,
        refused("ipv6Native", Kind.FLAG, _NO_IPV6, always(False)),
        _outpost("mapCustomerOwnedIpOnLaunch", Kind.FLAG, False),
        Prop("mapPublicIpOnLaunch", Kind.FLAG, default=False),
        _outpost("outpostArn"),
        Prop(
            "privateDnsHostnameTypeOnLaunch",
            carried=Carried.RECORDED,
            note=_LAUNCH,
            rule=rules.one_of("ip-name", "resource-name"),
            otherwise=always("ip-name"),
        ),
        REGION_PROP,
        TAGS,
        _VPC_ID,
    ),
    outputs={
        "arn": ASSIGNED,
        "ipv6CidrBlockAssociationId": always(""),
        "ownerId": _OWNER,
        "tagsAll": TAGS_ALL,
    },
    # Two of the same addresses cannot exist at once in a VPC.
    identity=("vpcId", "cidrBlock"),
    rules=(_needs_cidr,),
)

FULL_ACCESS = json.dumps(
    {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
)
"""The policy of an endpoint that was given none."""


def _endpoint(inputs: Values) -> list[Failure]:
    kind, service = inputs.get("vpcEndpointType"), inputs.get("serviceName")
    failures = [] if "serviceName" in inputs else [Failure("serviceName", "is required")]
    if kind == "Interface":
        failures += [
            Failure(name, "is required for an Interface endpoint: nothing is chosen for you here")
            for name in ("securityGroupIds", "subnetIds")
            if not inputs.get(name)
        ]
        if "routeTableIds" in inputs:
            failures.append(Failure("routeTableIds", "is for Gateway endpoints"))
    elif kind == "Gateway":
        failures += [
            Failure(name, "is for Interface endpoints")
            for name in ("privateDnsEnabled", "securityGroupIds", "subnetIds")
            if inputs.get(name)
        ]
        if isinstance(service, str) and service.rpartition(".")[2] not in ("s3", "dynamodb"):
            said = f"{service} has no Gateway endpoint: only s3 and dynamodb have"
            failures.append(Failure("vpcEndpointType", said))
    return failures


def _kind(value: Any) -> str | None:
    return (
        None if value in ("Gateway", "Interface") else f"only Gateway and Interface are played; is {value!r}"
    )


def _same_region(facts: Facts, _inputs: Values) -> Value:
    return facts.region


VPC_ENDPOINT = TypeModel(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs=(
        Prop("autoAccept", Kind.FLAG, carried=Carried.RECORDED, note="AWS's own services need no acceptance"),
        refused("dnsOptions", Kind.OBJECT, "DNS options are not played"),
        Prop(
            "ipAddressType",
            carried=Carried.RECORDED,
            note="moto does not return it",
            rule=rules.one_of("ipv4"),
            otherwise=always("ipv4"),
        ),
        Prop("policy", Kind.JSON, rule=policy(20480, Attached.RESOURCE), otherwise=always(FULL_ACCESS)),
        Prop("privateDnsEnabled", Kind.FLAG, replaces=True, otherwise=always(False)),
        REGION_PROP,
        refused("resourceConfigurationArn", Kind.TEXT, "VPC Lattice is not played"),
        Prop("routeTableIds", Kind.TEXTS, unordered=True, otherwise=always([])),
        Prop("securityGroupIds", Kind.TEXTS, unordered=True, otherwise=always([])),
        Prop(
            "serviceName",
            replaces=True,
            rule=rules.matches(
                r"(com\.amazonaws|aws\.\w+)\.[a-z0-9-]+(\.[\w-]+)+",
                "must be such as com.amazonaws.eu-west-2.braket",
            ),
        ),
        refused("serviceNetworkArn", Kind.TEXT, "VPC Lattice is not played"),
        refused("serviceRegion", Kind.TEXT, "services of other regions are not played", Out(_same_region)),
        refused("subnetConfigurations", Kind.OBJECTS, "addresses are not chosen; give subnetIds", always([])),
        Prop("subnetIds", Kind.TEXTS, unordered=True, otherwise=always([])),
        TAGS,
        Prop("vpcEndpointType", default="Gateway", replaces=True, rule=_kind),
        _VPC_ID,
    ),
    outputs={
        "arn": ASSIGNED,
        "cidrBlocks": ASSIGNED,
        "dnsEntries": ASSIGNED,
        "networkInterfaceIds": Out(needs=("subnetIds",)),
        "ownerId": _OWNER,
        "prefixListId": ASSIGNED,
        "requesterManaged": always(False),
        "state": ASSIGNED,
        "tagsAll": TAGS_ALL,
    },
    rules=(_endpoint,),
    notes=(
        "Private DNS needs the VPC's DNS support and hostnames; subnets are of different zones, as in AWS.",
        "Another privateDnsEnabled makes another endpoint: moto cannot change it.",
        "Whether the service is offered in the region is not known here.",
    ),
)

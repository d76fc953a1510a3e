"""The private network of an environment: no way to the internet, endpoints for what projects use (W3, T2).

A VPC in each of the environment's regions, because an endpoint serves the region it is in and a task is
submitted in its device's region. Home has endpoints for everything; a further region only for submitting, for
results, keys, secrets and logs live at home. No internet gateway, no NAT, no route but to the endpoints. How
people and runners reach it is the organisation's to connect: the roles here cannot.

An endpoint's policy lets through the environment's own roles to the account's own resources: whoever brings
other credentials into the network takes nothing out with them. Who must come through the endpoints is said in
the permission boundary and in each project's private lock (see private_lock).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match
from components.braket import endpoint_policies
from components.braket.buckets import ManagedBucket
from components.braket.flow_log import flow_log, flow_store
from components.braket.log_sinks import Sink
from components.braket.names import EnvironmentNames

PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""
WIDEST, NARROWEST = 16, 22
"""Bits of the network of all regions: a quarter each, of which a subnet takes a quarter, at least 64."""
AT_HOME = ("braket", "kms", "logs", "secretsmanager", "sts")
ELSEWHERE = ("braket", "sts")
HTTPS = 443


@dataclass(frozen=True, slots=True)
class NetworkArgs:
    """A network. cidr: private, /16 to /22, cut up among the regions. zones: letters of 2 or 3 zones.

    Zones are named, never asked for: a program that looks them up is not the same twice. An account's zones
    are lettered by AWS, and not every account has every letter (us-west-1): a wrong one is refused by AWS.
    """

    cidr: str
    zones: tuple[str, ...] = ("a", "b")
    flow_log_days: int = 90

    def __post_init__(self) -> None:
        try:
            network = ipaddress.IPv4Network(self.cidr)
        except ValueError as error:
            raise ArgumentError("NetworkArgs.cidr", str(error), "a network such as 10.40.0.0/20") from error
        if not WIDEST <= network.prefixlen <= NARROWEST:
            raise ArgumentError("NetworkArgs.cidr", f"is {self.cidr}", f"/{WIDEST} to /{NARROWEST}")
        if not any(network.subnet_of(private) for private in PRIVATE):
            raise ArgumentError("NetworkArgs.cidr", f"{self.cidr} is not private", "a network of RFC 1918")
        if not 2 <= len(set(self.zones)) == len(self.zones) <= 3:
            raise ArgumentError("NetworkArgs.zones", ", ".join(self.zones), "2 or 3 different letters")
        for zone in self.zones:
            check_match("NetworkArgs.zones", zone, "[a-f]", "a letter, such as a")


@dataclass(frozen=True, slots=True)
class Place:
    """The network's part in one region. subnets: zone to addresses."""

    region: str
    cidr: str
    subnets: Mapping[str, str]
    services: tuple[str, ...]


def places(args: NetworkArgs, names: EnvironmentNames) -> Iterator[Place]:
    """The parts, home first. A region keeps its addresses when another is added after it."""
    quarters = ipaddress.IPv4Network(args.cidr).subnets(prefixlen_diff=2)
    for region, own in zip(names.regions, quarters, strict=False):
        parts = own.subnets(prefixlen_diff=2)
        subnets = {zone: str(part) for zone, part in zip(args.zones, parts, strict=False)}
        yield Place(region, str(own), subnets, AT_HOME if region == names.region else ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Network:
    """What was made, by region. ready: what must exist before anybody may come in."""

    ranges: Mapping[str, str]
    vpcs: Mapping[str, pulumi.Output[str]]
    subnets: Mapping[str, pulumi.Output[str]]
    """Subnets at home, by zone."""
    braket_endpoints: Mapping[str, pulumi.Output[str]]
    endpoints: pulumi.Output[tuple[str, ...]]
    """Ids of all endpoints."""
    work_groups: Mapping[str, pulumi.Output[str]]
    """Security groups for what works in the network: it reaches the endpoints and nothing else."""
    ready: tuple[pulumi.Resource, ...]


def network(args: NetworkArgs, sink: Sink, notebooks: bool) -> Network:
    """Makes the network. notebooks: whether one lives in it, which stops itself through an endpoint."""
    store = flow_store(args.flow_log_days, sink)
    made = [_Part(place, store, sink, notebooks) for place in places(args, sink.names)]
    return Network(
        ranges={part.place.region: part.place.cidr for part in made},
        vpcs={part.place.region: part.vpc.id for part in made},
        subnets={zone: subnet.id for zone, subnet in made[0].subnets.items()},
        braket_endpoints={part.place.region: part.endpoints["braket"].id for part in made},
        endpoints=pulumi.Output.all(*(found.id for part in made for found in part.all_endpoints)).apply(
            tuple
        ),
        work_groups={part.place.region: part.work.id for part in made},
        ready=tuple(resource for part in made for resource in part.ready),
    )


def ids_to_come(args: NetworkArgs, names: EnvironmentNames, notebooks: bool) -> tuple[str, ...]:
    """As many ids as there will be endpoints, as long as theirs: what is made of them fits, or does not."""
    return tuple(
        f"vpce-{'0' * 17}"
        for place in places(args, names)
        for _ in endpoint_policies.of_region(names, place.region, place.region == names.region, notebooks)
    )


class _Part:
    """The network in one region."""

    def __init__(self, place: Place, store: ManagedBucket, sink: Sink, notebooks: bool) -> None:
        self.place, self._sink, self._home = place, sink, place.region == sink.names.region
        region, names = place.region, sink.names
        self.vpc = aws.ec2.Vpc(
            region,
            region=region,
            cidr_block=place.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("network"),
            opts=pulumi.ResourceOptions(parent=sink.parent),
        )
        self._opts = pulumi.ResourceOptions(parent=self.vpc)
        closed = aws.ec2.DefaultSecurityGroup(region, region=region, vpc_id=self.vpc.id, opts=self._opts)
        logged = flow_log(self.vpc, region, store, sink)
        routes = aws.ec2.RouteTable(
            region, region=region, vpc_id=self.vpc.id, tags=self._tags("private"), opts=self._opts
        )
        self.subnets = {zone: self._subnet(zone, cidr) for zone, cidr in place.subnets.items()}
        joined = [
            aws.ec2.RouteTableAssociation(
                f"{region}{zone}",
                region=region,
                route_table_id=routes.id,
                subnet_id=subnet.id,
                opts=pulumi.ResourceOptions(parent=subnet),
            )
            for zone, subnet in self.subnets.items()
        ]
        inside = self._group("endpoints", "The endpoints: HTTPS from inside the network")
        self.work = self._group("work", "What works in the network: HTTPS to the endpoints")
        rules: list[pulumi.Resource] = [
            aws.vpc.SecurityGroupIngressRule(
                f"{region}-endpoints",
                region=region,
                security_group_id=inside.id,
                description="HTTPS from inside",
                cidr_ipv4=place.cidr,
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                tags=sink.tags,
                opts=self._opts,
            ),
            self._reach("endpoints", referenced_security_group_id=inside.id),
        ]
        policies = dict(endpoint_policies.of_region(names, region, self._home, notebooks))
        self.endpoints = {
            service: self._interface(service, document, inside)
            for service, document in policies.items()
            if service != "s3"
        }
        self.all_endpoints = list(self.endpoints.values())
        ready = [self.vpc, closed, logged, *joined, *rules, *self.endpoints.values()]
        if "s3" in policies:
            gateway = aws.ec2.VpcEndpoint(
                f"{region}-s3",
                region=region,
                vpc_id=self.vpc.id,
                service_name=f"com.amazonaws.{region}.s3",
                vpc_endpoint_type="Gateway",
                route_table_ids=[routes.id],
                policy=policies["s3"],
                tags=self._tags("s3"),
                opts=self._opts,
            )
            self.all_endpoints.append(gateway)
            ready += [gateway, self._reach("s3", prefix_list_id=gateway.prefix_list_id)]
        self.ready = tuple(ready)

    def _tags(self, kind: str) -> dict[str, str]:
        return {**self._sink.tags, "Name": f"qlz-{self._sink.names.environment}-{kind}"}

    def _subnet(self, zone: str, cidr: str) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{self.place.region}{zone}",
            region=self.place.region,
            vpc_id=self.vpc.id,
            availability_zone=f"{self.place.region}{zone}",
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=self._tags(f"private-{zone}"),
            opts=self._opts,
        )

    def _group(self, kind: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self.place.region}-{kind}",
            region=self.place.region,
            name=f"qlz-{self._sink.names.environment}-{kind}",
            description=description,
            vpc_id=self.vpc.id,
            tags=self._tags(kind),
            opts=self._opts,
        )

    def _reach(self, what: str, **target: pulumi.Input[str]) -> aws.vpc.SecurityGroupEgressRule:
        return aws.vpc.SecurityGroupEgressRule(
            f"{self.place.region}-{what}",
            region=self.place.region,
            security_group_id=self.work.id,
            description=f"HTTPS to {what}",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            tags=self._sink.tags,
            opts=self._opts,
            **target,
        )

    def _interface(self, service: str, document: str, group: aws.ec2.SecurityGroup) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{self.place.region}-{service}",
            region=self.place.region,
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self.place.region}.{service}",
            vpc_endpoint_type="Interface",
            subnet_ids=[subnet.id for subnet in self.subnets.values()],
            security_group_ids=[group.id],
            private_dns_enabled=True,
            policy=document,
            tags=self._tags(service),
            opts=self._opts,
        )

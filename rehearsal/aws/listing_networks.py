"""Finding what belongs to a network: it has no name of its own, only where it lies and what it was given.

Tags are given in the call that makes it, so whatever a lost answer left behind has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import tag_map
from rehearsal.provider.model.schema import Values


def _all(aws: Aws, operation: str, member: str, **filters: object) -> Iterator[dict[str, Any]]:
    """Whatever a Describe call tells by filters, named with _ for - here."""
    named = [{"Name": name.replace("_", "-"), "Values": [str(value)]} for name, value in filters.items()]
    for page in aws.ec2.get_paginator(operation).paginate(Filters=named):
        yield from page[member]


def _same_tags(found: Mapping[str, Any], want: Values) -> bool:
    return tag_map(found.get("Tags", [])) == (want["tagsAll"] or {})


def _vpcs(aws: Aws, want: Values) -> Iterator[str]:
    for found in _all(aws, "describe_vpcs", "Vpcs", cidr=want["cidrBlock"]):
        if not found.get("IsDefault") and _same_tags(found, want):
            yield str(found["VpcId"])


def _subnets(aws: Aws, want: Values) -> Iterator[str]:
    where = {"vpc_id": want["vpcId"], "cidr_block": want["cidrBlock"]}
    yield from (str(found["SubnetId"]) for found in _all(aws, "describe_subnets", "Subnets", **where))


def _groups(aws: Aws, want: Values) -> Iterator[str]:
    where = {"vpc_id": want["vpcId"], "group_name": want["name"]}
    found = _all(aws, "describe_security_groups", "SecurityGroups", **where)
    yield from (str(group["GroupId"]) for group in found)


def _default_group(aws: Aws, want: Values) -> Iterator[str]:
    """Only one that is empty already: to take it over once more does no harm."""
    for found in _all(
        aws, "describe_security_groups", "SecurityGroups", vpc_id=want["vpcId"], group_name="default"
    ):
        if not found["IpPermissions"] and not found["IpPermissionsEgress"] and _same_tags(found, want):
            yield str(found["GroupId"])


def _rules(egress: bool) -> Callable[[Aws, Values], Iterator[str]]:
    """AWS takes no rule twice in a group."""

    def search(aws: Aws, want: Values) -> Iterator[str]:
        asked = {
            "IpProtocol": want["ipProtocol"],
            "CidrIpv4": want["cidrIpv4"],
            "CidrIpv6": want["cidrIpv6"],
            "PrefixListId": want["prefixListId"],
        }
        if want["ipProtocol"] != "-1":
            asked |= {"FromPort": want["fromPort"], "ToPort": want["toPort"]}
        group = want["securityGroupId"]
        for found in _all(aws, "describe_security_group_rules", "SecurityGroupRules", group_id=group):
            referred = found.get("ReferencedGroupInfo", {}).get("GroupId")
            if (
                found["IsEgress"] is egress
                and referred == want["referencedSecurityGroupId"]
                and all(found.get(name) == value for name, value in asked.items())
            ):
                yield str(found["SecurityGroupRuleId"])

    return search


def _endpoints(aws: Aws, want: Values) -> Iterator[str]:
    where = {"vpc_id": want["vpcId"], "service_name": want["serviceName"]}
    for found in _all(aws, "describe_vpc_endpoints", "VpcEndpoints", **where):
        there = found["State"] not in ("deleted", "deleting")
        if there and found["VpcEndpointType"] == want["vpcEndpointType"] and _same_tags(found, want):
            yield str(found["VpcEndpointId"])


def _route_tables(aws: Aws, want: Values) -> Iterator[str]:
    for found in _all(aws, "describe_route_tables", "RouteTables", vpc_id=want["vpcId"]):
        if not any(one["Main"] for one in found["Associations"]) and _same_tags(found, want):
            yield str(found["RouteTableId"])


def _associations(aws: Aws, want: Values) -> Iterator[str]:
    for table in _all(aws, "describe_route_tables", "RouteTables", route_table_id=want["routeTableId"]):
        for found in table["Associations"]:
            if found.get("SubnetId") == want["subnetId"]:
                yield str(found["RouteTableAssociationId"])


def _flow_logs(aws: Aws, want: Values) -> Iterator[str]:
    """AWS takes no destination twice for the same network."""
    network = want["vpcId"] or want["subnetId"]
    filters = [{"Name": "resource-id", "Values": [network]}]
    for page in aws.ec2.get_paginator("describe_flow_logs").paginate(Filter=filters):
        for found in page["FlowLogs"]:
            if found.get("LogDestination") == want["logDestination"]:
                yield str(found["FlowLogId"])


SEARCHES: Final[Mapping[str, Callable[[Aws, Values], Iterator[str]]]] = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _default_group,
    "aws:ec2/flowLog:FlowLog": _flow_logs,
    "aws:ec2/routeTable:RouteTable": _route_tables,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _associations,
    "aws:ec2/securityGroup:SecurityGroup": _groups,
    "aws:ec2/subnet:Subnet": _subnets,
    "aws:ec2/vpc:Vpc": _vpcs,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoints,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rules(egress=True),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rules(egress=False),
}

"""aws.ec2 Vpc, Subnet and VpcEndpoint in the local cloud."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, differs, tag_changes, tag_list, tag_map
from rehearsal.provider.model.schema import Value, Values

_VPC = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}


def tag_specification(kind: str, want: Wanted) -> list[dict[str, Any]]:
    """What a Create call of EC2 takes for tags."""
    return [{"ResourceType": kind, "Tags": tag_list(want["tagsAll"])}] if want["tagsAll"] else []


def retag(aws: Aws, id: str, want: Wanted, have: Values) -> None:
    changed, removed = tag_changes(want, have)
    if changed:
        aws.ec2.create_tags(Resources=[id], Tags=tag_list(changed))
    if removed:
        aws.ec2.delete_tags(Resources=[id], Tags=[{"Key": key} for key in removed])


class Vpc(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.ec2.create_vpc(
            CidrBlock=want["cidrBlock"],
            InstanceTenancy=want["instanceTenancy"],
            TagSpecifications=tag_specification("vpc", want),
        )
        return str(answer["Vpc"]["VpcId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        # A new VPC has DNS support and no hostnames.
        present = have if have is not None else {"enableDnsSupport": True}
        for ours, theirs in _VPC.items():
            if bool(want[ours]) != bool(present.get(ours)):
                aws.ec2.modify_vpc_attribute(VpcId=id, **{theirs: {"Value": bool(want[ours])}})
        if have is not None:
            retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ec2.describe_vpcs(VpcIds=[id])["Vpcs"][0]
        of_it = {"Name": "vpc-id", "Values": [id]}
        groups = aws.ec2.describe_security_groups(
            Filters=[of_it, {"Name": "group-name", "Values": ["default"]}]
        )
        acls = aws.ec2.describe_network_acls(Filters=[of_it, {"Name": "default", "Values": ["true"]}])
        tables = aws.ec2.describe_route_tables(
            Filters=[of_it, {"Name": "association.main", "Values": ["true"]}]
        )
        table = tables["RouteTables"][0]["RouteTableId"]
        return {
            **{ours: vpc_attribute(aws, id, theirs) for ours, theirs in _VPC.items()},
            "arn": aws.facts.arn("ec2", f"vpc/{id}"),
            "cidrBlock": found["CidrBlock"],
            "defaultNetworkAclId": acls["NetworkAcls"][0]["NetworkAclId"],
            "defaultRouteTableId": table,
            "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"],
            "dhcpOptionsId": found["DhcpOptionsId"],
            "instanceTenancy": found["InstanceTenancy"],
            "mainRouteTableId": table,
            "tagsAll": tag_map(found.get("Tags", [])),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.delete_vpc(VpcId=id)


def vpc_attribute(aws: Aws, id: str, name: str) -> bool:
    told = aws.ec2.describe_vpc_attribute(VpcId=id, Attribute=name[:1].lower() + name[1:])
    return bool(told[name]["Value"])


class Subnet(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        zone = want["availabilityZone"]
        # moto takes a zone of any region.
        if isinstance(zone, str) and zone[:-1] != aws.facts.region:
            message = f"Value ({zone}) for availabilityZone is invalid: it is not in {aws.facts.region}."
            raise aws_error("CreateSubnet", "InvalidParameterValue", message)
        answer = aws.ec2.create_subnet(
            VpcId=want["vpcId"],
            CidrBlock=want["cidrBlock"],
            TagSpecifications=tag_specification("subnet", want),
            **({"AvailabilityZone": zone} if isinstance(zone, str) else {}),
        )
        return str(answer["Subnet"]["SubnetId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if differs(want, have, "mapPublicIpOnLaunch"):
            value = {"Value": bool(want["mapPublicIpOnLaunch"])}
            aws.ec2.modify_subnet_attribute(SubnetId=id, MapPublicIpOnLaunch=value)
        if have is not None:
            retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ec2.describe_subnets(SubnetIds=[id])["Subnets"][0]
        return {
            "arn": found["SubnetArn"],
            "availabilityZone": found["AvailabilityZone"],
            "availabilityZoneId": found["AvailabilityZoneId"],
            "cidrBlock": found["CidrBlock"],
            "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
            "tagsAll": tag_map(found.get("Tags", [])),
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.delete_subnet(SubnetId=id)


_SETS = {"routeTableIds": "RouteTableIds", "securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}


class VpcEndpoint(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand(aws, want)
        private = {"PrivateDnsEnabled": bool(want["privateDnsEnabled"])}
        answer = aws.ec2.create_vpc_endpoint(
            VpcEndpointType=want["vpcEndpointType"],
            VpcId=want["vpcId"],
            ServiceName=want["serviceName"],
            PolicyDocument=want["policy"],
            TagSpecifications=tag_specification("vpc-endpoint", want),
            **{theirs: want[ours] for ours, theirs in _SETS.items() if want[ours]},
            **(private if want["vpcEndpointType"] == "Interface" else {}),
        )
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        _demand(aws, want)
        changes: dict[str, Any] = {}
        if differs(want, have, "policy"):
            changes["PolicyDocument"] = want["policy"]
        for ours, theirs in _SETS.items():
            wanted, present = set(want[ours] or []), set(have[ours] or [])
            changes |= {f"Add{theirs}": sorted(wanted - present)} if wanted - present else {}
            changes |= {f"Remove{theirs}": sorted(present - wanted)} if present - wanted else {}
        if changes:
            aws.ec2.modify_vpc_endpoint(VpcEndpointId=id, **changes)
        retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0]
        if found["State"] == "deleted":
            return None
        lists = aws.ec2.describe_prefix_lists()["PrefixLists"]
        named = [one for one in lists if one["PrefixListName"] == found["ServiceName"]]
        of_it: dict[str, Any] = named[0] if named else {}
        gateway = found["VpcEndpointType"] == "Gateway"
        return {
            "arn": aws.facts.arn("ec2", f"vpc-endpoint/{id}"),
            "cidrBlocks": of_it.get("Cidrs", []) if gateway else [],
            "dnsEntries": [
                {"dnsName": entry["DnsName"], "hostedZoneId": entry["HostedZoneId"]}
                for entry in found.get("DnsEntries", [])
            ],
            "networkInterfaceIds": found.get("NetworkInterfaceIds", []),
            "policy": found["PolicyDocument"],
            "prefixListId": of_it.get("PrefixListId", "") if gateway else "",
            "privateDnsEnabled": found["PrivateDnsEnabled"] and not gateway,
            "routeTableIds": found.get("RouteTableIds", []),
            "securityGroupIds": [group["GroupId"] for group in found.get("Groups", [])],
            "serviceName": found["ServiceName"],
            "state": found["State"],
            "subnetIds": found.get("SubnetIds", []),
            "tagsAll": tag_map(found.get("Tags", [])),
            "vpcEndpointType": found["VpcEndpointType"],
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        found = aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0]
        if found["State"] == "deleted":
            return
        for failed in aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[id])["Unsuccessful"]:
            error = failed["Error"]
            raise aws_error("DeleteVpcEndpoints", error["Code"], error["Message"])


def _demand(aws: Aws, want: Wanted) -> None:
    """What AWS looks at and moto does not."""
    service, region = str(want["serviceName"]), aws.facts.region
    if f".{region}." not in service:
        message = f"The Vpc Endpoint Service '{service}' does not exist in {region}"
        raise aws_error("CreateVpcEndpoint", "InvalidServiceName", message)
    if want["privateDnsEnabled"] and not all(
        vpc_attribute(aws, str(want["vpcId"]), name) for name in ("EnableDnsSupport", "EnableDnsHostnames")
    ):
        message = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes"
        raise aws_error("CreateVpcEndpoint", "InvalidParameter", f"{message} set to true")
    if want["subnetIds"]:
        subnets = aws.ec2.describe_subnets(SubnetIds=want["subnetIds"])["Subnets"]
        if len({subnet["AvailabilityZone"] for subnet in subnets}) < len(subnets):
            message = "Found another VPC endpoint subnet in the same availability zone"
            raise aws_error("CreateVpcEndpoint", "DuplicateSubnetsInSameZone", message)

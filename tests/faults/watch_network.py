"""Looks at the private network and what lives in it after a call: is there a way out, or in, for a moment?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

ANYWHERE = ("0.0.0.0/0", "::/0")
GROUPS = (
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupEgress",
)
GATEWAYS = (
    "CreateInternetGateway",
    "AttachInternetGateway",
    "CreateNatGateway",
    "CreateEgressOnlyInternetGateway",
)
Client = Callable[[str], Any]


def open_ways(client: Client, operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    """What is open after a call of EC2 that the network as it is meant would not have open."""
    ec2 = client("ec2")
    if operation in GATEWAYS:
        yield f"{operation} makes a way to the internet"
    elif operation in ("CreateRoute", "ReplaceRoute"):
        target = params.get("DestinationCidrBlock", params.get("DestinationIpv6CidrBlock"))
        if target in ANYWHERE:
            yield f"a route leads to {target}"
    elif operation in ("CreateSubnet", "ModifySubnetAttribute"):
        for subnet in ec2.describe_subnets()["Subnets"]:
            if not subnet["DefaultForAz"] and subnet["MapPublicIpOnLaunch"]:
                yield f"{subnet['SubnetId']} hands out public addresses"
    elif operation in ("CreateVpcEndpoint", "ModifyVpcEndpoint"):
        for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
            if lets_all_through(endpoint.get("PolicyDocument")):
                yield f"{endpoint['ServiceName']} lets everything through"
            elif endpoint["VpcEndpointType"] == "Interface":
                for group in endpoint["Groups"]:
                    yield from open_to_all(ec2, group["GroupId"])
    elif operation in GROUPS and "GroupId" in params:
        yield from open_to_all(ec2, params["GroupId"], ways=("IpPermissions",))


def open_to_all(
    ec2: Any, group: str, ways: tuple[str, ...] = ("IpPermissions", "IpPermissionsEgress")
) -> Iterator[str]:
    """Which ways of a security group lead from or to everywhere."""
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    for way in ways:
        for rule in found[way]:
            ranges = [r["CidrIp"] for r in rule["IpRanges"]] + [
                r["CidrIpv6"] for r in rule.get("Ipv6Ranges", ())
            ]
            if set(ranges) & set(ANYWHERE):
                yield f"{found['GroupName']}: {way} of everywhere"


def lets_all_through(document: str | None) -> bool:
    """Whether an endpoint's policy is the one that AWS gives where none is given, or no narrower."""
    if not document:
        return True
    statements = json.loads(document)["Statement"]
    return any(
        statement["Effect"] == "Allow" and statement.get("Action") == "*" and not statement.get("Condition")
        for statement in (statements if isinstance(statements, list) else [statements])
    )


def unguarded(client: Client, operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    """A secret without a key of ours; a notebook with a way out, a key that is not ours, or its root."""
    if operation == "CreateSecret":
        if not client("secretsmanager").describe_secret(SecretId=params["Name"]).get("KmsKeyId"):
            yield f"{params['Name']} is kept without a key of ours"
    elif operation == "CreateNotebookInstance":
        name = params["NotebookInstanceName"]
        found = client("sagemaker").describe_notebook_instance(NotebookInstanceName=name)
        if not found.get("KmsKeyId"):
            yield f"{name} keeps its disk without a key of ours"
        for way in ("DirectInternetAccess", "RootAccess"):
            if found.get(way) != "Disabled":
                yield f"{name} has {way}"


def network_counts(client: Client) -> dict[str, int]:
    """How many there are of what a repeated create would make twice."""
    ec2 = client("ec2")
    return {
        "networks": sum(not vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]),
        "subnets": len(ec2.describe_subnets()["Subnets"]),
        "endpoints": len(ec2.describe_vpc_endpoints()["VpcEndpoints"]),
        "security groups": len(ec2.describe_security_groups()["SecurityGroups"]),
        "secrets": len(client("secretsmanager").list_secrets()["SecretList"]),
    }

"""What the environment's pipeline may do to the private network: make and change its own, no way out (I2).

New things must bear the environment's tag, changed ones must have it. Tags of new things are put with the
call that makes them. A rule of the default group has no tag, so taking rules away needs none: it only closes.
Endpoints lead to the services that projects use and to no other: an endpoint to a service of somebody else's
would be a way out. Gateways, routes, peerings and addresses are denied: connecting the network is the
organisation's, by identities of its own.
"""

from __future__ import annotations

from components.braket.names import EnvironmentNames
from components.braket.network import AT_HOME, ELSEWHERE
from components.braket.operators import BUCKET_CHANGES
from components.braket.policy import Conditions, Statement

MAKES = (
    *("ec2:CreateFlowLogs", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"),
    *("ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:AuthorizeSecurityGroupEgress"),
    "ec2:AuthorizeSecurityGroupIngress",
)
CHANGES = (
    *("ec2:AssociateRouteTable", "ec2:DeleteFlowLogs", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup"),
    *("ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints"),
    *("ec2:DisassociateRouteTable", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute"),
    *("ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint"),
)
WAYS_OUT = (
    *(
        "ec2:Accept*",
        "ec2:AllocateAddress",
        "ec2:AssociateAddress",
        "ec2:Attach*",
        "ec2:CreateCarrierGateway",
    ),
    *("ec2:CreateClientVpn*", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateInternetGateway"),
    *("ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateTransitGateway*", "ec2:CreateVpcPeering*"),
    *("ec2:CreateVpn*", "ec2:ReplaceRoute", "ec2:RunInstances"),
)


def environment_network(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change the network, its endpoints and its flow logs."""
    tag: Conditions = {"StringEquals": {"aws:RequestTag/environment": names.environment}}
    own: Conditions = {"StringEquals": {"aws:ResourceTag/environment": names.environment}}

    def ec2(*kinds: str) -> tuple[str, ...]:
        return _in_all(names, "ec2", *(f"{kind}/*" for kind in kinds))

    return (
        Statement("MakeNetwork", "Allow", actions=("ec2:CreateVpc",), resources=ec2("vpc"), conditions=tag),
        Statement(
            "MakeParts",
            "Allow",
            actions=("ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"),
            resources=ec2("route-table", "security-group", "subnet"),
            conditions=tag,
        ),
        Statement(
            "MakeEndpoints",
            "Allow",
            actions=("ec2:CreateFlowLogs", "ec2:CreateVpcEndpoint"),
            resources=ec2("vpc-endpoint", "vpc-flow-log"),
            conditions=tag,
        ),
        Statement(
            "OtherServices",
            "Deny",
            actions=("ec2:CreateVpcEndpoint",),
            resources=("arn:aws:ec2:*:*:vpc-endpoint/*",),
            conditions={"StringNotEquals": {"ec2:VpceServiceName": _services(names)}},
        ),
        Statement(
            "MakeRules",
            "Allow",
            actions=("ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"),
            resources=ec2("security-group-rule"),
            conditions=tag,
        ),
        Statement(
            "InOwnNetwork",
            "Allow",
            actions=(*MAKES, *CHANGES),
            resources=ec2("*"),  # of whatever kind the actions are about; AWS counts characters
            conditions=own,
        ),
        Statement(
            "CloseGroups",
            "Allow",
            actions=("ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"),
            resources=ec2("security-group", "security-group-rule"),
        ),
        Statement(
            "TagNew",
            "Allow",
            actions=("ec2:CreateTags",),
            resources=ec2("*"),
            conditions={
                "StringEquals": {
                    **tag["StringEquals"],
                    "ec2:CreateAction": tuple(action.removeprefix("ec2:") for action in MAKES),
                }
            },
        ),
        Statement("TagOwn", "Allow", actions=("ec2:CreateTags",), resources=ec2("*"), conditions=own),
        # EC2 asks for it to make an endpoint's private names; the zone is AWS's.
        Statement(
            "EndpointNames",
            "Allow",
            actions=("route53:AssociateVPCWithHostedZone",),
            resources=("arn:aws:route53:::hostedzone/*", *ec2("vpc")),
        ),
        *_flow_logs(names),
        Statement("NoWayOut", "Deny", actions=WAYS_OUT, resources=("*",)),
    )


def _services(names: EnvironmentNames) -> tuple[str, ...]:
    """What endpoints lead to, as AWS names it."""
    home = (*AT_HOME, "s3", "sagemaker.api")
    return tuple(
        f"com.amazonaws.{region}.{service}"
        for region in names.regions
        for service in (home if region == names.region else ELSEWHERE)
    )


def _flow_logs(names: EnvironmentNames) -> tuple[Statement, ...]:
    """What making a flow log that writes into a bucket needs (VPC user guide), and the bucket itself."""
    return (
        Statement(
            "DeliverFlowLogs",
            "Allow",
            actions=("logs:CreateLogDelivery", "logs:DeleteLogDelivery"),
            resources=("*",),
            because="AWS scopes these to no resource",
        ),
        Statement(
            "FlowBucket",
            "Allow",
            actions=BUCKET_CHANGES,
            resources=(f"arn:aws:s3:::{names.flow_bucket}",),
        ),
    )


def _in_all(names: EnvironmentNames, service: str, *resources: str) -> tuple[str, ...]:
    return tuple(
        f"arn:aws:{service}:{region}:{names.account}:{resource}"
        for region in names.regions
        for resource in resources
    )

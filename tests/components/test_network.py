"""The private network: no way out, endpoints for our roles alone, all before anybody comes in (W3, T2)."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.environment_roles import GRANTS
from components.braket.names import EnvironmentNames
from components.braket.network import AT_HOME, ELSEWHERE, NetworkArgs, places
from components.braket.policy import EVERYONE, Kind, PolicyError, Statement, policy
from tests.components.conftest import PLACE, SV1, roles_of, run_environment
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT, Run

NORTH = "eu-north-1"
ARGS = NetworkArgs("10.40.0.0/20")
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
RESEARCHER = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-researcher"
STRANGER = "arn:aws:iam::999999999999:role/qlz/sandbox/optimus/qlz-optimus-sandbox-researcher"
TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1"


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def made(request: pytest.FixtureRequest) -> Run:
    return run_environment(preview=request.param, network=ARGS)


@pytest.fixture(scope="module")
def apply() -> Role:
    found = roles_of(run_environment(network=ARGS), {})["environment-apply"]
    return Role(found.arn, found.identity, None, found.tags)


def test_a_region_has_addresses_of_its_own_and_keeps_them(made: Run) -> None:
    found = {vpc.inputs["region"]: vpc.inputs["cidrBlock"] for vpc in made.all("aws:ec2/vpc:Vpc")}
    assert found == {"eu-west-2": "10.40.0.0/22", NORTH: "10.40.4.0/22"}
    three = EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox", (NORTH, "us-west-1"))
    assert {place.region: place.cidr for place in places(ARGS, three)}.items() >= found.items()
    subnets = [
        ipaddress.IPv4Network(subnet.inputs["cidrBlock"]) for subnet in made.all("aws:ec2/subnet:Subnet")
    ]
    assert len(subnets) == 4
    assert not [(a, b) for a in subnets for b in subnets if a is not b and a.overlaps(b)]
    zones = {subnet.inputs["availabilityZone"] for subnet in made.all("aws:ec2/subnet:Subnet")}
    assert zones == {"eu-west-2a", "eu-west-2b", f"{NORTH}a", f"{NORTH}b"}


def test_there_is_no_way_out(made: Run) -> None:
    kinds = {resource.type for resource in made.cloud if resource.type.startswith(("aws:ec2/", "aws:vpc/"))}
    assert {kind.rpartition(":")[2] for kind in kinds} == {
        *("Vpc", "Subnet", "RouteTable", "RouteTableAssociation", "DefaultSecurityGroup", "SecurityGroup"),
        *("VpcEndpoint", "FlowLog", "SecurityGroupIngressRule", "SecurityGroupEgressRule"),
    }
    for table in made.all("aws:ec2/routeTable:RouteTable"):
        assert "routes" not in {*table.inputs, *table.unknown}
    for subnet in made.all("aws:ec2/subnet:Subnet"):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
    for group in made.all("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"):
        assert not {"ingress", "egress"} & {*group.inputs, *group.unknown}
    associated = made.all("aws:ec2/routeTableAssociation:RouteTableAssociation")
    assert len(associated) == len(made.all("aws:ec2/subnet:Subnet"))


def test_only_https_from_inside_and_to_the_endpoints(made: Run) -> None:
    rules = [
        *made.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
        *made.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
    ]
    for rule in rules:
        ports = (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"])
        assert ports == ("tcp", 443, 443)
        if "Egress" in rule.type:
            assert not {"cidrIpv4", "cidrIpv6"} & {*rule.inputs, *rule.unknown}
        else:
            (vpc,) = [v for v in made.all("aws:ec2/vpc:Vpc") if v.inputs["region"] == rule.inputs["region"]]
            assert rule.inputs["cidrIpv4"] == vpc.inputs["cidrBlock"]
    assert len(rules) == 5


def test_endpoints_are_where_their_service_is(made: Run) -> None:
    found = {(e.inputs["region"], e.inputs["serviceName"]) for e in made.all(ENDPOINT)}
    home = {("eu-west-2", f"com.amazonaws.eu-west-2.{name}") for name in (*AT_HOME, "s3")}
    assert found == home | {(NORTH, f"com.amazonaws.{NORTH}.{name}") for name in ELSEWHERE}
    for endpoint in made.all(ENDPOINT):
        if endpoint.inputs["vpcEndpointType"] == "Interface":
            assert endpoint.inputs["privateDnsEnabled"] is True
        assert "Allow" in endpoint.inputs["policy"], "readable at preview"


def test_without_a_network_there_is_none_of_it() -> None:
    assert not run_environment().all("aws:ec2/vpc:Vpc")
    assert "SourceVpce" not in run_environment().one("aws:iam/policy:Policy", "boundary").inputs["policy"]


def through(made: Run, name: str, action: str, resource: str, principal: str = RESEARCHER) -> str:
    account = principal.split(":")[4]
    context: dict[str, str | list[str]] = {
        "aws:PrincipalArn": principal,
        "aws:PrincipalAccount": account,
        "aws:ResourceAccount": resource.split(":")[4] or (ACCOUNT if ACCOUNT in resource else "999999999999"),
    }
    return decide(
        [made.one(ENDPOINT, name).document("policy")], Request(action, resource, context, principal)
    )


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("eu-west-2-braket", "braket:CreateQuantumTask", SV1),
        ("eu-west-2-braket", "braket:CreateQuantumTask", TASK),
        ("eu-north-1-braket", "braket:GetQuantumTask", TASK.replace("eu-west-2", NORTH)),
        ("eu-west-2-braket", "braket:GetDevice", SV1),
        ("eu-west-2-s3", "s3:GetObject", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x"),
        ("eu-west-2-kms", "kms:Decrypt", f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"),
        (
            "eu-west-2-secretsmanager",
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:qlz/sandbox/optimus/secrets-AbCdEf",
        ),
        (
            "eu-west-2-logs",
            "logs:GetLogEvents",
            f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/aws/braket/jobs:log-stream:optimus--1/x",
        ),
        ("eu-west-2-sts", "sts:GetCallerIdentity", "*:*:*:*::"),
    ],
)
def test_endpoints_let_our_roles_through_and_no_stranger(
    made: Run, name: str, action: str, resource: str
) -> None:
    assert through(made, name, action, resource) == "allow"
    assert through(made, name, action, resource, STRANGER) == "none"
    assert through(made, name, action, resource, f"arn:aws:iam::{ACCOUNT}:user/somebody") == "none"


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("eu-west-2-s3", "s3:PutObject", "arn:aws:s3:::somebody-elses/x"),
        ("eu-west-2-s3", "s3:PutObject", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}/x"),
        ("eu-west-2-kms", "kms:Encrypt", "arn:aws:kms:eu-west-2:999999999999:key/1"),
        ("eu-west-2-kms", "kms:PutKeyPolicy", f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"),
        ("eu-west-2-braket", "braket:CreateQuantumTask", TASK.replace(ACCOUNT, "999999999999")),
        (
            "eu-west-2-braket",
            "braket:DeleteSpendingLimit",
            f"arn:aws:braket:eu-west-2:{ACCOUNT}:spending-limit/1",
        ),
        ("eu-west-2-sts", "sts:AssumeRole", "arn:aws:iam::999999999999:role/x"),
        ("eu-west-2-secretsmanager", "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:x:1:secret:y"),
    ],
)
def test_endpoints_lead_to_the_accounts_own_only(made: Run, name: str, action: str, resource: str) -> None:
    assert through(made, name, action, resource) == "none"


def test_signing_in_leads_to_the_environments_roles_only(made: Run) -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    assert through(made, "eu-west-2-sts", action, RESEARCHER, "arn:aws:x:::") == "allow"
    for other in (f"arn:aws:iam::{ACCOUNT}:role/admin", STRANGER):
        assert through(made, "eu-west-2-sts", action, other, "arn:aws:x:::") == "none"


def test_flow_logs_of_every_region_lie_in_one_bucket_at_home(made: Run) -> None:
    logs = made.all("aws:ec2/flowLog:FlowLog")
    assert {log.inputs["region"] for log in logs} == {"eu-west-2", NORTH}
    for log in logs:
        assert log.inputs["logDestination"] == f"arn:aws:s3:::qlz-sandbox-network-{ACCOUNT}"
        assert log.inputs["trafficType"] == "ALL"
        assert made.one("aws:s3/bucketPolicy:BucketPolicy", "network").urn in made.before(log)
    rules = made.one("aws:s3/bucketPolicy:BucketPolicy", "network").document("policy")
    target = f"arn:aws:s3:::qlz-sandbox-network-{ACCOUNT}/AWSLogs/{ACCOUNT}/x"
    right = {
        "aws:SourceAccount": ACCOUNT,
        "aws:SourceArn": f"arn:aws:logs:{NORTH}:{ACCOUNT}:*",
        "s3:x-amz-acl": "bucket-owner-full-control",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
    }
    service = "delivery.logs.amazonaws.com"
    assert decide([rules], Request("s3:PutObject", target, right, service)) == "allow"
    for key, wrong in (
        ("aws:SourceAccount", "999999999999"),
        ("aws:SourceArn", "arn:aws:logs:us-east-1:1:*"),
    ):
        assert decide([rules], Request("s3:PutObject", target, {**right, key: wrong}, service)) == "none"
    person = {**right, "aws:PrincipalIsAWSService": "false"}
    assert decide([rules], Request("s3:PutObject", target, person, RESEARCHER)) == "deny"


def test_nobody_comes_in_before_the_network_is_whole(made: Run) -> None:
    whole = {r.urn for r in made.cloud if r.type.startswith(("aws:ec2/", "aws:vpc/"))}
    for kind in GRANTS:
        if role := [r for r in made.all("aws:iam/role:Role") if r.name == kind]:
            parts = {urn for urn in whole if "RouteTable:" not in urn}
            assert parts <= made.before(role[0]), kind
    for provider in made.all("aws:iam/samlProvider:SamlProvider"):
        assert {e.urn for e in made.all(ENDPOINT)} <= made.before(provider)


def ec2(kind: str, region: str = "eu-west-2") -> str:
    return f"arn:aws:ec2:{region}:{ACCOUNT}:{kind}/x-1"


NEW: dict[str, Any] = {"aws__RequestTag___environment": "sandbox"}
OWN: dict[str, Any] = {"aws__ResourceTag___environment": "sandbox"}


def test_the_pipeline_makes_the_network_and_no_way_out(apply: Role) -> None:
    for region in ("eu-west-2", NORTH):
        assert apply.may("ec2:CreateVpc", ec2("vpc", region), aws__RequestedRegion=region, **NEW)
        assert apply.may("ec2:CreateSubnet", ec2("subnet", region), **NEW)
        assert apply.may("ec2:CreateSubnet", ec2("vpc", region), **OWN)
        braket = f"com.amazonaws.{region}.braket"
        endpoint = ec2("vpc-endpoint", region)
        assert apply.may("ec2:CreateVpcEndpoint", endpoint, ec2__VpceServiceName=braket, **NEW)
        assert apply.may("ec2:CreateVpcEndpoint", ec2("security-group", region), **OWN)
    assert apply.may("ec2:CreateTags", ec2("vpc"), ec2__CreateAction="CreateVpc", **NEW)
    assert apply.may("ec2:RevokeSecurityGroupEgress", ec2("security-group"))
    for action in (
        *(
            "ec2:CreateInternetGateway",
            "ec2:AttachInternetGateway",
            "ec2:CreateNatGateway",
            "ec2:CreateRoute",
        ),
        *("ec2:CreateVpcPeeringConnection", "ec2:AcceptVpcPeeringConnection", "ec2:RunInstances"),
        *("ec2:CreateTransitGatewayVpcAttachment", "ec2:AttachVpnGateway", "ec2:AllocateAddress"),
        "ec2:CreateEgressOnlyInternetGateway",
    ):
        assert decide(apply.identity, Request(action, ec2("vpc"), {})) == "deny", action


def test_every_endpoint_of_the_network_is_one_the_pipeline_may_make(made: Run, apply: Role) -> None:
    for endpoint in made.all(ENDPOINT):
        named, region = endpoint.inputs["serviceName"], endpoint.inputs["region"]
        there = ec2("vpc-endpoint", region)
        assert apply.may("ec2:CreateVpcEndpoint", there, ec2__VpceServiceName=named, **NEW), named


@pytest.mark.parametrize(
    "service",
    [
        "com.amazonaws.vpce.eu-west-2.vpce-svc-0123456789abcdef0",  # anybody's
        "com.amazonaws.eu-west-2.execute-api",  # behind which is anybody's, too
        "com.amazonaws.eu-north-1.s3",  # data lives at home
    ],
)
def test_an_endpoint_to_anything_else_would_be_a_way_out(apply: Role, service: str) -> None:
    for tags in (NEW, OWN, {**NEW, **OWN}):
        context = {"ec2__VpceServiceName": service, **tags}
        assert not apply.may("ec2:CreateVpcEndpoint", ec2("vpc-endpoint"), **context)


def test_the_pipeline_touches_no_other_network(apply: Role) -> None:
    other: dict[str, Any] = {"aws__ResourceTag___environment": "dev"}
    for action, kind in (
        ("ec2:DeleteVpc", "vpc"),
        ("ec2:CreateSubnet", "vpc"),
        ("ec2:ModifyVpcEndpoint", "vpc-endpoint"),
        ("ec2:AuthorizeSecurityGroupIngress", "security-group"),
        ("ec2:CreateVpcEndpoint", "subnet"),
        ("ec2:CreateTags", "vpc"),
    ):
        for tags in (other, {}, {**other, **NEW}):
            assert not apply.may(action, ec2(kind), **tags), (action, tags)
    assert not apply.may("ec2:CreateVpc", ec2("vpc"))
    assert not apply.may("ec2:CreateVpc", ec2("vpc", "us-east-1"), **NEW)


def test_without_a_network_nobody_may_make_one(operators: dict[str, Role]) -> None:
    for role in operators.values():
        assert not role.may("ec2:CreateVpc", ec2("vpc"), **NEW)
        assert not role.may("ec2:CreateVpcEndpoint", ec2("vpc-endpoint"), **NEW)


def test_projects_pipelines_change_no_network() -> None:
    found = roles_of(run_environment(network=ARGS), {})
    for kind in set(GRANTS) - {"environment-apply"}:
        role = Role(found[kind].arn, found[kind].identity, None, found[kind].tags)
        for action in (
            "ec2:ModifyVpcEndpoint",
            "ec2:DeleteVpcEndpoints",
            "ec2:AuthorizeSecurityGroupIngress",
        ):
            assert not role.may(action, ec2("vpc-endpoint"), **OWN), (kind, action)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cidr": "10.40.0.1/20"}, "host bits"),
        ({"cidr": "10.0.0.0/15"}, "/16 to /22"),
        ({"cidr": "10.40.0.0/23"}, "/16 to /22"),
        ({"cidr": "100.64.0.0/20"}, "not private"),
        ({"cidr": "8.8.0.0/16"}, "not private"),
        ({"zones": ("a",)}, "2 or 3"),
        ({"zones": ("a", "a")}, "2 or 3"),
        ({"zones": ("a", "z")}, "a letter"),
        ({"flow_log_days": 0}, "days"),
    ],
)
def test_what_aws_refuses_or_nobody_wants_is_refused_first(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        run_environment(network=NetworkArgs(**{"cidr": "10.40.0.0/20", **changes}))


def test_an_endpoint_for_everyone_names_an_account() -> None:
    def allow(**conditions: Any) -> Statement:
        return Statement(
            "All",
            "Allow",
            principals=EVERYONE,
            actions=("s3:GetObject",),
            resources=("arn:aws:s3:::x",),
            **conditions,
        )

    named = {"conditions": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}
    assert json.loads(policy(Kind.ENDPOINT, (allow(**named),)))
    with pytest.raises(PolicyError, match="public in a bucket policy"):
        policy(Kind.BUCKET, (allow(**named),))
    for wrong in ({}, {"conditions": {"StringEquals": {"aws:PrincipalAccount": "*"}}}):
        with pytest.raises(PolicyError, match="public"):
            allow(**wrong)


def test_the_boundary_submits_through_endpoints_only() -> None:
    boundary = run_environment(network=ARGS).one("aws:iam/policy:Policy", "boundary").document("policy")
    job = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
    context = {"aws:PrincipalArn": RESEARCHER, "aws:RequestedRegion": "eu-west-2"}
    task = "braket:CreateQuantumTask"
    assert decide([boundary], Request(task, TASK, context)) == "deny"
    tagged = {
        **context,
        "aws:SourceVpce": "vpce-1",
        "aws:RequestTag/project": "a",
        "aws:PrincipalTag/project": "a",
    }
    assert decide([boundary], Request(task, TASK, tagged)) == "allow"
    from_job = {key: value for key, value in tagged.items() if key != "aws:SourceVpce"} | {
        "aws:PrincipalArn": job
    }
    assert decide([boundary], Request(task, TASK, from_job)) == "allow"
    plain = run_environment().one("aws:iam/policy:Policy", "boundary").document("policy")
    assert "SourceVpce" not in json.dumps(plain)
    assert PLACE.environment == "sandbox"

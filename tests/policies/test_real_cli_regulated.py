"""Under the real Pulumi CLI: a program that goes round the walls of a regulated project makes nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from policy_packs.controls.registry import regulated_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.policies.test_real_cli import SENTENCES, STACK, Run, run

pytestmark = [
    pytest.mark.cli,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]
HEAD = """
import json
import pulumi
import pulumi_aws as aws

ACCOUNT = "333344445555"
provider = aws.Provider("aws", region="eu-west-2", allowed_account_ids=[ACCOUNT])
here = pulumi.ResourceOptions(provider=provider)
kept = pulumi.ResourceOptions(provider=provider, protect=True)
tags = {
    "project": "optimus", "environment": "prod", "tier": "regulated-production", "end-date": "2029-10-31",
    "owner": "optimus-team@example.org", "cost-centre": "CC-2040", "classification": "internal",
}
def policy(effect, action, resource, **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
freeze = aws.iam.Policy(
    "freeze", name="qlz-optimus-prod-freeze", path="/qlz/prod/optimus/", policy=policy("Deny", "*", "*"),
    tags=tags, opts=here,
)
"""
BYPASSES = """
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags=tags, opts=here)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=tags, opts=here)
out = {"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}
aws.ec2.RouteTable("out", vpc_id=vpc.id, routes=[out], tags=tags, opts=here)
public = aws.ec2.Subnet(
    "public", vpc_id=vpc.id, cidr_block="10.0.0.0/24", map_public_ip_on_launch=True, tags=tags, opts=here
)
group = aws.ec2.SecurityGroup("group", name="group", vpc_id=vpc.id, tags=tags, opts=here)
https = {"security_group_id": group.id, "ip_protocol": "tcp", "from_port": 443, "to_port": 443}
aws.vpc.SecurityGroupIngressRule("open", cidr_ipv4="0.0.0.0/0", opts=here, **https)
aws.vpc.SecurityGroupEgressRule("halves", cidr_ipv4="128.0.0.0/1", opts=here, **https)
inside = {"vpc_id": vpc.id, "vpc_endpoint_type": "Interface", "subnet_ids": [public.id]}
inside |= {"security_group_ids": [group.id], "private_dns_enabled": True, "tags": tags}
aws.ec2.VpcEndpoint("bare", service_name="com.amazonaws.eu-west-2.braket", opts=here, **inside)
aws.ec2.VpcEndpoint(
    "wide", service_name="com.amazonaws.eu-west-2.kms", opts=here, **inside,
    policy=policy("Allow", "kms:Decrypt", "*", Principal="*"),
)
aws.ec2.VpcEndpoint("other", service_name="com.amazonaws.eu-west-2.ec2", policy="{}", opts=here, **inside)
material = pulumi.Output.secret("c2VjcmV0IG1hdGVyaWFsIG9mIDMyIGJ5dGVzIGhlcmU=")
held = aws.kms.ExternalKey("held", key_material_base64=material, tags=tags, opts=kept)
theirs = aws.kms.Key("theirs", enable_key_rotation=True, tags=tags, opts=kept)
role = aws.iam.Role(
    "role", name="role", tags=tags, opts=here,
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"},
        "Action": "sts:AssumeRoleWithSAML",
    }}),
)
GARNET = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
submit = policy("Allow", "braket:CreateQuantumTask", GARNET)
aws.iam.RolePolicy("submit", name="submit", role=role.name, policy=submit, opts=here)
lock = policy("Deny", ["braket:CreateQuantumTask", "braket:CreateJob"], "*", Condition={
    "StringNotEquals": {"aws:SourceVpce": "vpce-0bad"}, "Bool": {"aws:SecureTransport": "false"},
})
aws.iam.RolePolicy("sham-lock", name="sham-lock", role=role.name, policy=lock, opts=here)
aws.sagemaker.NotebookInstance(
    "notebook", name="notebook", instance_type="ml.t3.medium", role_arn=role.arn, tags=tags, opts=here
)
bucket = aws.s3.Bucket("bucket", bucket="bucket", tags=tags, opts=kept)
aws.s3.BucketReplicationConfig("drain", bucket=bucket.bucket, role=role.arn, opts=here, rules=[{
    "id": "drain", "status": "Enabled", "priority": 1, "filter": {},
    "destination": {"bucket": "arn:aws:s3:::drop"}, "delete_marker_replication": {"status": "Enabled"},
}])
aws.cloudwatch.MetricAlarm(
    "silent", name="silent", comparison_operator="GreaterThanThreshold", evaluation_periods=1, opts=here,
    alarm_actions=["arn:aws:sns:eu-west-2:999999999999:elsewhere"],
)
"""


@pytest.fixture(scope="module")
def bypassing(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("regulated"), HEAD + BYPASSES, "optimus-prod")


def test_what_complies_is_created(tmp_path: Path) -> None:
    """Without this, the tests below would also pass where nothing can be created at all."""
    done = run(tmp_path, HEAD + SENTENCES, "optimus-prod", leaves=True)
    assert (done.code, done.created) == (0, ("freeze",)), done.output


def test_nothing_is_created(bypassing: Run) -> None:
    assert bypassing.code != 0
    assert bypassing.created == ()


def test_no_material_is_shown(bypassing: Run) -> None:
    assert "c2VjcmV0" not in bypassing.output


@pytest.mark.parametrize(
    ("control", "resource", "what"),
    [
        (
            "qlz-t2-private-network",
            "gateway (aws:ec2/internetGateway:InternetGateway)",
            "leads to the internet",
        ),
        ("qlz-t2-private-network", "out (aws:ec2/routeTable:RouteTable)", "routes out of the network"),
        ("qlz-t2-private-network", "public (aws:ec2/subnet:Subnet)", "addresses of the internet"),
        ("qlz-t2-private-network", "vpc (aws:ec2/vpc:Vpc)", "default group is not emptied"),
        (
            "qlz-t2-closed-groups",
            "open (aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule)",
            "outside",
        ),
        (
            "qlz-t2-closed-groups",
            "halves (aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule)",
            "outside",
        ),
        ("qlz-t2-private-endpoints", "bare (aws:ec2/vpcEndpoint:VpcEndpoint)", "has no policy"),
        ("qlz-t2-private-endpoints", "wide (aws:ec2/vpcEndpoint:VpcEndpoint)", "not of account 333344445555"),
        ("qlz-t2-private-endpoints", "other (aws:ec2/vpcEndpoint:VpcEndpoint)", "no service projects use"),
        ("qlz-k2-own-material", "held (aws:kms/externalKey:ExternalKey)", "lies in the state"),
        ("qlz-k2-own-material", "theirs (aws:kms/key:Key)", "AWS makes its material"),
        ("qlz-w3-private-submission", "role (aws:iam/role:Role)", "from outside the private network"),
        (
            "qlz-t2-hardened-notebooks",
            "notebook (aws:sagemaker/notebookInstance:NotebookInstance)",
            "is root",
        ),
        (
            "qlz-t2-hardened-notebooks",
            "notebook (aws:sagemaker/notebookInstance:NotebookInstance)",
            "no subnet",
        ),
        (
            "qlz-c2-own-archive",
            "drain (aws:s3/bucketReplicationConfig:BucketReplicationConfig)",
            "not of this stack",
        ),
        ("qlz-c2-results-retention", "bucket (aws:s3/bucket:Bucket)", "never ends"),
        (
            "qlz-l4-alarm-targets",
            "silent (aws:cloudwatch/metricAlarm:MetricAlarm)",
            "no topic of this account",
        ),
    ],
)
def test_each_wall_is_named(bypassing: Run, control: str, resource: str, what: str) -> None:
    text = " ".join(bypassing.output.split())
    assert any(what in part.split("Why:")[0] for part in text.split(f"{control}: {resource}: ")[1:]), text


def test_a_stack_file_that_cannot_be_read_is_stopped_by_what_was_listed_as_off(tmp_path: Path) -> None:
    """Its policies were listed by the tier that the configuration tells, in which they are off."""
    file = f"stacks/Pulumi.{STACK}.yaml"
    written = (PROJECT_ROOT / file).read_text(encoding="utf-8")
    mystery = written.replace("  qlz:spec:\n", "  qlz:spec:\n    mystery: 1\n")
    done = run(tmp_path, f"import pulumi\n{SENTENCES}", STACK, files={file: mystery})
    assert done.code != 0
    assert not done.created
    off = [each.id for each in regulated_controls() if each.judge is None and each.cloud != "azure"]
    assert off
    for control in off:
        assert re.search(rf"\[mandatory\].*{control}\b", done.output), control

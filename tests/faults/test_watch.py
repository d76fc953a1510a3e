"""The watch sees what it is there to see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.local_cloud import LocalCloud
from tests.faults.watch import Protection, Watch

pytestmark = pytest.mark.cloud
REGION = "eu-west-2"


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    cloud = LocalCloud.ensure(tmp_path)
    try:
        yield Watch(cloud.endpoint, "111122223333", REGION, Protection())
    finally:
        cloud.stop()


def act(watch: Watch, service: str, operation: str, **params: Any) -> dict[str, Any]:
    """Make a call, and let the watch look, as after every call."""
    client = watch.client(service)
    (method,) = (m for m, name in client.meta.method_to_api_mapping.items() if name == operation)
    answer = dict(getattr(client, method)(**params))
    watch.after(REGION, service, operation, params)
    return answer


def test_a_way_out_of_a_network_is_seen(watch: Watch) -> None:
    vpc = act(watch, "ec2", "CreateVpc", CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
    group = act(watch, "ec2", "CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    assert watch.found == []
    act(watch, "ec2", "CreateInternetGateway")
    world = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    act(watch, "ec2", "AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[world])
    assert [text.split()[0] for text in watch.found] == ["CreateInternetGateway", "g:"]


def test_an_endpoint_that_lets_all_through_is_seen(watch: Watch) -> None:
    vpc = act(watch, "ec2", "CreateVpc", CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
    narrow = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Principal": "*",
        "Resource": "arn:aws:s3:::mine/*",
    }
    asked = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "VpcEndpointType": "Gateway"}
    act(watch, "ec2", "CreateVpcEndpoint", **asked, PolicyDocument=json.dumps({"Statement": [narrow]}))
    assert watch.found == []
    wide = {**narrow, "Action": "*", "Resource": "*"}
    act(watch, "ec2", "CreateVpcEndpoint", **asked, PolicyDocument=json.dumps({"Statement": [wide]}))
    assert watch.found == [f"com.amazonaws.{REGION}.s3 lets everything through"]


def test_a_secret_without_a_key_is_seen(watch: Watch) -> None:
    act(watch, "secretsmanager", "CreateSecret", Name="open")
    assert watch.found == ["open is kept without a key of ours"]


def test_a_granted_role_without_its_lock_is_seen(watch: Watch) -> None:
    watch.meant = Protection(locks={"r": {"arn:aws:iam::111122223333:policy/lock"}})
    watch.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    grant = {"Effect": "Allow", "Action": "braket:GetDevice", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    act(watch, "iam", "PutRolePolicy", RoleName="r", PolicyName="p", PolicyDocument=document)
    assert len(watch.found) == 1
    assert "without ['arn:aws:iam::111122223333:policy/lock']" in watch.found[0]

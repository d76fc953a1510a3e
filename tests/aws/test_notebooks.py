from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import trust
from tests.aws.strategies import few, tags, words

NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
SCRIPTS = "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
Boto = Callable[..., Any]


def named(boto: Boto, made: Made) -> dict[str, str]:
    told = boto("sagemaker").list_tags(ResourceArn=made.outputs["arn"])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in told}


@pytest.fixture
def surroundings(peer: Peer, name: str) -> Iterator[dict[str, Any]]:
    """Inputs of a notebook that is cut off from the internet, and what they need."""
    role = {"name": name, "assumeRolePolicy": trust("sagemaker.amazonaws.com")}
    made = [("aws:iam/role:Role", peer.create("aws:iam/role:Role", role))]
    made.append(("aws:ec2/vpc:Vpc", peer.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.50.0.0/16"})))
    inside = {"vpcId": made[1][1].id, "cidrBlock": "10.50.1.0/24"}
    made.append(("aws:ec2/subnet:Subnet", peer.create("aws:ec2/subnet:Subnet", inside)))
    group = {"vpcId": made[1][1].id, "name": name}
    made.append(
        ("aws:ec2/securityGroup:SecurityGroup", peer.create("aws:ec2/securityGroup:SecurityGroup", group))
    )
    yield {
        "name": name,
        "roleArn": made[0][1].outputs["arn"],
        "directInternetAccess": "Disabled",
        "subnetId": made[2][1].id,
        "securityGroups": [made[3][1].id],
        "kmsKeyId": KEY,
        "instanceType": "ml.t3.medium",
    }
    for token, resource in reversed(made):
        peer.delete(token, resource)


@few
@given(
    root=st.sampled_from(["Enabled", "Disabled"]),
    volume=st.integers(6, 100),
    one=tags,
    two=st.dictionaries(words, words, min_size=1, max_size=3),
)
def test_notebook(
    peer: Peer,
    boto: Boto,
    surroundings: dict[str, Any],
    root: str,
    volume: int,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    scripts = peer.create(SCRIPTS, {"name": f"{surroundings['name']}-s", "onStart": "ZWNobyBoaQ=="})
    first = {**surroundings, "tags": one}
    second = {
        **surroundings,
        "instanceType": "ml.m5.xlarge",
        "rootAccess": root,
        "volumeSize": volume,
        "lifecycleConfigName": scripts.id,
        "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
        "defaultCodeRepository": "https://example.org/code.git",
        "tags": {**two, "more!": "x"},
    }

    def look(made: Made) -> None:
        found = boto("sagemaker").describe_notebook_instance(NotebookInstanceName=made.id)
        assert found["NotebookInstanceArn"] == made.outputs["arn"]
        assert found["NotebookInstanceStatus"] == "InService"
        assert found["DirectInternetAccess"] == "Disabled"
        assert (found["RootAccess"], found["VolumeSizeInGB"]) == (
            made.inputs["rootAccess"],
            made.inputs["volumeSize"],
        )
        assert (found["SubnetId"], found["SecurityGroups"]) == (
            surroundings["subnetId"],
            surroundings["securityGroups"],
        )
        assert (found["RoleArn"], found["KmsKeyId"]) == (surroundings["roleArn"], KEY)
        assert found["InstanceType"] == made.inputs["instanceType"]
        version = found["InstanceMetadataServiceConfiguration"]["MinimumInstanceMetadataServiceVersion"]
        assert version == ("2" if "lifecycleConfigName" in made.inputs else "1")
        assert found.get("NotebookInstanceLifecycleConfigName") == made.inputs.get("lifecycleConfigName")
        assert found.get("DefaultCodeRepository") == made.inputs.get("defaultCodeRepository")
        assert named(boto, made) == made.inputs["tags"]

    whole_life(peer, NOTEBOOK, first, second, look)
    whole_life(peer, NOTEBOOK, {**second, "volumeSize": 5}, {**first, "volumeSize": 5}, look)
    peer.delete(SCRIPTS, scripts)


@few
@given(one=st.binary(min_size=1, max_size=99), two=st.binary(min_size=1, max_size=99), few_tags=tags)
def test_lifecycle_configuration(
    peer: Peer, boto: Boto, name: str, one: bytes, two: bytes, few_tags: dict[str, str]
) -> None:
    first = {"name": name, "onCreate": base64.b64encode(one).decode(), "tags": few_tags}
    second = {"name": name, "onStart": base64.b64encode(two).decode(), "tags": {**few_tags, "more!": "x"}}

    def look(made: Made) -> None:
        found = boto("sagemaker").describe_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=name
        )
        for ours, theirs in (("onCreate", "OnCreate"), ("onStart", "OnStart")):
            asked = made.inputs.get(ours)
            assert found[theirs] == ([{"Content": asked}] if asked else [])
        assert named(boto, made) == made.inputs["tags"]

    whole_life(peer, SCRIPTS, first, second, look)


def test_what_aws_refuses(peer: Peer, boto: Boto, surroundings: dict[str, Any]) -> None:
    with pytest.raises(grpc.RpcError, match="Could not access the role"):
        peer.create(NOTEBOOK, {**surroundings, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/none"})
    with pytest.raises(grpc.RpcError, match=r"InvalidSubnetID\.NotFound"):
        peer.create(NOTEBOOK, {**surroundings, "subnetId": "subnet-00000000"})
    with pytest.raises(grpc.RpcError, match="Unable to describe Notebook Instance Lifecycle Config"):
        peer.create(NOTEBOOK, {**surroundings, "lifecycleConfigName": "none"})
    made = peer.create(NOTEBOOK, surroundings)
    with pytest.raises(grpc.RpcError, match="duplicate Notebook Instance"):
        peer.create(NOTEBOOK, surroundings)
    with pytest.raises(ClientError, match=r"not in \(\[Stopped\]\)"):
        boto("sagemaker").delete_notebook_instance(NotebookInstanceName=made.id)
    assert "volumeSize" not in peer.diff(NOTEBOOK, made, {**surroundings, "volumeSize": 6}).replaces
    grown = peer.update(NOTEBOOK, made, {**surroundings, "volumeSize": 6})
    assert "volumeSize" in peer.diff(NOTEBOOK, grown, {**surroundings, "volumeSize": 5}).replaces
    peer.delete(NOTEBOOK, grown)


PLAIN = {"name": "n", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "instanceType": "ml.t3.medium"}


@pytest.mark.parametrize(
    ("token", "inputs", "named_", "said"),
    [
        (NOTEBOOK, {**PLAIN, "directInternetAccess": "Disabled"}, "subnetId", "is required when"),
        (NOTEBOOK, {**PLAIN, "securityGroups": ["sg-1"]}, "subnetId", "is required with"),
        (NOTEBOOK, {**PLAIN, "rootAccess": "off"}, "rootAccess", "must be one of"),
        (NOTEBOOK, {**PLAIN, "volumeSize": 4}, "volumeSize", "between 5 and"),
        (NOTEBOOK, {**PLAIN, "instanceType": "t3.medium"}, "instanceType", "must be such as"),
        (NOTEBOOK, {**PLAIN, "name": "-n"}, "name", "must be letters"),
        (SCRIPTS, {"name": "n", "onStart": "echo hi"}, "onStart", "in base64"),
    ],
)
def test_refused(peer: Peer, token: str, inputs: dict[str, Any], named_: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(token, inputs)
    assert said in refused.value.failures[named_]

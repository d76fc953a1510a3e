from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, policy
from tests.aws.strategies import few, tags, words

SECRET = "aws:secretsmanager/secret:Secret"
SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
KEY = "aws:kms/key:Key"
OWNER = policy(allow("secretsmanager:GetSecretValue", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
ANYBODY = policy(allow("secretsmanager:GetSecretValue", Principal="*"))
Boto = Callable[..., Any]


@pytest.fixture(scope="module")
def key(peer: Peer) -> str:
    return str(peer.create(KEY, {}).outputs["arn"])


@few
@given(one=words, two=words, first_tags=tags, second_tags=tags)
def test_secret(
    peer: Peer,
    boto: Boto,
    name: str,
    key: str,
    one: str,
    two: str,
    first_tags: dict[str, str],
    second_tags: dict[str, str],
) -> None:
    # Without a window the name is free again for the next example.
    secret = {"name": f"qlz/{name}", "recoveryWindowInDays": 0}
    first = {**secret, "description": one, "kmsKeyId": key, "tags": first_tags}
    second = {**secret, "description": f"{two}!", "kmsKeyId": key, "policy": OWNER, "tags": second_tags}
    third = {**secret, "policy": "{}"}

    def look(made: Made) -> None:
        found = boto("secretsmanager").describe_secret(SecretId=made.id)
        assert found["ARN"] == made.outputs["arn"]
        assert found["Name"] == made.inputs["name"]
        assert (found.get("Description") or None) == made.inputs.get("description")
        assert (found.get("KmsKeyId") or None) == made.inputs.get("kmsKeyId")
        told = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        assert told == made.inputs.get("tags", {})
        asked = made.inputs.get("policy", "{}")
        found_policy = (
            boto("secretsmanager").get_resource_policy(SecretId=made.id).get("ResourcePolicy", "{}")
        )
        assert json.loads(found_policy) == json.loads(asked)

    whole_life(peer, SECRET, first, second, look)
    whole_life(peer, SECRET, second, third, look)


def test_a_deleted_secret_keeps_its_name_for_the_window(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(SECRET, {"name": name, "recoveryWindowInDays": 7})
    peer.delete(SECRET, made)
    found = boto("secretsmanager").describe_secret(SecretId=made.id)
    assert (found["DeletedDate"] - found["CreatedDate"]).days in (6, 7)
    assert peer.read(SECRET, made) is None
    with pytest.raises(grpc.RpcError, match=r"InvalidRequestException.*scheduled for deletion"):
        peer.create(SECRET, {"name": name})


def test_without_a_window_it_is_gone_at_once(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(SECRET, {"name": name, "recoveryWindowInDays": 0})
    peer.delete(SECRET, made)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        boto("secretsmanager").describe_secret(SecretId=made.id)


@pytest.fixture
def secret(peer: Peer, name: str) -> Iterator[str]:
    made = peer.create(SECRET, {"name": name, "recoveryWindowInDays": 0})
    yield made.id
    peer.delete(SECRET, made)


def test_secret_policy(peer: Peer, boto: Boto, secret: str) -> None:
    first = {"secretArn": secret, "policy": OWNER, "blockPublicPolicy": True}
    closed = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
    denied = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": closed}
    second = {**first, "policy": policy(denied)}

    def look(made: Made) -> None:
        found = boto("secretsmanager").get_resource_policy(SecretId=secret)["ResourcePolicy"]
        assert json.loads(found) == json.loads(made.inputs["policy"])

    whole_life(peer, SECRET_POLICY, first, second, look)
    assert "ResourcePolicy" not in boto("secretsmanager").get_resource_policy(SecretId=secret)


def test_a_secret_leaves_the_policy_of_another_resource_alone(peer: Peer, boto: Boto, name: str) -> None:
    inputs = {"name": name, "recoveryWindowInDays": 0}
    made = peer.create(SECRET, inputs)
    attached = peer.create(SECRET_POLICY, {"secretArn": made.id, "policy": OWNER})
    peer.update(SECRET, made, {**inputs, "description": "changed"})
    assert boto("secretsmanager").get_resource_policy(SecretId=made.id)["ResourcePolicy"] == OWNER
    peer.delete(SECRET_POLICY, attached)
    peer.delete(SECRET, made)


def test_a_public_policy_is_blocked(peer: Peer, secret: str) -> None:
    inputs = {"secretArn": secret, "policy": ANYBODY}
    with pytest.raises(grpc.RpcError, match="PublicPolicyException"):
        peer.create(SECRET_POLICY, {**inputs, "blockPublicPolicy": True})
    peer.delete(SECRET_POLICY, peer.create(SECRET_POLICY, inputs))


def test_principals_must_exist(peer: Peer, secret: str) -> None:
    absent = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}
    document = policy(allow("secretsmanager:GetSecretValue", Principal=absent))
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicyDocumentException.*role/absent does not exist"):
        peer.create(SECRET_POLICY, {"secretArn": secret, "policy": document})


@pytest.mark.parametrize(
    ("more", "named", "said"),
    [
        ({"recoveryWindowInDays": 3}, "recoveryWindowInDays", "between 7 and 30 days, or 0"),
        ({"recoveryWindowInDays": 31}, "recoveryWindowInDays", "between 7 and 30 days, or 0"),
        ({"name": "with space"}, "name", "must be letters"),
        ({"policy": policy(allow("secretsmanager:*"))}, "policy", "must have a Principal"),
        ({"policy": OWNER + " " * 20480}, "policy", "at most 20480"),
        ({"replicas": [{"region": "us-east-1"}]}, "replicas", "not played"),
        ({"type": "SalesforceClientSecret"}, "type", "not played"),
    ],
)
def test_refused(peer: Peer, more: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(SECRET, {"name": "secret", **more})
    assert said in refused.value.failures[named]


def test_an_empty_policy_is_none_for_secret_policy(peer: Peer) -> None:
    with pytest.raises(CheckFailed, match="Statement"):
        peer.check(SECRET_POLICY, {"secretArn": "arn:aws:secretsmanager:x:1:secret:s", "policy": "{}"})

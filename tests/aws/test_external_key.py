from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, key_policy, policy
from tests.aws.strategies import few, tags, words

KEY = "aws:kms/externalKey:ExternalKey"
ALIAS = "aws:kms/alias:Alias"
Boto = Callable[..., Any]


@few
@given(one=words, two=words, first_tags=tags, second_tags=tags)
def test_key(
    peer: Peer,
    boto: Boto,
    one: str,
    two: str,
    first_tags: dict[str, str],
    second_tags: dict[str, str],
) -> None:
    first = {"description": one, "tags": first_tags}
    second = {
        "description": f"{two}!",
        "policy": key_policy("braket.amazonaws.com"),
        "enabled": False,
        "tags": second_tags,
    }

    def look(made: Made) -> None:
        found = boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]
        assert found["Arn"] == made.outputs["arn"] == f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{made.id}"
        assert (found["Origin"], found["KeyState"], found["Enabled"]) == ("EXTERNAL", "PendingImport", False)
        assert (made.outputs["keyState"], made.outputs["enabled"]) == ("PendingImport", False)
        assert found["Description"] == made.inputs["description"]
        told = boto("kms").list_resource_tags(KeyId=made.id)["Tags"]
        assert {tag["TagKey"]: tag["TagValue"] for tag in told} == made.inputs["tags"]
        if "policy" in made.inputs:
            text = boto("kms").get_key_policy(KeyId=made.id, PolicyName="default")["Policy"]
            assert text == made.inputs["policy"]

    whole_life(peer, KEY, first, second, look)


def test_it_waits_for_its_material(peer: Peer, boto: Boto) -> None:
    made = peer.create(KEY, {})
    for switch in (boto("kms").enable_key, boto("kms").disable_key):
        with pytest.raises(ClientError, match="KMSInvalidStateException"):
            switch(KeyId=made.id)
    assert boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]["KeyState"] == "PendingImport"
    peer.delete(KEY, made)


def test_it_can_have_an_alias(peer: Peer, name: str) -> None:
    made = peer.create(KEY, {})
    alias = peer.create(ALIAS, {"name": f"alias/{name}", "targetKeyId": made.outputs["arn"]})
    assert alias.outputs["targetKeyArn"] == made.outputs["arn"]
    peer.delete(ALIAS, alias)
    peer.delete(KEY, made)


def test_a_deleted_key_waits_for_its_window(peer: Peer, boto: Boto) -> None:
    made = peer.create(KEY, {"deletionWindowInDays": 7})
    peer.delete(KEY, made)
    found = boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert found["KeyState"] == "PendingDeletion"
    assert (found["DeletionDate"] - found["CreationDate"]).days in (6, 7)


def test_principals_must_exist(peer: Peer) -> None:
    absent = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicyDocumentException.*role/absent does not exist"):
        peer.create(KEY, {"policy": policy(allow("kms:Decrypt", Principal=absent))})


def test_material_is_refused_and_never_quoted(peer: Peer) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(KEY, {"keyMaterialBase64": "c2VjcmV0"})
    assert "belongs in no program" in refused.value.failures["keyMaterialBase64"]
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize(
    ("inputs", "named", "said"),
    [
        ({"enabled": True}, "enabled", "without material"),
        ({"deletionWindowInDays": 6}, "deletionWindowInDays", "between 7 and 30 days"),
        ({"validTo": "2027-01-01T00:00:00Z"}, "validTo", "when the material is imported"),
        ({"keySpec": "AES"}, "keySpec", "must be one of"),
        ({"policy": policy(allow("kms:*"))}, "policy", "must have a Principal"),
    ],
)
def test_refused(peer: Peer, inputs: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(KEY, inputs)
    assert said in refused.value.failures[named]

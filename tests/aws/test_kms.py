from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.aws.clients import aws_error
from rehearsal.aws.model import UNKNOWN
from rehearsal.provider import wire
from tests.aws.conftest import Faults
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, half_made, known, whole_life
from tests.aws.policies import ROOT, allow, key_policy, policy
from tests.aws.strategies import few, words

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
Boto = Callable[..., Any]


@few
@given(
    first=st.fixed_dictionaries(
        {},
        optional={
            "description": words,
            "enableKeyRotation": st.booleans(),
            "isEnabled": st.booleans(),
            "tags": st.dictionaries(words, words, max_size=3),
        },
    ),
    description=words,
)
def test_key(peer: Peer, boto: Boto, first: dict[str, Any], description: str) -> None:
    second = {**first, "description": f"{description}!", "policy": key_policy("braket.amazonaws.com")}

    def look(made: Made) -> None:
        asked = {"description": "", "isEnabled": True, "enableKeyRotation": False, "tags": {}, **made.inputs}
        found = boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]
        assert found["Arn"] == made.outputs["arn"] == f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{made.id}"
        assert found["Description"] == asked["description"]
        assert found["Enabled"] == asked["isEnabled"]
        rotation = boto("kms").get_key_rotation_status(KeyId=made.id)["KeyRotationEnabled"]
        assert rotation == asked["enableKeyRotation"]
        tags = boto("kms").list_resource_tags(KeyId=made.id)["Tags"]
        assert {tag["TagKey"]: tag["TagValue"] for tag in tags} == asked["tags"]
        if "policy" in asked:
            text = boto("kms").get_key_policy(KeyId=made.id, PolicyName="default")["Policy"]
            assert text == asked["policy"]

    whole_life(peer, KEY, first, second, look)


def test_a_deleted_key_waits_for_its_window(peer: Peer, boto: Boto) -> None:
    made = peer.create(KEY, {"deletionWindowInDays": 7})
    peer.delete(KEY, made)
    found = boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert found["KeyState"] == "PendingDeletion"
    assert (found["DeletionDate"] - found["CreationDate"]).days in (6, 7)


def test_what_only_the_cloud_knows_is_unknown_at_preview(peer: Peer) -> None:
    said = wire.decode(peer.preview(KEY, {"description": "d"})).values
    assert said["keyId"] is UNKNOWN
    assert said["arn"] is UNKNOWN
    assert said["description"] == "d"
    assert said["region"] == "eu-west-2"


def test_principals_must_exist(peer: Peer, boto: Boto) -> None:
    absent = f"arn:aws:iam::{ACCOUNT}:role/absent"
    document = policy(ROOT, allow("kms:Decrypt", Principal={"AWS": absent}))
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicyDocumentException.*role/absent does not exist"):
        peer.create(KEY, {"policy": document})
    elsewhere = absent.replace(ACCOUNT, "999999999999")
    made = peer.create(KEY, {"policy": policy(ROOT, allow("kms:Decrypt", Principal={"AWS": elsewhere}))})
    peer.delete(KEY, made)


@pytest.mark.parametrize(
    ("inputs", "named", "said"),
    [
        ({"deletionWindowInDays": 6}, "deletionWindowInDays", "between 7 and 30 days"),
        ({"deletionWindowInDays": 31}, "deletionWindowInDays", "between 7 and 30 days"),
        ({"rotationPeriodInDays": 89, "enableKeyRotation": True}, "rotationPeriodInDays", "90 and 2560"),
        ({"rotationPeriodInDays": 90}, "rotationPeriodInDays", "needs enableKeyRotation"),
        (
            {"enableKeyRotation": True, "customerMasterKeySpec": "RSA_2048"},
            "enableKeyRotation",
            "SYMMETRIC_DEFAULT only",
        ),
        ({"policy": "not json"}, "policy", "must be JSON"),
        ({"policy": policy(allow("kms:*"))}, "policy", "must have a Principal"),
        ({"policy": key_policy() + " " * 32768}, "policy", "at most 32768"),
        ({"enableKeyRotation": "yes"}, "enableKeyRotation", "true or false"),
        ({"desciption": "d"}, "desciption", "nearest: description"),
        ({"customKeyStoreId": "cks-1"}, "customKeyStoreId", "not played"),
        ({"tags": {"aws:mine": "x"}}, "tags", "may not begin with aws:"),
    ],
)
def test_refused(peer: Peer, inputs: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(KEY, inputs)
    assert said in refused.value.failures[named]


def test_alias(peer: Peer, boto: Boto, name: str) -> None:
    one, other = peer.create(KEY, {}), peer.create(KEY, {})

    def look(made: Made) -> None:
        found = boto("kms").describe_key(KeyId=made.id)["KeyMetadata"]
        assert found["KeyId"] == made.inputs["targetKeyId"]
        assert made.outputs["targetKeyArn"] == found["Arn"]
        assert made.outputs["arn"] == f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/{name}"

    alias = {"name": f"alias/{name}"}
    whole_life(peer, ALIAS, {**alias, "targetKeyId": one.id}, {**alias, "targetKeyId": other.id}, look)


@pytest.mark.parametrize("wrong", ["results", "alias/aws/results", "alias/with space"])
def test_alias_names(peer: Peer, wrong: str) -> None:
    with pytest.raises(CheckFailed):
        peer.check(ALIAS, {"name": wrong, "targetKeyId": "k"})


def test_a_name_is_never_made_up(peer: Peer) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(ALIAS, {"targetKeyId": "k"})
    assert "names here are deterministic" in refused.value.failures["name"]


def test_a_half_made_key_is_kept_and_mended(faulty: Peer, faults: Faults, boto: Boto) -> None:
    faults.fail(
        "kms", "EnableKeyRotation", aws_error("EnableKeyRotation", "ThrottlingException", "slow down")
    )
    with pytest.raises(grpc.RpcError) as failed:
        faulty.create(KEY, {"enableKeyRotation": True})
    detail = half_made(failed.value)
    assert "ThrottlingException: slow down" in detail.reasons[0]
    outputs = wire.decode(detail.properties).values
    assert outputs["arn"] == boto("kms").describe_key(KeyId=detail.id)["KeyMetadata"]["Arn"]
    assert outputs["enableKeyRotation"] is False

    faults.heal()
    made = Made(detail.id, wire.decode(detail.inputs).values, outputs, None)
    mended = faulty.update(KEY, made, {"enableKeyRotation": True})
    assert boto("kms").get_key_rotation_status(KeyId=detail.id)["KeyRotationEnabled"]
    faulty.delete(KEY, mended)


def test_a_failed_creation_leaves_nothing(faulty: Peer, faults: Faults, boto: Boto) -> None:
    faults.fail("kms", "CreateKey", aws_error("CreateKey", "LimitExceededException", "too many"))
    before = {key["KeyId"] for key in boto("kms").list_keys()["Keys"]}
    with pytest.raises(
        grpc.RpcError, match=r"aws:kms/key:Key it: CreateKey: LimitExceededException: too many"
    ):
        faulty.create(KEY, {})
    assert {key["KeyId"] for key in boto("kms").list_keys()["Keys"]} == before


def test_known_at_preview_of_an_update(peer: Peer) -> None:
    made = peer.create(KEY, {})
    said = known(peer.update(KEY, made, {"description": "new"}, preview=True).raw)
    assert said["arn"] == made.outputs["arn"]
    peer.delete(KEY, made)

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, half_made, whole_life
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


def wrapped(parameters: dict[str, Any], material: bytes) -> dict[str, Any]:
    """What the holder of the material sends: wrapped with the public key that was given for it."""
    public: Any = load_der_public_key(parameters["PublicKey"])
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    encrypted = public.encrypt(material, oaep)
    return {"ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": encrypted}


def parameters_for(kms: Any, key: str) -> dict[str, Any]:
    wrapping = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    answer: dict[str, Any] = kms.get_parameters_for_import(KeyId=key, **wrapping)
    return answer


def imported(kms: Any, key: str, material: bytes, **more: Any) -> None:
    sent = wrapped(parameters_for(kms, key), material)
    model = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"} if "ValidTo" not in more else {}
    kms.import_key_material(KeyId=key, **sent, **model, **more)


MATERIAL = bytes(range(32))


def test_the_ceremony(peer: Peer, boto: Boto) -> None:
    """From PendingImport to Enabled by AWS's own calls, and the program says so afterwards."""
    kms = boto("kms")
    made = peer.create(KEY, {"description": "own"})
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        kms.generate_data_key(KeyId=made.id, KeySpec="AES_256")
    with pytest.raises(grpc.RpcError, match=r"KMSInvalidStateException.*is pending import") as early:
        peer.update(KEY, made, {"description": "own", "enabled": True})
    assert half_made(early.value).id == made.id

    imported(kms, made.id, MATERIAL)
    found = kms.describe_key(KeyId=made.id)["KeyMetadata"]
    assert (found["KeyState"], found["Enabled"]) == ("Enabled", True)
    assert found["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    data = kms.generate_data_key(KeyId=made.id, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]

    # A program that says nothing leaves the key as its holder left it; one that says enabled finds it so.
    again = peer.update(KEY, made, {"description": "still own"})
    assert (again.outputs["enabled"], again.outputs["keyState"]) == (True, "Enabled")
    said = peer.update(KEY, again, {"description": "still own", "enabled": True})
    assert (said.outputs["enabled"], said.outputs["expirationModel"]) == (
        True,
        "KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    off = peer.update(KEY, said, {"description": "still own", "enabled": False})
    assert kms.describe_key(KeyId=made.id)["KeyMetadata"]["KeyState"] == "Disabled"
    assert off.outputs["keyState"] == "Disabled"
    kms.delete_imported_key_material(KeyId=made.id)
    assert kms.describe_key(KeyId=made.id)["KeyMetadata"]["KeyState"] == "PendingImport"
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        kms.decrypt(CiphertextBlob=data["CiphertextBlob"])
    with pytest.raises(ClientError, match="IncorrectKeyMaterialException"):
        imported(kms, made.id, bytes(32))
    imported(kms, made.id, MATERIAL)
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    peer.delete(KEY, off)


def test_material_that_expires(peer: Peer, boto: Boto) -> None:
    kms, made = boto("kms"), peer.create(KEY, {})
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    imported(kms, made.id, MATERIAL, ValidTo=until)
    read = peer.read(KEY, made)
    assert read is not None
    assert read.inputs == made.inputs
    assert read.outputs["validTo"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read.outputs["expirationModel"] == "KEY_MATERIAL_EXPIRES"
    peer.delete(KEY, made)


def test_the_next_material(peer: Peer, boto: Boto) -> None:
    """Rotation as docs/own-key-material.md tells it: what was encrypted before still opens."""
    kms, made = boto("kms"), peer.create(KEY, {})
    following = bytes(reversed(range(32)))
    with pytest.raises(ClientError, match="is pending import"):
        imported(kms, made.id, following, ImportType="NEW_KEY_MATERIAL")
    imported(kms, made.id, MATERIAL)
    before = kms.encrypt(KeyId=made.id, Plaintext=b"before")["CiphertextBlob"]
    with pytest.raises(ClientError, match="No available key material pending rotation"):
        kms.rotate_key_on_demand(KeyId=made.id)
    with pytest.raises(ClientError, match="had this material before"):
        imported(kms, made.id, MATERIAL, ImportType="NEW_KEY_MATERIAL")
    imported(kms, made.id, following, ImportType="NEW_KEY_MATERIAL")
    kms.rotate_key_on_demand(KeyId=made.id)
    after = kms.encrypt(KeyId=made.id, Plaintext=b"after")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=before)["Plaintext"] == b"before"
    assert kms.decrypt(CiphertextBlob=after)["Plaintext"] == b"after"
    assert len(kms.list_key_rotations(KeyId=made.id)["Rotations"]) == 1
    with pytest.raises(ClientError, match="IncorrectKeyMaterialException"):
        imported(kms, made.id, MATERIAL)
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.decrypt(CiphertextBlob=after[:-1] + bytes([after[-1] ^ 1]))
    peer.delete(KEY, made)


def test_only_what_fits_is_imported(peer: Peer, boto: Boto) -> None:
    kms, made = boto("kms"), peer.create(KEY, {})
    other = peer.create(KEY, {})
    never = {"KeyId": made.id, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    sent = wrapped(parameters_for(kms, made.id), MATERIAL)
    wrong = {**sent, "EncryptedKeyMaterial": sent["EncryptedKeyMaterial"][::-1]}
    with pytest.raises(ClientError, match="InvalidImportTokenException"):
        kms.import_key_material(**{**never, "KeyId": other.id}, **sent)
    with pytest.raises(ClientError, match="InvalidCiphertextException"):
        kms.import_key_material(**never, **wrong)
    with pytest.raises(ClientError, match="ValidTo goes with"):
        kms.import_key_material(KeyId=made.id, **sent)
    with pytest.raises(ClientError, match=r"IncorrectKeyMaterialException.*256 bits; has 128"):
        imported(kms, made.id, bytes(16))
    assert kms.describe_key(KeyId=made.id)["KeyMetadata"]["KeyState"] == "PendingImport"
    plain = kms.create_key()["KeyMetadata"]["KeyId"]
    with pytest.raises(ClientError, match=r"UnsupportedOperationException.*origin is AWS_KMS"):
        parameters_for(kms, plain)
    for key in (made, other):
        peer.delete(KEY, key)


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

"""Own key material, as docs/own-key-material.md tells it: made without, imported by a person, then used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rehearsal.aws.clients import Cloud
from rehearsal.local_cloud import LocalCloud
from tests.qlz.conftest import Ran, Workplace

PROJECT = "optimus-prod"
FILE = f"stacks/Pulumi.{PROJECT}.yaml"
KEY = "      material: own\n"


def grant(what: str, hours: int = 4) -> str:
    now = datetime.now(UTC)
    return f"""\
      - what: {what}
        requester: ada@example.org
        approver: grace@example.org
        reason: The first material is to be imported.
        ticket: QLZ-17
        start: "{now:%Y-%m-%dT%H:%M:%SZ}"
        end: "{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
"""


@pytest.fixture(scope="module")
def regulated(make_workplace: Callable[[], Workplace]) -> Workplace:
    """The regulated project, whose key awaits its material; somebody may import it."""
    work = make_workplace()
    text = (work.root / FILE).read_text(encoding="utf-8")
    granted = "".join(map(grant, ("rotate-key", "change-quota", "production-queue")))
    (work.root / FILE).write_text(f"{text}    elevation:\n{granted}", encoding="utf-8")
    ran = work.qlz("rehearse", "up", "prod-optimus", PROJECT, "--json")
    assert ran.code == 0, ran.err
    return work


def ceremony(kms: Any, key: str, material: bytes) -> None:
    """Steps 3 to 5."""
    told = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_4096"
    )
    public: Any = load_der_public_key(told["PublicKey"])
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    kms.import_key_material(
        KeyId=key,
        ImportToken=told["ImportToken"],
        EncryptedKeyMaterial=public.encrypt(material, oaep),
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )


def test_the_ceremony(regulated: Workplace) -> None:
    cloud = LocalCloud.find(regulated.home / "embedded")
    assert cloud is not None
    aws = Cloud(cloud.endpoint, "333344445555")
    kms, s3 = aws.client("kms", "eu-west-2"), aws.client("s3", "eu-west-2")
    key, bucket = "alias/qlz/prod/optimus", "amazon-braket-optimus-prod-333344445555"

    def state() -> str:
        found: str = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        return found

    assert state() == "PendingImport"
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        kms.generate_data_key(KeyId=key, KeySpec="AES_256")  # as S3 asks for each result

    ceremony(kms, kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"], bytes(range(32)))
    assert state() == "Enabled"
    today = datetime.now(UTC).date()
    days = f'      imported: "{today}"\n      rotate_by: "{today + timedelta(days=365)}"\n'
    regulated.edit(FILE, KEY, KEY + days)

    ran: Ran = regulated.qlz("rehearse", "up", PROJECT, "--json")
    assert ran.code == 0, ran.err
    assert state() == "Enabled"
    (done,) = ran.document["stacks"]
    assert f"by {today + timedelta(days=365)}" in done["outputs"]["keyNextStep"]
    again = regulated.qlz("rehearse", "preview", PROJECT, "--json")
    assert again.code == 0, again.err
    assert set(again.document["stacks"][0]["changes"]) == {"same"}

    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    # What S3 encrypts every result with; its policy lets nobody else write here.
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    told = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert told == done["outputs"]["keyArn"] == kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]

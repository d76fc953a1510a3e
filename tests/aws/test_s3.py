from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, policy
from tests.aws.strategies import few, tags

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
Boto = Callable[..., Any]


@pytest.fixture
def bucket(peer: Peer, name: str) -> Iterator[str]:
    made = peer.create(BUCKET, {"bucket": name, "forceDestroy": True})
    yield name
    peer.delete(BUCKET, made)


@pytest.fixture
def locked(peer: Peer, name: str) -> Iterator[str]:
    made = peer.create(BUCKET, {"bucket": f"{name}-l", "objectLockEnabled": True, "forceDestroy": True})
    yield made.id
    peer.delete(BUCKET, made)


@few
@given(
    region=st.sampled_from(["eu-west-2", "us-east-1", "eu-north-1"]), lock=st.booleans(), one=tags, two=tags
)
def test_bucket(
    peer: Peer, boto: Boto, name: str, region: str, lock: bool, one: dict[str, str], two: dict[str, str]
) -> None:
    def look(made: Made) -> None:
        s3 = boto("s3", region)
        assert (s3.get_bucket_location(Bucket=name)["LocationConstraint"] or "us-east-1") == region
        found = s3.get_bucket_tagging(Bucket=name)["TagSet"] if made.inputs["tags"] else []
        assert {tag["Key"]: tag["Value"] for tag in found} == made.inputs["tags"]
        versioned = s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
        assert versioned == made.outputs["objectLockEnabled"] == lock
        assert made.outputs["arn"] == f"arn:aws:s3:::{name}"
        assert made.outputs["bucketRegion"] == made.outputs["region"] == region
        assert made.outputs["bucketRegionalDomainName"] == f"{name}.s3.{region}.amazonaws.com"

    first = {"bucket": name, "region": region, "objectLockEnabled": lock, "tags": one}
    whole_life(peer, BUCKET, first, {**first, "tags": {**two, "more": "x"}}, look)


@pytest.mark.parametrize(
    "wrong",
    ["ab", "Upper", "under_score", "a..b", "192.168.1.1", "-start", "end-", "x" * 64, "xn--x", "a-s3alias"],
)
def test_bucket_names(peer: Peer, wrong: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(BUCKET, {"bucket": wrong})
    assert "bucket" in refused.value.failures


@pytest.mark.parametrize(
    ("inline", "instead"),
    [
        ({"versioning": {"enabled": True}}, "aws.s3.BucketVersioning"),
        ({"lifecycleRules": []}, "aws.s3.BucketLifecycleConfiguration"),
        ({"policy": "{}"}, "aws.s3.BucketPolicy"),
        ({"bucketPrefix": "x"}, "use bucket"),
        ({"acl": "private"}, "BucketOwnershipControls"),
    ],
)
def test_settings_are_resources_of_their_own(peer: Peer, inline: dict[str, Any], instead: str) -> None:
    with pytest.raises(CheckFailed, match=instead):
        peer.check(BUCKET, {"bucket": "example", **inline})


def test_names_are_taken_once(peer: Peer, bucket: str) -> None:
    with pytest.raises(grpc.RpcError, match="BucketAlreadyOwnedByYou"):
        peer.create(BUCKET, {"bucket": bucket})


def test_a_bucket_with_content_is_kept_unless_forced(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(BUCKET, {"bucket": name})
    boto("s3").put_object(Bucket=name, Key="result.json", Body=b"{}")
    with pytest.raises(grpc.RpcError, match=r"aws:s3/bucket:Bucket it: DeleteBucket: BucketNotEmpty"):
        peer.delete(BUCKET, made)
    assert boto("s3").list_objects_v2(Bucket=name)["KeyCount"] == 1
    forced = peer.update(BUCKET, made, {"bucket": name, "forceDestroy": True})
    peer.delete(BUCKET, forced)
    assert peer.read(BUCKET, forced) is None


@pytest.mark.parametrize(("mode", "goes"), [("GOVERNANCE", True), ("COMPLIANCE", False)])
def test_locked_content(peer: Peer, boto: Boto, name: str, mode: str, goes: bool) -> None:
    bucket = f"{name}-{mode.lower()}"[:60].strip("-")
    made = peer.create(BUCKET, {"bucket": bucket, "objectLockEnabled": True})
    peer.create(LOCK, {"bucket": bucket, "rule": {"defaultRetention": {"mode": mode, "days": 1}}})
    boto("s3").put_object(Bucket=bucket, Key="log", Body=b"x", ChecksumAlgorithm="SHA256")
    with pytest.raises(grpc.RpcError, match="BucketNotEmpty"):
        peer.delete(BUCKET, made)
    forced = peer.update(BUCKET, made, {"bucket": bucket, "objectLockEnabled": True, "forceDestroy": True})
    if goes:
        peer.delete(BUCKET, forced)
        assert peer.read(BUCKET, forced) is None
    else:
        with pytest.raises(grpc.RpcError, match="AccessDenied"):
            peer.delete(BUCKET, forced)
        assert boto("s3").head_bucket(Bucket=bucket)


def test_versioning(peer: Peer, boto: Boto, bucket: str) -> None:
    def inputs(status: str) -> dict[str, Any]:
        return {"bucket": bucket, "versioningConfiguration": {"status": status}}

    made = peer.create(VERSIONING, inputs("Enabled"))
    assert boto("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    again = peer.read(VERSIONING, made)
    assert again is not None
    assert again.outputs == made.outputs
    made = peer.update(VERSIONING, made, inputs("Suspended"))
    assert boto("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    made = peer.update(VERSIONING, made, inputs("Enabled"))
    peer.delete(VERSIONING, made)
    assert boto("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"


def test_a_locked_bucket_stays_versioned(peer: Peer, boto: Boto, locked: str) -> None:
    enabled = {"bucket": locked, "versioningConfiguration": {"status": "Enabled"}}
    made = peer.create(VERSIONING, enabled)
    with pytest.raises(grpc.RpcError, match="An Object Lock configuration is present"):
        peer.update(VERSIONING, made, {**enabled, "versioningConfiguration": {"status": "Suspended"}})
    peer.delete(VERSIONING, made)
    assert boto("s3").get_bucket_versioning(Bucket=locked)["Status"] == "Enabled"


def encryption(**default: Any) -> dict[str, Any]:
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def test_encryption(peer: Peer, boto: Boto, bucket: str) -> None:
    key = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1234"

    def look(made: Made) -> None:
        found = boto("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        asked = made.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
        default = found[0]["ApplyServerSideEncryptionByDefault"]
        assert default["SSEAlgorithm"] == asked["sseAlgorithm"]
        assert default.get("KMSMasterKeyID") == asked.get("kmsMasterKeyId")
        assert found[0]["BucketKeyEnabled"] is True

    first = {"bucket": bucket, **encryption(sseAlgorithm="AES256")}
    second = {"bucket": bucket, **encryption(sseAlgorithm="aws:kms", kmsMasterKeyId=key)}
    whole_life(peer, ENCRYPTION, first, second, look)
    with pytest.raises(CheckFailed, match="needs sseAlgorithm aws:kms"):
        peer.check(ENCRYPTION, {"bucket": bucket, **encryption(sseAlgorithm="AES256", kmsMasterKeyId=key)})


FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
flags = st.fixed_dictionaries({name: st.booleans() for name in FLAGS})


@few
@given(first=flags)
def test_public_access_block(peer: Peer, boto: Boto, bucket: str, first: dict[str, bool]) -> None:
    def look(made: Made) -> None:
        found = boto("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert {name: found[name[0].upper() + name[1:]] for name in FLAGS} == {
            name: made.inputs[name] for name in FLAGS
        }

    second = {name: not value for name, value in first.items()}
    whole_life(peer, BLOCK, {"bucket": bucket, **first}, {"bucket": bucket, **second}, look)


def test_account_public_access_block(peer: Peer, boto: Boto) -> None:
    def look(made: Made) -> None:
        found = boto("s3control").get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"]
        assert found["BlockPublicAcls"] == made.inputs["blockPublicAcls"]
        assert found["RestrictPublicBuckets"] == made.inputs["restrictPublicBuckets"]
        assert made.id == made.outputs["accountId"] == ACCOUNT

    whole_life(peer, ACCOUNT_BLOCK, {"blockPublicAcls": True}, {"restrictPublicBuckets": True}, look)
    with pytest.raises(grpc.RpcError, match="AccessDenied"):
        peer.create(ACCOUNT_BLOCK, {"accountId": "999999999999"})


def test_ownership_controls(peer: Peer, boto: Boto, bucket: str) -> None:
    def look(made: Made) -> None:
        found = boto("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        assert found[0]["ObjectOwnership"] == made.inputs["rule"]["objectOwnership"]

    first = {"bucket": bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}}
    whole_life(peer, OWNERSHIP, first, {**first, "rule": {"objectOwnership": "ObjectWriter"}}, look)


def test_bucket_policy(peer: Peer, boto: Boto, bucket: str) -> None:
    def document(action: str, principal: Any = "*") -> str:
        return policy({**allow(action, f"arn:aws:s3:::{bucket}/*", Principal=principal), "Effect": "Deny"})

    def look(made: Made) -> None:
        assert boto("s3").get_bucket_policy(Bucket=bucket)["Policy"] == made.inputs["policy"]

    first = {"bucket": bucket, "policy": document("s3:PutObject")}
    whole_life(peer, POLICY, first, {**first, "policy": document("s3:GetObject")}, look)
    absent = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicy: Invalid principal.*role/absent"):
        peer.create(POLICY, {"bucket": bucket, "policy": document("s3:GetObject", absent)})


def test_policies_are_compared_by_meaning(peer: Peer, bucket: str) -> None:
    arn = f"arn:aws:s3:::{bucket}/*"
    one = allow(["s3:GetObject", "s3:PutObject"], arn, Principal={"AWS": ["*"]}, Sid="a")  # type: ignore[arg-type]
    other = dict(reversed(one.items())) | {"Action": ["s3:PutObject", "s3:GetObject"], "Principal": "*"}
    made = peer.create(POLICY, {"bucket": bucket, "policy": policy(one)})
    assert peer.diff(POLICY, made, {"bucket": bucket, "policy": policy(other) + "\n"}).changes == 1
    assert peer.diff(POLICY, made, {"bucket": bucket, "policy": policy({**one, "Sid": "b"})}).changes == 2


RULES = [
    {
        "id": "old-versions",
        "status": "Enabled",
        "filter": {"prefix": "results/"},
        "noncurrentVersionExpiration": {"noncurrentDays": 30},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    },
    {
        "id": "tagged",
        "status": "Disabled",
        "filter": {"and": {"prefix": "x/", "tags": {"project": "optimus", "Tier": "a"}}},
        "expiration": {"days": 90},
        "transitions": [
            {"days": 30, "storageClass": "STANDARD_IA"},
            {"days": 60, "storageClass": "GLACIER"},
        ],
        "noncurrentVersionTransitions": [{"noncurrentDays": 5, "storageClass": "GLACIER"}],
    },
    {"id": "all", "status": "Enabled", "expiration": {"expiredObjectDeleteMarker": True}},
    {
        "id": "one-tag",
        "status": "Enabled",
        "filter": {"tag": {"key": "k", "value": "v"}},
        "expiration": {"date": "2030-01-01T00:00:00Z"},
    },
]


def test_lifecycle(peer: Peer, boto: Boto, bucket: str) -> None:
    def look(made: Made) -> None:
        found = boto("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert [rule["ID"] for rule in found] == [rule["id"] for rule in made.inputs["rules"]]
        by_id = {rule["ID"]: rule for rule in found}
        assert by_id["old-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
        assert by_id["old-versions"]["Filter"] == {"Prefix": "results/"}
        if "tagged" in by_id:
            both = by_id["tagged"]["Filter"]["And"]
            assert {tag["Key"]: tag["Value"] for tag in both["Tags"]} == {"project": "optimus", "Tier": "a"}
            assert by_id["tagged"]["Transitions"][1]["StorageClass"] == "GLACIER"
            assert by_id["one-tag"]["Filter"]["Tag"] == {"Key": "k", "Value": "v"}

    whole_life(
        peer, LIFECYCLE, {"bucket": bucket, "rules": RULES}, {"bucket": bucket, "rules": RULES[:1]}, look
    )
    whole_life(
        peer, LIFECYCLE, {"bucket": bucket, "rules": RULES[:1]}, {"bucket": bucket, "rules": RULES}, look
    )


def test_what_the_cloud_does_not_keep_still_differs(peer: Peer, bucket: str) -> None:
    def inputs(newer: int) -> dict[str, Any]:
        kept = {"noncurrentDays": 3, "newerNoncurrentVersions": newer}
        return {
            "bucket": bucket,
            "rules": [{"id": "r", "status": "Enabled", "noncurrentVersionExpiration": kept}],
        }

    made = peer.create(LIFECYCLE, inputs(2))
    assert made.outputs["rules"][0]["noncurrentVersionExpiration"]["newerNoncurrentVersions"] == 2
    assert peer.diff(LIFECYCLE, made, inputs(2)).changes == 1
    assert peer.diff(LIFECYCLE, made, inputs(3)).changes == 2


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"id": "r", "status": "Enabled"}, "must have one of"),
        ({"id": "r", "status": "On", "expiration": {"days": 1}}, "must be one of Enabled"),
        ({"id": "r", "status": "Enabled", "expiration": {"days": 0}}, "between 1 and 36500"),
        ({"id": "r", "status": "Enabled", "expiration": {"day": 1}}, "nearest: days"),
        ({"id": "r", "status": "Enabled", "prefix": "x", "expiration": {"days": 1}}, "use filter"),
    ],
)
def test_refused_rules(peer: Peer, rule: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        peer.check(LIFECYCLE, {"bucket": "example", "rules": [rule]})


@few
@given(mode=st.sampled_from(["GOVERNANCE", "COMPLIANCE"]), days=st.integers(1, 36500))
def test_object_lock(peer: Peer, boto: Boto, locked: str, mode: str, days: int) -> None:
    made = peer.create(LOCK, {"bucket": locked, "rule": {"defaultRetention": {"mode": mode, "days": days}}})

    def retention() -> Any:
        found = boto("s3").get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]
        return found.get("Rule", {}).get("DefaultRetention")

    assert (retention()["Mode"], retention()["Days"]) == (mode, days)
    again = peer.read(LOCK, made)
    assert again is not None
    assert again.outputs == made.outputs
    years = {"bucket": locked, "rule": {"defaultRetention": {"mode": mode, "years": 2}}}
    made = peer.update(LOCK, made, years)
    assert retention()["Years"] == 2
    assert peer.diff(LOCK, made, years).changes == 1
    peer.delete(LOCK, made)
    assert retention() is None


def test_object_lock_needs_versions(peer: Peer, bucket: str) -> None:
    with pytest.raises(grpc.RpcError, match="InvalidBucketState"):
        peer.create(LOCK, {"bucket": bucket, "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}})
    both = {"mode": "GOVERNANCE", "days": 1, "years": 1}
    with pytest.raises(CheckFailed, match="days or years"):
        peer.check(LOCK, {"bucket": bucket, "rule": {"defaultRetention": both}})


def test_another_owner_is_refused(peer: Peer, bucket: str) -> None:
    other = {"bucket": bucket, "expectedBucketOwner": "999999999999"}
    with pytest.raises(grpc.RpcError, match="AccessDenied"):
        peer.create(VERSIONING, {**other, "versioningConfiguration": {"status": "Enabled"}})

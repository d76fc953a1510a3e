from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.strategies import few, words

REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/copies"
KEY = f"arn:aws:kms:eu-north-1:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
Boto = Callable[..., Any]


@pytest.fixture
def buckets(peer: Peer, address: str, name: str) -> Iterator[tuple[str, str]]:
    """A source here and a destination in another region, both versioned."""
    north = Peer(address, region="eu-north-1")
    made = []
    for one, suffix in ((peer, "source"), (north, "copy")):
        bucket = f"{name[:40]}-{suffix}"
        made.append((one, BUCKET, one.create(BUCKET, {"bucket": bucket})))
        enabled = {"bucket": bucket, "versioningConfiguration": {"status": "Enabled"}}
        made.append((one, VERSIONING, one.create(VERSIONING, enabled)))
    yield made[0][2].id, made[2][2].id
    for one, token, resource in reversed(made):
        one.delete(token, resource)
    north.close()


def rule(to: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "everything",
        "status": "Enabled",
        "priority": 1,
        "filter": {},
        "deleteMarkerReplication": {"status": "Disabled"},
        "destination": {"bucket": f"arn:aws:s3:::{to}"},
        **more,
    }


def under_key(destination: str) -> dict[str, Any]:
    return {
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {
            "bucket": f"arn:aws:s3:::{destination}",
            "account": ACCOUNT,
            "storageClass": "GLACIER_IR",
            "encryptionConfiguration": {"replicaKmsKeyId": KEY},
            "accessControlTranslation": {"owner": "Destination"},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
            "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
        },
    }


@few
@given(prefix=words, tags=st.dictionaries(words, words, min_size=1, max_size=2), priority=st.integers(2, 99))
def test_replication(
    peer: Peer, boto: Boto, buckets: tuple[str, str], prefix: str, tags: dict[str, str], priority: int
) -> None:
    source, copy = buckets
    first = {"bucket": source, "role": ROLE, "rules": [rule(copy, filter={"prefix": prefix})]}
    tagged = rule(copy, filter={"and": {"prefix": prefix, "tags": tags}})
    keyed = rule(copy, id="under-key", priority=priority, **under_key(copy))
    second = {"bucket": source, "role": f"{ROLE}-2", "rules": [tagged, keyed]}

    def look(made: Made) -> None:
        found = boto("s3").get_bucket_replication(Bucket=source)["ReplicationConfiguration"]
        assert found["Role"] == made.inputs["role"]
        assert [one["ID"] for one in found["Rules"]] == [one["id"] for one in made.inputs["rules"]]
        assert [one["Priority"] for one in found["Rules"]] == [
            one["priority"] for one in made.inputs["rules"]
        ]
        assert {one["DeleteMarkerReplication"]["Status"] for one in found["Rules"]} == {"Disabled"}
        if len(found["Rules"]) == 1:
            assert found["Rules"][0]["Filter"] == {"Prefix": prefix}
            assert found["Rules"][0]["Destination"] == {"Bucket": f"arn:aws:s3:::{copy}"}
            return
        conjunction = found["Rules"][0]["Filter"]["And"]
        assert (conjunction["Prefix"], {one["Key"]: one["Value"] for one in conjunction["Tags"]}) == (
            prefix,
            tags,
        )
        assert found["Rules"][1]["SourceSelectionCriteria"] == {
            "SseKmsEncryptedObjects": {"Status": "Enabled"}
        }
        destination = found["Rules"][1]["Destination"]
        assert destination["EncryptionConfiguration"] == {"ReplicaKmsKeyID": KEY}
        assert (destination["Account"], destination["StorageClass"]) == (ACCOUNT, "GLACIER_IR")
        assert destination["AccessControlTranslation"] == {"Owner": "Destination"}
        assert destination["ReplicationTime"] == {"Status": "Enabled", "Time": {"Minutes": 15}}
        assert destination["Metrics"] == {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}

    whole_life(peer, REPLICATION, first, second, look)
    whole_life(peer, REPLICATION, second, first, look)


def test_what_aws_refuses(peer: Peer, buckets: tuple[str, str], name: str) -> None:
    source, copy = buckets
    asked = {"bucket": source, "role": ROLE}
    for destination, said in ((f"{name}-none", "must exist"), (source, "cannot be the source")):
        with pytest.raises(grpc.RpcError, match=said):
            peer.create(REPLICATION, {**asked, "rules": [rule(destination)]})
    plain = peer.create(BUCKET, {"bucket": f"{name}-plain"})
    with pytest.raises(grpc.RpcError, match=r"plain must have versioning enabled"):
        peer.create(REPLICATION, {**asked, "rules": [rule(plain.id)]})
    with pytest.raises(grpc.RpcError, match="Versioning must be 'Enabled'"):
        peer.create(REPLICATION, {**asked, "bucket": plain.id, "rules": [rule(copy)]})
    peer.delete(BUCKET, plain)


@pytest.mark.parametrize(
    ("changed", "named", "said"),
    [
        ({"id": None}, "rules[0].id", "deterministic"),
        ({"filter": None}, "rules[0].filter", "is required"),
        ({"priority": None}, "rules[0].priority", "is required"),
        ({"deleteMarkerReplication": None}, "rules[0].deleteMarkerReplication", "is required"),
        ({"prefix": "a"}, "rules[0].prefix", "use filter"),
        (
            {"sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}}},
            "rules[0].destination.encryptionConfiguration",
            "must be given",
        ),
        (
            {**under_key("b"), "sourceSelectionCriteria": None},
            "rules[0].sourceSelectionCriteria.sseKmsEncryptedObjects",
            "must be given with",
        ),
        ({"destination": {"bucket": "b"}}, "rules[0].destination.bucket", "must be an ARN of s3"),
    ],
)
def test_refused(peer: Peer, changed: dict[str, Any], named: str, said: str) -> None:
    given_ = {name: value for name, value in {**rule("b"), **changed}.items() if value is not None}
    with pytest.raises(CheckFailed) as refused:
        peer.check(REPLICATION, {"bucket": "a", "role": ROLE, "rules": [given_]})
    assert said in refused.value.failures[named]


def test_rules_are_told_apart(peer: Peer) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(REPLICATION, {"bucket": "a", "role": ROLE, "rules": [rule("b"), rule("c")]})
    assert set(refused.value.failures) == {"rules[1].id", "rules[1].priority"}

"""The archive: who copies what into it, who reads it, and when it ends (C2)."""

from __future__ import annotations

from typing import Any

import pytest

from components.args import ArgumentError
from tests.components.conftest import project_args, roles_of, run_project
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT, KEY_ID, Run

RESULTS = f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"
ROLES = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ARCHIVE = f"arn:aws:s3:::qlz-optimus-sandbox-archive-{ACCOUNT}"
EVERYTHING: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def kept() -> Run:
    return run_project(archive_days=365)


def test_there_is_none_unless_asked_for(up: Run) -> None:
    assert [made.name for made in up.all("aws:s3/bucket:Bucket")] == ["results"]
    assert not [made for made in up.made if "archive" in made.name or "backup" in made.name]


def test_it_is_closed_like_the_results_and_ends(kept: Run) -> None:
    parts = {made.type.split(":")[-1] for made in kept.cloud if made.name == "archive" and "s3/" in made.type}
    assert parts - {"BucketReplicationConfig"} == {
        made.type.split(":")[-1] for made in kept.cloud if made.name == "results" and "s3/" in made.type
    }
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    (rule,) = kept.one(kind, "archive").inputs["rules"]
    assert rule["expiration"]["days"] + rule["noncurrentVersionExpiration"]["noncurrentDays"] == 365
    assert kept.one("aws:s3/bucket:Bucket", "archive").protect


def test_s3_copies_every_result_under_the_projects_key_and_no_deletion(kept: Run) -> None:
    copying = kept.one(REPLICATION, "archive")
    assert copying.inputs["bucket"] == RESULTS.rpartition(":")[2]
    assert copying.inputs["role"] == f"{ROLES}backup"
    (rule,) = copying.inputs["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"] == {
        "bucket": ARCHIVE,
        "encryptionConfiguration": {
            "replicaKmsKeyId": f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{KEY_ID}-project"
        },
    }


def test_copying_begins_before_anybody_submits_and_after_what_it_needs(kept: Run) -> None:
    copying = kept.one(REPLICATION, "archive")
    before = kept.before(copying)
    for name in ("results", "archive"):
        for made in kept.cloud:
            if made.name == name and made.type.startswith("aws:s3/") and made is not copying:
                assert made.urn in before, made.urn
    attached = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    for name in ("backup-region-lock", "backup-device-lock", "backup-backup"):
        assert kept.one(attached, name).urn in before
    for grant in ("researcher-submit", "pipeline-submit", "job-run"):
        assert copying.urn in kept.before(kept.one(attached, grant))


def test_a_bucket_takes_nobody_in_before_it_encrypts(kept: Run) -> None:
    for name in ("results", "archive"):
        before = kept.before(kept.one("aws:s3/bucketPolicy:BucketPolicy", name))
        for type_ in (
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "bucketVersioning:BucketVersioning",
            "bucketPublicAccessBlock:BucketPublicAccessBlock",
            "bucketOwnershipControls:BucketOwnershipControls",
        ):
            assert kept.one(f"aws:s3/{type_}", name).urn in before


def may(kept: Run, role: Role, action: str, bucket: str, name: str, **more: Any) -> bool:
    rules = kept.one("aws:s3/bucketPolicy:BucketPolicy", name).document("policy")
    return role.may(action, f"{bucket}/x", resource_policy=rules, **more)


def test_only_s3s_role_adds_researchers_and_the_pipeline_read_nobody_deletes(
    kept: Run, boundary: dict[str, Any]
) -> None:
    for kind, role in roles_of(kept, boundary).items():
        reads = may(kept, role, "s3:GetObject", ARCHIVE, "archive")
        assert reads is (kind in ("researcher", "pipeline")), kind
        assert may(kept, role, "s3:ReplicateObject", ARCHIVE, "archive") is (kind == "backup"), kind
        for action in (
            *("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketPolicy"),
            *("s3:ReplicateDelete", "s3:ReplicateTags"),
        ):
            assert not may(kept, role, action, ARCHIVE, "archive"), (kind, action)
    strangers = roles_of(run_project("optimus-two", archive_days=365), boundary)
    for kind, action in (("researcher", "s3:GetObject"), ("backup", "s3:ReplicateObject")):
        assert not strangers[kind].may(action, f"{ARCHIVE}/x")


def test_s3s_role_reads_results_for_copies_and_for_nothing_else(kept: Run, boundary: dict[str, Any]) -> None:
    role = roles_of(kept, boundary)["backup"]
    for action, expected in (
        ("s3:GetObjectVersionForReplication", True),
        ("s3:GetObjectVersionAcl", True),
        ("s3:GetObject", False),
        ("s3:PutObject", False),
        ("s3:ReplicateObject", False),
        ("s3:DeleteObject", False),
    ):
        assert may(kept, role, action, RESULTS, "results") is expected, action
    for action in ("braket:CreateQuantumTask", "secretsmanager:GetSecretValue", "iam:PassRole"):
        assert not role.may(action, "arn:aws:x:::y")
    trust = kept.one("aws:iam/role:Role", "backup").document("assumeRolePolicy")
    assert [row["Principal"] for row in trust["Statement"]] == [{"Service": "s3.amazonaws.com"}]


@pytest.mark.parametrize(
    ("action", "context", "expected"),
    [
        ("kms:Decrypt", RESULTS, True),
        ("kms:Decrypt", f"{RESULTS}/task/results.json", True),
        ("kms:Decrypt", ARCHIVE, True),
        ("kms:Encrypt", ARCHIVE, True),
        ("kms:GenerateDataKey", ARCHIVE, True),
        ("kms:Encrypt", RESULTS, False),
        ("kms:Decrypt", RESULTS.replace("optimus", "optimus-two"), False),
    ],
)
def test_s3s_role_uses_the_key_for_the_two_buckets(
    kept: Run, boundary: dict[str, Any], action: str, context: str, expected: bool
) -> None:
    """IAM and the key's policy both have to say so: the key's statement names the account, and the role."""
    role = roles_of(kept, boundary)["backup"]
    asked: dict[str, Any] = {
        "kms:ViaService": "s3.eu-west-2.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": context,
        "kms:ResourceAliases": ["alias/qlz/sandbox/optimus"],
    }
    key = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{KEY_ID}"
    assert role.may(action, key, **asked) is expected
    rules = kept.one("aws:kms/key:Key", "project").document("policy")
    theirs = {**asked, "aws:PrincipalArn": role.arn}
    assert (
        decide([rules], Request(action, "*", theirs, f"arn:aws:iam::{ACCOUNT}:root")) == "allow"
    ) is expected


def test_administrators_and_braket_stay_out(kept: Run) -> None:
    service = "role/aws-service-role/braket.amazonaws.com/AWSServiceRoleForAmazonBraket"
    for name in ("role/admin", service):
        role = Role(f"arn:aws:iam::{ACCOUNT}:{name}", (EVERYTHING,), None, {})
        for action in (
            *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
            *("s3:ReplicateObject", "s3:ReplicateDelete"),
        ):
            assert not may(kept, role, action, ARCHIVE, "archive"), (name, action)


def test_a_destroy_may_empty_it_when_decommissioned() -> None:
    gone = run_project(archive_days=365, active=False).one("aws:s3/bucket:Bucket", "archive")
    assert gone.inputs["forceDestroy"] is True
    assert not gone.protect


@pytest.mark.parametrize("days", [90, 3651])
def test_refuses(days: int) -> None:
    project_args(archive_days=91)
    with pytest.raises(ArgumentError, match="91 to 3650 days"):
        project_args(archive_days=days)

"""The archive: what may be kept longer, by whom, and when it ends (C2)."""

from __future__ import annotations

from typing import Any

import pytest

from components.args import ArgumentError
from tests.components.conftest import project_args, roles_of, run_project
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run

ARCHIVE = f"arn:aws:s3:::qlz-optimus-sandbox-archive-{ACCOUNT}"
EVERYTHING: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def kept() -> Run:
    return run_project(archive_days=365)


def test_there_is_none_unless_asked_for(up: Run) -> None:
    assert [made.name for made in up.all("aws:s3/bucket:Bucket")] == ["results"]
    assert not [made for made in up.made if "archive" in made.name]


def test_it_is_closed_like_the_results_and_ends(kept: Run) -> None:
    parts = {made.type.split(":")[-1] for made in kept.cloud if made.name == "archive" and "s3/" in made.type}
    assert parts == {
        made.type.split(":")[-1] for made in kept.cloud if made.name == "results" and "s3/" in made.type
    }
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    (rule,) = kept.one(kind, "archive").inputs["rules"]
    assert rule["expiration"]["days"] + rule["noncurrentVersionExpiration"]["noncurrentDays"] == 365
    assert kept.one("aws:s3/bucket:Bucket", "archive").protect


def test_researchers_and_the_pipeline_write_and_read_it_and_nobody_deletes(
    kept: Run, boundary: dict[str, Any]
) -> None:
    rules = kept.one("aws:s3/bucketPolicy:BucketPolicy", "archive").document("policy")
    roles = roles_of(kept, boundary)
    for kind, role in roles.items():
        for action in ("s3:PutObject", "s3:GetObject"):
            may = role.may(action, f"{ARCHIVE}/x", resource_policy=rules)
            assert may is (kind in ("researcher", "pipeline")), (kind, action)
        for action in ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketPolicy"):
            assert not role.may(action, f"{ARCHIVE}/x", resource_policy=rules)
    strangers = roles_of(run_project("optimus-two", archive_days=365), boundary)
    assert not strangers["researcher"].may("s3:GetObject", f"{ARCHIVE}/x")


def test_administrators_and_braket_stay_out(kept: Run) -> None:
    rules = kept.one("aws:s3/bucketPolicy:BucketPolicy", "archive").document("policy")
    service = "role/aws-service-role/braket.amazonaws.com/AWSServiceRoleForAmazonBraket"
    for name in ("role/admin", service):
        role = Role(f"arn:aws:iam::{ACCOUNT}:{name}", (EVERYTHING,), None, {})
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"):
            assert not role.may(action, f"{ARCHIVE}/x", resource_policy=rules)


def test_a_destroy_may_empty_it_when_decommissioned() -> None:
    gone = run_project(archive_days=365, active=False).one("aws:s3/bucket:Bucket", "archive")
    assert gone.inputs["forceDestroy"] is True
    assert not gone.protect


@pytest.mark.parametrize("days", [90, 3651])
def test_refuses(days: int) -> None:
    project_args(archive_days=91)
    with pytest.raises(ArgumentError, match="91 to 3650 days"):
        project_args(archive_days=days)

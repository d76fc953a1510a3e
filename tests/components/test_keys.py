"""Keys: who administers cannot use, who uses cannot administer, and nobody gives use away (K2, K3, K7)."""

from __future__ import annotations

from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.environment_roles import RolesArgs
from components.braket.keys import ADMINISTRATION, ENVELOPE, KeyArgs
from components.braket.policy import OF_THIS_RESOURCE, Statement
from tests.components.conftest import PLACE, run_environment, run_project
from tests.components.iam import Request, decide
from tests.components.runner import ACCOUNT, Run

APPLY = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-environment-apply"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/apply"
USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant")
S3 = {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}
ROLES = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-"
BRAKET = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/braket.amazonaws.com/AWSServiceRoleForAmazonBraket"


def says(document: dict[str, Any], action: str, principal: str, **context: str) -> str:
    given = {"aws:PrincipalArn": principal, **context}
    return decide([document], Request(action, "this", given, principal))


def all_keys(found: Run) -> dict[str, dict[str, Any]]:
    return {made.name: made.document("policy") for made in found.all("aws:kms/key:Key")}


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    return {**all_keys(run_environment()), **all_keys(run_project())}


def test_every_key_is_customer_managed_and_rotates(environment: Run, project: Run) -> None:
    keys = [*environment.all("aws:kms/key:Key"), *project.all("aws:kms/key:Key")]
    assert {made.name for made in keys} == {"alerts", "jobs", "operational", "project", "security", "trail"}
    for made in keys:
        assert made.inputs["enableKeyRotation"] is True
        assert made.inputs["rotationPeriodInDays"] == 365
        assert made.inputs["deletionWindowInDays"] == 30
        assert "bypassPolicyLockoutSafetyCheck" not in made.inputs


def test_administrators_administer_and_cannot_use(documents: dict[str, dict[str, Any]]) -> None:
    for name, document in documents.items():
        administrator = ADMIN if name == "project" else APPLY
        for action in ADMINISTRATION:
            assert says(document, action, administrator) == "allow", (name, action)
        for action in USE:
            assert says(document, action, administrator, **S3) == "none", (name, action)
        assert says(document, "kms:PutKeyPolicy", "arn:aws:iam::999999999999:role/apply") == "none"


def test_named_administrators_are_the_only_ones(documents: dict[str, dict[str, Any]]) -> None:
    named = all_keys(run_project(key_administrators=(ADMIN,)))["project"]
    assert says(named, "kms:PutKeyPolicy", ADMIN) == "allow"
    assert says(named, "kms:PutKeyPolicy", f"arn:aws:iam::{ACCOUNT}:role/other") == "none"
    for name, document in documents.items():
        if name != "project":
            assert says(document, "kms:ScheduleKeyDeletion", ADMIN) == "none", name


def test_without_pipelines_whoever_administers_keys_in_the_account_does() -> None:
    for document in all_keys(run_environment(roles=RolesArgs())).values():
        assert says(document, "kms:PutKeyPolicy", ADMIN) == "allow"
        assert says(document, "kms:Decrypt", ADMIN, **S3) == "none"


def test_the_projects_key_serves_its_roles_through_s3_alone(documents: dict[str, dict[str, Any]]) -> None:
    document = documents["project"]
    job = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
    for action in ENVELOPE:
        for principal in (f"{ROLES}researcher", f"{ROLES}pipeline", job, BRAKET):
            assert says(document, action, principal, **S3) == "allow"
            assert says(document, action, principal) == "none", "not directly"
        for principal in (f"{ROLES}auditor", f"{ROLES.replace('optimus', 'optimus-two')}researcher", ADMIN):
            assert says(document, action, principal, **S3) == "none"
    assert BRAKET in str(document), "Braket's role is a principal by itself: IAM grants it no key"


def test_a_log_groups_key_serves_that_group_alone(documents: dict[str, dict[str, Any]]) -> None:
    groups = {
        "operational": PLACE.operational_log,
        "security": PLACE.security_log,
        "jobs": "/aws/braket/jobs",
    }
    logs = "logs.eu-west-2.amazonaws.com"
    for name in groups:
        for other, group in groups.items():
            context = {"kms:EncryptionContext:aws:logs:arn": PLACE.log_group_arn(group)}
            expected = "allow" if name == other else "none"
            assert says(documents[name], "kms:GenerateDataKey", logs, **context) == expected
        assert says(documents[name], "kms:Decrypt", logs) == "none"


def test_the_trails_key_serves_this_trail_alone(documents: dict[str, dict[str, Any]]) -> None:
    right = {"aws:SourceArn": PLACE.trail_arn, "kms:EncryptionContext:aws:cloudtrail:arn": PLACE.trail_arn}
    trail = "cloudtrail.amazonaws.com"
    assert says(documents["trail"], "kms:GenerateDataKey", trail, **right) == "allow"
    assert says(documents["trail"], "kms:Decrypt", trail, **right) == "none"
    for key in right:
        wrong = {**right, key: f"{PLACE.trail_arn}-two"}
        assert says(documents["trail"], "kms:GenerateDataKey", trail, **wrong) == "none"


def test_the_topics_key_serves_publishers_of_this_account(documents: dict[str, dict[str, Any]]) -> None:
    for service in ("cloudwatch.amazonaws.com", "budgets.amazonaws.com"):
        for account, expected in ((ACCOUNT, "allow"), ("999999999999", "none")):
            context = {"aws:SourceAccount": account}
            assert says(documents["alerts"], "kms:GenerateDataKey", service, **context) == expected


def test_a_user_who_could_administer_is_refused() -> None:
    both = Statement(
        "Both",
        "Allow",
        principals={"AWS": (ADMIN,)},
        actions=("kms:Decrypt", "kms:PutKeyPolicy"),
        resources=("*",),
        because=OF_THIS_RESOURCE,
    )
    with pytest.raises(ArgumentError, match=r"use alone \(K7\)"):
        KeyArgs(PLACE, "alias/x", "", {}, (both,))


def test_the_projects_key_comes_after_the_locks(project: Run) -> None:
    locks = {
        made.urn
        for made in project.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if made.name.endswith("-lock")
    }
    assert len(locks) == 10
    assert locks <= project.before(project.one("aws:kms/key:Key", "project"))

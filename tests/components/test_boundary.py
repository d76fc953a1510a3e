"""The boundary against somebody who has everything else: AdministratorAccess within it widens nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT

ADMINISTRATOR: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-researcher"
JOBS = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-"
TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1"
LOGS = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:"
SECRETS = f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:qlz/sandbox/"
QUOTAS = f"arn:aws:servicequotas:eu-west-2:{ACCOUNT}:"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"


@pytest.fixture
def attacker(boundary: dict[str, Any]) -> Role:
    return Role(ROLE, (ADMINISTRATOR,), boundary, {"project": "optimus"})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:DeleteRolePermissionsBoundary", ROLE),
        ("iam:PutRolePermissionsBoundary", ROLE),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"),
        ("iam:SetDefaultPolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"),
        ("iam:AttachRolePolicy", ROLE),
        ("iam:PutRolePolicy", ROLE),
        ("iam:DetachRolePolicy", ROLE),
        ("iam:UpdateAssumeRolePolicy", ROLE),
        ("iam:TagRole", ROLE),
        ("iam:UntagRole", ROLE),
        ("iam:TagRole", f"{JOBS}optimus-sandbox"),
        ("iam:AttachRolePolicy", f"{JOBS}optimus-sandbox"),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/free"),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/free"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/free"),
        ("iam:CreateServiceLinkedRole", f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x/y"),
        ("iam:CreateOpenIDConnectProvider", f"arn:aws:iam::{ACCOUNT}:oidc-provider/x"),
        ("iam:UpdateSAMLProvider", f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"),
        ("iam:PassRole", ROLE),
        ("iam:PassRole", f"{JOBS}optimus-two-sandbox"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("sts:AssumeRole", "arn:aws:iam::999999999999:role/elsewhere"),
        ("sts:TagSession", ROLE),
        ("sts:GetFederationToken", f"arn:aws:sts::{ACCOUNT}:federated-user/x"),
        ("kms:PutKeyPolicy", KEY),
        ("kms:CreateGrant", KEY),
        ("kms:CreateAlias", KEY),
        ("kms:UpdateAlias", f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/sandbox/optimus"),
        ("kms:ScheduleKeyDeletion", KEY),
        ("kms:DisableKey", KEY),
        ("kms:ReplicateKey", KEY),
        ("kms:EnableKeyRotation", KEY),
        ("kms:DeleteImportedKeyMaterial", KEY),
        ("kms:RevokeGrant", KEY),
        ("kms:TagResource", KEY),
        ("s3:GetObject", f"arn:aws:s3:::qlz-optimus-two-sandbox-archive-{ACCOUNT}/x"),
        ("secretsmanager:GetSecretValue", f"{SECRETS}optimus-two/secrets-aBcDeF"),
        ("secretsmanager:GetSecretValue", f"{SECRETS}optimus-two/optimus/secrets-aBcDeF"),
        ("secretsmanager:PutResourcePolicy", f"{SECRETS}optimus/secrets-aBcDeF"),
        ("secretsmanager:DeleteSecret", f"{SECRETS}optimus/secrets-aBcDeF"),
        ("servicequotas:RequestServiceQuotaIncrease", f"{QUOTAS}ec2/L-1"),
        ("s3:CreateBucket", "arn:aws:s3:::amazon-braket-eu-west-2-111122223333"),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"),
        ("s3:PutBucketPublicAccessBlock", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"),
        ("s3:PutAccountPublicAccessBlock", "*"),
        ("s3:PutObjectAcl", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x"),
        ("s3:CreateAccessPoint", "*"),
        ("s3:PutLifecycleConfiguration", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"),
        ("s3:GetObject", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}/x"),
        ("s3:DeleteObjectVersion", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}/x"),
        ("s3:GetObject", f"arn:aws:s3:::amazon-braket-optimus-two-sandbox-{ACCOUNT}/x"),
        ("s3:PutObject", "arn:aws:s3:::amazon-braket-elsewhere/x"),
        ("braket:CreateSpendingLimit", "*"),
        ("braket:UpdateSpendingLimit", "*"),
        ("braket:DeleteSpendingLimit", "*"),
        ("braket:AcceptUserAgreement", "*"),
        ("braket:UntagResource", TASK),
        ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-west-2:{ACCOUNT}:trail/qlz-sandbox"),
        ("cloudtrail:LookupEvents", "*"),
        ("logs:DeleteLogGroup", f"{LOGS}/qlz/sandbox/operational:*"),
        ("logs:DeleteLogStream", f"{LOGS}/aws/braket/jobs:log-stream:optimus--x"),
        ("logs:PutRetentionPolicy", f"{LOGS}/qlz/sandbox/operational:*"),
        ("logs:PutSubscriptionFilter", f"{LOGS}/aws/braket/jobs:*"),
        ("events:DisableRule", "*"),
        ("sns:Unsubscribe", "*"),
        ("lambda:CreateFunction", "*"),
        ("ec2:RunInstances", "*"),
        ("sagemaker:CreateNotebookInstance", "*"),
        ("ce:GetCostAndUsage", "*"),
        ("organizations:LeaveOrganization", "*"),
    ],
)  # fmt: skip
def test_an_administrator_within_it_cannot(attacker: Role, action: str, resource: str) -> None:
    context: dict[str, Any] = {
        "iam__PassedToService": "braket.amazonaws.com",
        "aws__RequestTag___project": "optimus",
        "aws__ResourceTag___project": "optimus",
        "kms__ResourceAliases": ["alias/qlz/sandbox/optimus"],
        "kms__ViaService": "s3.eu-west-2.amazonaws.com",
    }
    assert not attacker.may(action, resource, **context)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:DeleteRolePermissionsBoundary", ROLE),
        ("iam:AttachRolePolicy", f"{JOBS}optimus-sandbox"),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/free"),
        ("iam:SetDefaultPolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"),
        ("iam:UpdateSAMLProvider", f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"),
        ("iam:PassRole", f"{JOBS}optimus-two-sandbox"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("sts:AssumeRole", "arn:aws:iam::999999999999:role/elsewhere"),
        ("kms:PutKeyPolicy", KEY),
        ("kms:CreateGrant", KEY),
        ("kms:UpdateAlias", KEY),
        ("s3:CreateBucket", "arn:aws:s3:::amazon-braket-eu-west-2-111122223333"),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"),
        ("s3:PutBucketPublicAccessBlock", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"),
        ("s3:PutAccountPublicAccessBlock", "*"),
        ("braket:DeleteSpendingLimit", "*"),
        ("braket:AcceptUserAgreement", "*"),
        ("cloudtrail:StopLogging", "*"),
        ("logs:DeleteLogGroup", "*"),
        ("logs:PutRetentionPolicy", "*"),
        ("logs:PutSubscriptionFilter", "*"),
    ],
)
def test_it_denies_outright_what_a_resource_policy_might_grant(
    boundary: dict[str, Any], action: str, resource: str
) -> None:
    context: dict[str, str | list[str]] = {
        "aws:RequestedRegion": "eu-west-2",
        "aws:PrincipalTag/project": "optimus",
    }
    assert decide([boundary], Request(action, resource, context)) == "deny"


def test_it_leaves_the_project_its_work(attacker: Role) -> None:
    sv1 = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
    assert attacker.may("braket:CreateQuantumTask", sv1, TASK, aws__RequestTag___project="optimus")
    assert attacker.may("s3:GetObject", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x")


@pytest.mark.parametrize("tags", [{}, {"project": "optimus-two"}, {"project": "*"}])
def test_who_bears_another_tag_or_none_reaches_nothing_of_the_project(
    boundary: dict[str, Any], tags: dict[str, str]
) -> None:
    stranger = Role(ROLE, (ADMINISTRATOR,), boundary, tags)
    own: dict[str, Any] = {"kms__ViaService": "s3.eu-west-2.amazonaws.com"}
    assert not stranger.may("s3:GetObject", f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x")
    assert not stranger.may("braket:GetQuantumTask", TASK, aws__ResourceTag___project="optimus")
    assert not stranger.may("kms:Decrypt", KEY, kms__ResourceAliases=["alias/qlz/sandbox/optimus"], **own)
    assert not stranger.may(
        "logs:GetLogEvents",
        f"{LOGS}/aws/braket/jobs:log-stream:optimus--x/1",
    )


@pytest.mark.parametrize("region", ["us-east-1", "us-west-1", "us-west-2"])
def test_nothing_but_global_services_outside_the_region(attacker: Role, region: str) -> None:
    for action in ("braket:GetDevice", "braket:SearchDevices", "cloudwatch:PutMetricData"):
        context: dict[str, Any] = {"cloudwatch__namespace": "/aws/braket"}
        assert attacker.may(action, "*", **context)
        assert not attacker.may(action, "*", aws__RequestedRegion=region, **context)


def test_a_task_of_another_project_is_not_taken_by_tagging(attacker: Role) -> None:
    tag: dict[str, Any] = {"aws__RequestTag___project": "optimus"}
    assert attacker.may("braket:TagResource", TASK, **tag)
    assert not attacker.may("braket:TagResource", TASK, aws__ResourceTag___project="optimus-two", **tag)
    assert not attacker.may("braket:TagResource", TASK, aws__ResourceTag___project="optimus", **tag)


def test_a_key_that_is_not_the_projects_own_is_not_rotated(attacker: Role) -> None:
    own: dict[str, Any] = {"kms__ResourceAliases": ["alias/qlz/sandbox/optimus"]}
    other: dict[str, Any] = {"kms__ResourceAliases": ["alias/qlz/sandbox/_trail"]}
    assert attacker.may("kms:RotateKeyOnDemand", KEY, **own)
    assert not attacker.may("kms:RotateKeyOnDemand", KEY, **other)
    assert not attacker.may("kms:RotateKeyOnDemand", KEY)

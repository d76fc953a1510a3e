"""The project's resources, by what they mean: order, trust, bucket, tags, protection."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.conftest import PLACE, project_args, run_project
from tests.components.iam import Request, decide
from tests.components.runner import ACCOUNT, Run
from tests.components.test_environment import FOUR, TAGLESS

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
GITHUB = "token.actions.githubusercontent.com"
GRANTS = {
    "researcher": {"submit", "results", "set-secrets", "metadata", "logs", "billing"},
    "pipeline": {"submit", "results", "read-secrets", "metadata", "logs"},
    "auditor": {"metadata", "logs"},
    "job": {"run"},
    "elevated": set(),
}


def trust(found: Run, role: str, action: str, principal: str, **context: str) -> str:
    document = found.one("aws:iam/role:Role", role).document("assumeRolePolicy")
    return decide([document], Request(action, "", context, principal))


def test_everything_has_the_one_provider_and_its_tags(project: Run) -> None:
    (provider,) = project.all("pulumi:providers:aws")
    for made in project.cloud:
        assert made.provider.startswith(provider.urn), made.urn
        if made.type not in {
            *TAGLESS,
            ATTACHMENT,
            "aws:cloudwatch/eventTarget:EventTarget",
            "aws:secretsmanager/secretPolicy:SecretPolicy",
        }:
            assert made.inputs["tags"] == {
                "project": "optimus",
                "environment": "sandbox",
                "tier": "internal-research",
                "owner": "team@example.org",
                "cost-centre": "CC-2001",
                "classification": "internal",
                "end-date": "2027-12-31",
            }, made.urn


def test_every_role_has_the_boundary_and_a_bounded_session(project: Run) -> None:
    hours = {"researcher": 4, "auditor": 4, "elevated": 1, "pipeline": 1, "job": 1}
    roles = project.all("aws:iam/role:Role")
    assert {role.name for role in roles} == set(hours)
    for role in roles:
        assert role.inputs["permissionsBoundary"] == PLACE.boundary_arn
        assert role.inputs["maxSessionDuration"] == hours[role.name] * 3600


def test_nothing_owns_attachments_exclusively(project: Run) -> None:
    for role in project.all("aws:iam/role:Role"):
        assert not {"managedPolicyArns", "inlinePolicies"} & {*role.inputs, *role.unknown}
    assert not [made for made in project.made if "xclusive" in made.type]
    attached = {made.name.partition("-")[2] for made in project.all(ATTACHMENT)}
    assert "freeze" not in attached, "made, and attached only in an incident"
    assert project.one("aws:iam/policy:Policy", "freeze").document("policy")["Statement"] == [
        {"Sid": "Frozen", "Effect": "Deny", "Action": "*", "Resource": "*"}
    ]


@pytest.mark.parametrize("kind", sorted(GRANTS))
def test_locks_come_before_grants(project: Run, kind: str) -> None:
    locks = {project.one(ATTACHMENT, f"{kind}-{lock}").urn for lock in ("region-lock", "device-lock")}
    for grant in GRANTS[kind]:
        assert locks <= project.before(project.one(ATTACHMENT, f"{kind}-{grant}"))
    named = {made.name for made in project.all(ATTACHMENT) if made.name.startswith(f"{kind}-")}
    assert named == {f"{kind}-{grant}" for grant in {*GRANTS[kind], "region-lock", "device-lock"}}


def test_roles_are_made_when_the_locks_exist(project: Run) -> None:
    locks = {project.one("aws:iam/policy:Policy", lock).urn for lock in ("region-lock", "device-lock")}
    for role in project.all("aws:iam/role:Role"):
        assert locks <= project.before(role)


def test_nobody_is_granted_anything_before_the_bucket_is_closed(project: Run) -> None:
    closed = {made.urn for made in project.cloud if made.name == "results" and "s3/bucket" in made.type}
    assert len(closed) == 7
    for made in project.all(ATTACHMENT):
        if not made.name.endswith("-lock"):
            assert closed <= project.before(made), made.name


def test_the_results_bucket(project: Run) -> None:
    def part(kind: str) -> dict[str, Any]:
        return project.one(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}", "results").inputs

    assert part("Bucket")["bucket"] == f"amazon-braket-optimus-sandbox-{ACCOUNT}"
    assert part("Bucket")["forceDestroy"] is False
    assert part("BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert all(part("BucketPublicAccessBlock")[key] is True for key in FOUR)
    assert part("BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (rule,) = part("BucketLifecycleConfiguration")["rules"]
    assert rule["expiration"]["days"] + rule["noncurrentVersionExpiration"]["noncurrentDays"] == 90
    assert rule["filter"] == {"prefix": ""}


def test_results_are_encrypted_with_the_projects_key() -> None:
    found = run_project()
    (rule,) = found.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "results"
    ).inputs["rules"]
    default = rule["applyServerSideEncryptionByDefault"]
    assert default["sseAlgorithm"] == "aws:kms"
    assert default["kmsMasterKeyId"].endswith("-project")
    assert rule["bucketKeyEnabled"] is True
    assert found.one("aws:kms/alias:Alias", "project").inputs["name"] == "alias/qlz/sandbox/optimus"


@pytest.mark.parametrize("days", [2, 14, 15, 3650])
def test_results_are_gone_after_their_retention_in_all(days: int) -> None:
    found = run_project(retention_days=days)
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    (rule,) = found.one(kind, "results").inputs["rules"]
    assert rule["expiration"]["days"] >= 1
    assert rule["expiration"]["days"] + rule["noncurrentVersionExpiration"]["noncurrentDays"] == days


def test_protection_follows_the_lifecycle(project: Run) -> None:
    kept = {"aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:secretsmanager/secret:Secret"}
    assert all(made.protect for made in project.made if made.type in kept)
    gone = run_project(active=False)
    assert not any(made.protect or made.retain for made in gone.made)
    assert gone.one("aws:s3/bucket:Bucket", "results").inputs["forceDestroy"] is True
    rules = gone.one("aws:s3/bucketPolicy:BucketPolicy", "results").document("policy")
    context = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/apply", "aws:SecureTransport": "true"}
    target = f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x"
    assert decide([rules], Request("s3:DeleteObjectVersion", target, context)) == "none"
    assert decide([rules], Request("s3:GetObject", target, context)) == "deny"


def test_only_what_the_cloud_assigns_is_unknown_at_preview() -> None:
    found = run_project(preview=True)
    unknown = {(made.type.split(":")[-1], key) for made in found.cloud for key in made.unknown}
    assert unknown == {
        ("Alias", "targetKeyId"),
        ("BucketServerSideEncryptionConfiguration", "rules"),
        ("RolePolicyAttachment", "policyArn"),
        ("Secret", "kmsKeyId"),
        ("SecretPolicy", "secretArn"),
    }


@pytest.mark.parametrize("role", ["researcher", "auditor"])
def test_people_come_by_saml_for_the_console_only(project: Run, role: str) -> None:
    action, saml = "sts:AssumeRoleWithSAML", PLACE.saml_provider_arn("corporate")
    right = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    assert trust(project, role, action, saml, **right) == "allow"
    assert trust(project, role, action, saml, **{"SAML:aud": "https://elsewhere"}) == "none"
    assert trust(project, role, action, saml) == "none"
    assert trust(project, role, action, f"{saml}-two", **right) == "none"
    assert trust(project, role, "sts:TagSession", saml, **right) == "none"
    assert trust(project, role, "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/x", **right) == "none"


@pytest.mark.parametrize(
    "subject",
    [
        "repo:example-org/optimus:environment:sandbox",
        "repo:example-org@987654/optimus@123456789:environment:sandbox",
    ],
)
def test_the_pipeline_comes_from_its_repository_and_environment_only(project: Run, subject: str) -> None:
    action, provider = "sts:AssumeRoleWithWebIdentity", PLACE.oidc_provider_arn(f"https://{GITHUB}")
    right = {
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:sub": subject,
        f"{GITHUB}:repository_id": "123456789",
        f"{GITHUB}:environment": "sandbox",
    }
    assert trust(project, "pipeline", action, provider, **right) == "allow"
    for key, wrong in (
        (f"{GITHUB}:aud", "https://github.com/example-org"),
        (f"{GITHUB}:sub", "repo:example-org/optimus:pull_request"),
        (f"{GITHUB}:sub", "repo:example-org/optimus:ref:refs/heads/main"),
        (f"{GITHUB}:sub", subject.replace("sandbox", "prod")),
        (f"{GITHUB}:sub", subject.replace("example-org", "example-org2")),
        (f"{GITHUB}:repository_id", "123456780"),
        (f"{GITHUB}:environment", "prod"),
    ):
        assert trust(project, "pipeline", action, provider, **{**right, key: wrong}) == "none"
    for key in right:
        left = {name: value for name, value in right.items() if name != key}
        assert trust(project, "pipeline", action, provider, **left) == "none", key
    assert "*" not in str(project.one("aws:iam/role:Role", "pipeline").inputs["assumeRolePolicy"])


def test_hybrid_jobs_come_from_braket_of_this_account_and_region(project: Run) -> None:
    role = project.one("aws:iam/role:Role", "job").inputs
    assert role["path"] == "/service-role/"
    assert role["name"] == "AmazonBraketJobsExecutionRole-optimus-sandbox"
    job = f"arn:aws:braket:eu-west-2:{ACCOUNT}:job/1"
    right = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": job}
    braket = "braket.amazonaws.com"
    assert trust(project, "job", "sts:AssumeRole", braket, **right) == "allow"
    for key, wrong in (
        ("aws:SourceAccount", "999999999999"),
        ("aws:SourceArn", job.replace(ACCOUNT, "999999999999")),
        ("aws:SourceArn", job.replace("eu-west-2", "us-east-1")),
    ):
        assert trust(project, "job", "sts:AssumeRole", braket, **{**right, key: wrong}) == "none"
    assert trust(project, "job", "sts:AssumeRole", "sagemaker.amazonaws.com", **right) == "none"


def test_a_qpu_named_by_the_project_is_the_only_one_open() -> None:
    qpu = "arn:aws:braket:eu-west-2::device/qpu/oqc/Toshiko"
    found = run_project(devices=(*project_args().devices, qpu))
    lock = found.one("aws:iam/policy:Policy", "device-lock").document("policy")
    assert decide([lock], Request("braket:CreateQuantumTask", qpu)) == "none"
    assert decide([lock], Request("braket:CreateQuantumTask", qpu.replace("Toshiko", "Lucy"))) == "deny"

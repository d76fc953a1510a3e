"""The table "who may do what", by evaluating what an environment's own roles were granted (I2, K7, L6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.braket.environment_roles import GRANTS, PIPELINES
from components.braket.names import EnvironmentNames
from tests.components.conftest import BREAK_GLASS, PLACE, pipeline_args, roles_args, run_environment
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT, Run

P = f"arn:aws:iam::{ACCOUNT}:"
PROJECT_ROLE = f"{P}role/qlz/sandbox/optimus/qlz-optimus-sandbox-researcher"
JOB_ROLE = f"{P}role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
PROJECT_POLICY = f"{P}policy/qlz/sandbox/optimus/qlz-optimus-sandbox-submit"
FREEZE = f"{P}policy/qlz/sandbox/optimus/qlz-optimus-sandbox-freeze"
BOUNDARY = f"{P}policy/qlz/sandbox/qlz-sandbox-boundary"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
BUCKET = f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"
TASK = f"arn:aws:braket:eu-north-1:{ACCOUNT}:quantum-task/1"
SECURITY_LOG = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/qlz/sandbox/security:*"
BOUND: dict[str, Any] = {"iam__PermissionsBoundary": BOUNDARY}
OF_PROJECT: dict[str, Any] = {
    "aws__ResourceTag___environment": "sandbox",
    "aws__ResourceTag___project": "optimus",
}
OF_ENVIRONMENT: dict[str, Any] = {"aws__ResourceTag___environment": "sandbox"}
EVERYBODY = tuple(GRANTS)


def attaching(policy: str, **more: Any) -> dict[str, Any]:
    return {"iam__PolicyARN": policy, **more}


def test_there_are_the_five_roles_and_the_trails(operators: dict[str, Role]) -> None:
    assert set(operators) == {*EVERYBODY, "trail", "events"}
    for kind, role in operators.items():
        assert role.arn == f"{P}role/qlz/sandbox/qlz-sandbox-{kind}"


@pytest.mark.parametrize("kind", EVERYBODY)
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{BUCKET}/task/results.json"),
        ("s3:GetObjectVersion", f"{BUCKET}/task/results.json"),
        ("s3:PutObject", f"{BUCKET}/x"),
        ("s3:GetObject", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}/x"),
        ("kms:Decrypt", KEY),
        ("kms:Encrypt", KEY),
        ("kms:GenerateDataKey", KEY),
        ("kms:GenerateDataKeyWithoutPlaintext", KEY),
        ("kms:ReEncryptFrom", KEY),
        ("kms:CreateGrant", KEY),
        ("logs:GetLogEvents", SECURITY_LOG),
        ("logs:FilterLogEvents", SECURITY_LOG),
        ("logs:StartQuery", SECURITY_LOG),
        ("logs:GetQueryResults", "*"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:qlz/sandbox/x"),
        ("braket:CreateQuantumTask", TASK),
        ("sts:AssumeRole", PROJECT_ROLE),
    ],
)
def test_none_reads_data_whatever_a_resources_own_policy_says(
    operators: dict[str, Role], kind: str, action: str, resource: str
) -> None:
    context: dict[str, str | list[str]] = {
        "aws:ResourceTag/environment": "sandbox",
        "aws:ResourceTag/project": "optimus",
    }
    assert decide(operators[kind].identity, Request(action, resource, context)) == "deny"


@pytest.mark.parametrize("kind", EVERYBODY)
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", f"{P}user/x"),
        ("iam:CreateAccessKey", f"{P}user/x"),
        ("iam:DeleteRolePermissionsBoundary", PROJECT_ROLE),
        ("organizations:LeaveOrganization", "*"),
        ("cloudtrail:StopLogging", PLACE.trail_arn),
        ("s3:DeleteObjectVersion", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}/x"),
        ("iam:CreateRole", f"{P}role/other"),
        ("iam:CreateRole", f"{P}role/qlz/dev/optimus/qlz-optimus-dev-researcher"),
        ("iam:AttachRolePolicy", f"{P}role/other"),
    ],
)
def test_none_may(operators: dict[str, Role], kind: str, action: str, resource: str) -> None:
    assert not operators[kind].may(action, resource, **attaching(FREEZE), **BOUND, **OF_PROJECT)


def changes(role: Role) -> set[str]:
    """Actions it is allowed that change something."""
    found: set[str] = set()
    for document in role.identity:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                named = statement["Action"]
                found |= {named} if isinstance(named, str) else set(named)
    reading = ("Get", "List", "Describe", "Search", "View")
    return {action for action in found if not action.split(":")[1].startswith(reading)}


def test_plan_reads_settings_and_changes_nothing(operators: dict[str, Role]) -> None:
    plan = operators["plan"]
    assert not changes(plan)
    for action in ("iam:GetRole", "s3:GetBucketPolicy", "kms:GetKeyPolicy", "logs:DescribeLogGroups"):
        assert plan.may(action, "arn:aws:x")
    assert plan.may("s3:GetAccelerateConfiguration", BUCKET), "the provider reads it of every bucket"
    assert plan.may("budgets:ListTagsForResource", f"arn:aws:budgets::{ACCOUNT}:budget/qlz-optimus-sandbox")


def test_environment_apply_makes_what_stands_above_the_projects(operators: dict[str, Role]) -> None:
    apply = operators["environment-apply"]
    own = {kind: f"{P}role/qlz/sandbox/qlz-sandbox-{kind}" for kind in (*EVERYBODY, "trail")}
    for arn in own.values():
        assert apply.may("iam:CreateRole", arn)
        assert apply.may("iam:UpdateAssumeRolePolicy", arn)
    assert apply.may("iam:CreatePolicyVersion", BOUNDARY)
    granted = f"{P}policy/qlz/sandbox/qlz-sandbox-plan"
    assert apply.may("iam:AttachRolePolicy", own["plan"], **attaching(granted))
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert not apply.may("iam:AttachRolePolicy", own["plan"], **attaching(admin)), "by name only"
    assert apply.may("cloudtrail:UpdateTrail", PLACE.trail_arn)
    assert apply.may("s3:PutBucketPolicy", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}")
    assert apply.may("braket:UpdateSpendingLimit", f"arn:aws:braket:eu-north-1:{ACCOUNT}:spending-limit/1")
    assert not apply.may("braket:UpdateSpendingLimit", f"arn:aws:braket:us-east-1:{ACCOUNT}:spending-limit/1")


def test_environment_apply_makes_tagged_service_linked_roles_and_takes_them_away(
    operators: dict[str, Role],
) -> None:
    apply = operators["environment-apply"]
    braket: dict[str, Any] = {"iam__AWSServiceName": "braket.amazonaws.com"}
    for action in ("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"):
        assert apply.may(action, PLACE.service_role_arn, **braket)
        assert not apply.may(action, PLACE.service_role_arn, iam__AWSServiceName="ec2.amazonaws.com")
    # The provider tags it in a call of its own, and asks whether it is gone.
    others = f"{P}role/aws-service-role/ec2.amazonaws.com/x"
    for action in ("iam:TagRole", "iam:UntagRole", "iam:GetServiceLinkedRoleDeletionStatus"):
        assert apply.may(action, PLACE.service_role_arn)
        assert not apply.may(action, others)


def test_project_apply_makes_tagged_budgets(operators: dict[str, Role]) -> None:
    for action in ("budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"):
        assert operators["project-apply"].may(
            action, f"arn:aws:budgets::{ACCOUNT}:budget/qlz-optimus-sandbox"
        )
        assert not operators["project-apply"].may(action, f"arn:aws:budgets::{ACCOUNT}:budget/other")


def test_environment_apply_administers_keys_and_alone_the_environments(operators: dict[str, Role]) -> None:
    alias = f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/sandbox/_trail"
    for kind in EVERYBODY:
        administers = kind == "environment-apply"
        assert operators[kind].may("kms:PutKeyPolicy", KEY, **OF_ENVIRONMENT) is administers
        assert operators[kind].may("kms:ScheduleKeyDeletion", KEY, **OF_ENVIRONMENT) is administers
        assert operators[kind].may("kms:UpdateAlias", alias) is administers
        assert not operators[kind].may("kms:PutKeyPolicy", KEY, aws__ResourceTag___environment="dev")
        assert not operators[kind].may("kms:PutKeyPolicy", KEY), "a key without our tag"


def test_the_key_policies_name_it_alone(environment: Run) -> None:
    for key in environment.all("aws:kms/key:Key"):
        (first, *rest) = key.document("policy")["Statement"]
        assert first["Condition"] == {
            "ArnEquals": {"aws:PrincipalArn": f"{P}role/qlz/sandbox/qlz-sandbox-environment-apply"}
        }
        assert not any("kms:PutKeyPolicy" in statement["Action"] for statement in rest)


def test_bootstrap_administers_keys_until_it_is_taken_out() -> None:
    role = f"{P}role/OrganizationAccountAccessRole"
    found = run_environment(roles=roles_args(bootstrap=role))
    for key in found.all("aws:kms/key:Key"):
        named = key.document("policy")["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        assert role in named


@pytest.mark.parametrize("role", [PROJECT_ROLE, JOB_ROLE])
def test_project_apply_makes_roles_only_with_the_boundary(operators: dict[str, Role], role: str) -> None:
    apply = operators["project-apply"]
    for action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary"):
        assert apply.may(action, role, **BOUND)
        assert not apply.may(action, role), "none"
        assert not apply.may(action, role, iam__PermissionsBoundary=PROJECT_POLICY), "another"
    assert apply.may("iam:AttachRolePolicy", role, **attaching(PROJECT_POLICY, **BOUND))
    assert not apply.may("iam:AttachRolePolicy", role, **attaching(PROJECT_POLICY))
    assert not apply.may(
        "iam:AttachRolePolicy", role, **attaching("arn:aws:iam::aws:policy/AdministratorAccess", **BOUND)
    )
    assert apply.may("iam:UpdateAssumeRolePolicy", role)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", BOUNDARY),
        ("iam:SetDefaultPolicyVersion", BOUNDARY),
        ("iam:DeletePolicy", BOUNDARY),
        ("iam:UpdateAssumeRolePolicy", f"{P}role/qlz/sandbox/qlz-sandbox-environment-apply"),
        ("iam:CreateRole", f"{P}role/qlz/sandbox/qlz-sandbox-environment-apply"),
        ("iam:AttachRolePolicy", f"{P}role/qlz/sandbox/qlz-sandbox-project-apply"),
        ("iam:UpdateSAMLProvider", f"{P}saml-provider/corporate"),
        ("cloudtrail:UpdateTrail", PLACE.trail_arn),
        ("braket:UpdateSpendingLimit", f"arn:aws:braket:eu-north-1:{ACCOUNT}:spending-limit/1"),
        ("logs:PutRetentionPolicy", SECURITY_LOG),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::qlz-sandbox-trail-{ACCOUNT}"),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::amazon-braket-optimus-dev-{ACCOUNT}"),
        ("kms:UpdateAlias", f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/dev/optimus"),
        ("kms:CreateAlias", f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/sandbox/_trail"),
    ],
)
def test_project_apply_touches_nothing_of_the_environment(
    operators: dict[str, Role], action: str, resource: str
) -> None:
    assert not operators["project-apply"].may(action, resource, **attaching(PROJECT_POLICY, **BOUND))


def test_project_apply_makes_and_administers_keys_of_projects_alone(operators: dict[str, Role]) -> None:
    apply = operators["project-apply"]
    tags: dict[str, Any] = {
        "aws__RequestTag___environment": "sandbox",
        "aws__RequestTag___project": "optimus",
    }
    assert apply.may("kms:CreateKey", "*", **tags)
    assert apply.may("kms:PutKeyPolicy", KEY, **OF_PROJECT)
    assert apply.may("kms:CreateAlias", f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/sandbox/optimus")
    assert apply.may("kms:CreateAlias", KEY, **OF_PROJECT)
    assert not apply.may("kms:CreateKey", "*", aws__RequestTag___environment="sandbox")
    assert not apply.may("kms:PutKeyPolicy", KEY, **OF_ENVIRONMENT)
    assert not apply.may("kms:TagResource", KEY, **OF_ENVIRONMENT, **tags), "not by tagging it as a project's"
    assert not apply.may("kms:UpdateAlias", KEY, **OF_ENVIRONMENT)


def test_project_apply_leaves_a_freeze_alone(operators: dict[str, Role]) -> None:
    apply = operators["project-apply"]
    assert apply.may("iam:DetachRolePolicy", PROJECT_ROLE, **attaching(PROJECT_POLICY))
    assert apply.may("iam:CreatePolicy", FREEZE), "it makes it, once"
    assert apply.may("iam:CreatePolicyVersion", PROJECT_POLICY)
    assert not apply.may("iam:DetachRolePolicy", PROJECT_ROLE, **attaching(FREEZE))
    assert not apply.may("iam:CreatePolicyVersion", FREEZE)
    assert not apply.may("iam:SetDefaultPolicyVersion", FREEZE)


@pytest.mark.parametrize("role", [PROJECT_ROLE, JOB_ROLE])
def test_the_responder_freezes_and_does_not_thaw(operators: dict[str, Role], role: str) -> None:
    responder = operators["responder"]
    assert responder.may("iam:AttachRolePolicy", role, **attaching(FREEZE))
    assert not responder.may("iam:AttachRolePolicy", role, **attaching(PROJECT_POLICY))
    assert not responder.may("iam:AttachRolePolicy", role)
    for crafted in (
        "arn:aws:iam::aws:policy/freeze",
        f"{P}policy/qlz-optimus-sandbox-freeze",
        f"{P}policy/qlz/dev/optimus/qlz-optimus-dev-freeze",
    ):
        assert not responder.may("iam:AttachRolePolicy", role, **attaching(crafted)), crafted
    assert not responder.may("iam:DetachRolePolicy", role, **attaching(FREEZE))
    assert not responder.may("iam:DeletePolicy", FREEZE)
    for kind in EVERYBODY:
        own = f"{P}role/qlz/sandbox/qlz-sandbox-{kind}"
        assert not responder.may("iam:AttachRolePolicy", own, **attaching(FREEZE)), "only a project's roles"


def test_the_responder_cancels_work_in_every_region_let_through(operators: dict[str, Role]) -> None:
    responder = operators["responder"]
    for region in PLACE.regions:
        assert responder.may("braket:CancelQuantumTask", TASK.replace("eu-north-1", region))
        assert responder.may("braket:CancelJob", f"arn:aws:braket:{region}:{ACCOUNT}:job/1")
    assert changes(responder) == {"iam:AttachRolePolicy", "braket:CancelJob", "braket:CancelQuantumTask"}


def test_who_thaws(operators: dict[str, Role]) -> None:
    thawing = {
        kind
        for kind in EVERYBODY
        if operators[kind].may("iam:DetachRolePolicy", PROJECT_ROLE, **attaching(FREEZE))
    }
    assert thawing == {"environment-apply", "break-glass"}


def test_break_glass_repairs_the_ways_in(operators: dict[str, Role]) -> None:
    glass = operators["break-glass"]
    assert glass.may("iam:UpdateSAMLProvider", f"{P}saml-provider/corporate")
    assert glass.may("iam:UpdateAssumeRolePolicy", f"{P}role/qlz/sandbox/qlz-sandbox-environment-apply")
    assert not glass.may("iam:UpdateAssumeRolePolicy", f"{P}role/qlz/sandbox/qlz-sandbox-break-glass")
    assert not glass.may("iam:CreatePolicyVersion", BOUNDARY)
    assert not glass.may("kms:PutKeyPolicy", KEY, **OF_ENVIRONMENT)


def trust(found: Run, kind: str) -> dict[str, Any]:
    return found.one("aws:iam/role:Role", kind).document("assumeRolePolicy")


def test_break_glass_needs_no_identity_provider_and_shows_mfa(environment: Run) -> None:
    document = trust(environment, "break-glass")
    assert "Federated" not in json.dumps(document)
    with_mfa: dict[str, str | list[str]] = {"aws:MultiFactorAuthPresent": "true"}
    assert decide([document], Request("sts:AssumeRole", "", with_mfa, BREAK_GLASS)) == "allow"
    assert decide([document], Request("sts:AssumeRole", "", {}, BREAK_GLASS)) == "none"
    other = BREAK_GLASS.replace("break-glass", "somebody")
    assert decide([document], Request("sts:AssumeRole", "", with_mfa, other)) == "none"


def test_a_role_for_break_glass_has_no_mfa_to_show() -> None:
    role = "arn:aws:iam::999900001111:role/break-glass"
    document = trust(run_environment(roles=roles_args(break_glass=role)), "break-glass")
    assert decide([document], Request("sts:AssumeRole", "", {}, role)) == "allow"


@pytest.mark.parametrize("kind", PIPELINES)
def test_plan_and_apply_are_identities_of_their_own(environment: Run, kind: str) -> None:
    places = {"plan": "plan", "environment-apply": "environment", "project-apply": "projects"}
    github = "token.actions.githubusercontent.com"
    provider = PLACE.oidc_provider_arn(f"https://{github}")
    for other, place in places.items():
        context: dict[str, str | list[str]] = {
            f"{github}:aud": "sts.amazonaws.com",
            f"{github}:environment": place,
            f"{github}:repository_id": "123456789",
            f"{github}:sub": f"repo:example-org/platform:environment:{place}",
        }
        request = Request("sts:AssumeRoleWithWebIdentity", "", context, provider)
        assert decide([trust(environment, kind)], request) == ("allow" if other == kind else "none")


def test_people_respond(environment: Run) -> None:
    context: dict[str, str | list[str]] = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    request = Request("sts:AssumeRoleWithSAML", "", context, PLACE.saml_provider_arn("corporate"))
    assert decide([trust(environment, "responder")], request) == "allow"
    assert decide([trust(environment, "plan")], request) == "none"


def test_nobody_comes_in_before_the_trail_the_boundary_and_the_limits(environment: Run) -> None:
    first = {
        environment.one("aws:cloudtrail/trail:Trail", "trail").urn,
        environment.one("aws:iam/policy:Policy", "boundary").urn,
        *(limit.urn for limit in environment.all("aws:cloudcontrol/resource:Resource")),
    }
    for kind in EVERYBODY:
        role = environment.one("aws:iam/role:Role", kind)
        assert first <= environment.before(role)
        assert role.inputs["maxSessionDuration"] == 3600


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        (lambda: roles_args(pipelines={"plan": pipeline_args()}), "lacks one"),
        (lambda: roles_args(pipelines=dict.fromkeys(PIPELINES, pipeline_args())), "two are the same"),
        (lambda: roles_args(break_glass="arn:aws:iam::999900001111:user/*"), "no wildcard"),
        (lambda: roles_args(bootstrap="arn:aws:iam::999900001111:role/x"), f"a role of {ACCOUNT}"),
    ],
)
def test_wrong_roles_are_refused(roles: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("*", r"\*")):
        run_environment(roles=roles())


def test_above_the_sandbox_pipelines_and_break_glass_are_demanded() -> None:
    place = EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox")
    roles_args().check(place, "dev")
    without: tuple[dict[str, Any], ...] = ({"pipelines": {}}, {"break_glass": ""})
    for missing in without:
        with pytest.raises(ValueError, match="no pipelines or no break-glass"):
            roles_args(**missing).check(place, "dev")
        roles_args(**missing).check(place, "sandbox")

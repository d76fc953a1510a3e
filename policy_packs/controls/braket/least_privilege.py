"""I8: policies name the actions and resources they grant, and grant nothing that widens itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.aws import BOUNDARY_SUFFIX, IDENTITY_POLICIES, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement, covers, gives_to_notebooks, opened, overlap
from policy_packs.controls.stack_facts import Declared, StackFacts

_READS = ("get", "list", "describe", "search", "lookup", "head")
# Reads of data or credentials: never by a pattern of actions.
_DATA_READS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "dynamodb:GetItem",
    "lambda:GetFunction",
    "cognito-identity:GetCredentialsForIdentity",
)
_NOBODY = (
    "iam:CreateUser",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:AttachUserPolicy",
    "iam:PutUserPolicy",
    "iam:AddUserToGroup",
    "iam:DeleteRolePermissionsBoundary",
    "iam:CreateServiceSpecificCredential",
    "iam:UploadSSHPublicKey",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "organizations:LeaveOrganization",
    "account:CloseAccount",
)
_NO_PROJECT = (
    "iam:CreateRole",
    "iam:AttachRolePolicy",
    "iam:PutRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "kms:UpdateAlias",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "s3:CreateBucket",
    "s3:PutBucketPolicy",
    "s3:PutBucketAcl",
    "s3:DeleteBucket",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
    "logs:DeleteLogGroup",
    "logs:PutRetentionPolicy",
    "braket:DeleteSpendingLimit",
    "braket:UpdateSpendingLimit",
    "braket:AcceptUserAgreement",
)
# What AWS scopes by condition only.
_UNSCOPED = ("cloudwatch:putmetricdata",)
# The same, for those who make an environment; what Cloud Control makes needs its own right as well.
_UNSCOPED_ABOVE = (
    "cloudformation:createresource",
    "cloudformation:deleteresource",
    "cloudformation:updateresource",
    "logs:createlogdelivery",
    "logs:deletelogdelivery",
    "logs:deleteresourcepolicy",
    "logs:putresourcepolicy",
    "s3:putaccountpublicaccessblock",
    "sns:unsubscribe",
)
# Kinds of projects' roles that a service takes: all of them carry the boundary and trust that service alone.
_PASSED = {"backup": "s3.amazonaws.com", "notebook": "sagemaker.amazonaws.com"}
_APART_ARNS = ("arn:aws:dynamodb:eu-west-1:000000000000:table/t", "arn:aws:iam::000000000000:role/x/y")
# Conditions that keep to the project where an ARN cannot.
_APART = ("aws:RequestTag/project", "aws:ResourceTag/project", "kms:ResourceAliases")
_SUBMIT = ("braket:CreateQuantumTask", "braket:CreateJob")
_HANDLE = ("braket:GetQuantumTask", "braket:GetJob", "braket:CancelQuantumTask", "braket:CancelJob")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    for document in identity_documents(resource):
        for statement in document.allows():
            yield from _judge_allow(statement, declared)


def _judge_allow(statement: Statement, declared: Declared) -> Iterator[Finding]:
    label = statement.label
    if statement.not_actions:
        yield fail(f"{label} allows all actions but a list")
    if statement.not_resources:
        yield fail(f"{label} allows all resources but a list")
    for action in statement.actions:
        if _wild(action) and not _reads_facts(action):
            yield fail(f"{label} allows {action}, a pattern of actions nobody has read")
        elif any(_everything(r) for r in statement.resources) and not (
            _scopeless(action) or _above(action, statement, declared)
        ):
            yield fail(f"{label} allows {action} on every resource")
    forbidden = _NOBODY + (_NO_PROJECT if declared.is_project else ())
    for action in () if statement.not_actions else statement.may(*forbidden):
        yield fail(f"{label} allows {action}, by which a role could widen itself or outlive its removal")
    if (
        declared.is_environment
        and statement.may("kms:CreateGrant")
        and not gives_to_notebooks(statement, declared.region)
    ):
        yield fail(f"{label} allows kms:CreateGrant beyond the volumes of notebooks")
    yield from _judge_delegation(statement, declared)
    if declared.is_project:
        yield from _judge_isolation(statement, declared.project)


def _judge_isolation(statement: Statement, project: str) -> Iterator[Finding]:
    """A tag demanded of tasks and jobs is all that keeps the projects of an account apart."""
    apart = any(statement.pinned(key) for key in _APART)
    for resource in statement.resources:
        if (
            _whole_kind(resource)
            and not apart
            and not all(_scopeless(action) for action in statement.actions)
        ):
            yield fail(f"{statement.label} reaches other projects: {resource} is everything of its kind")
    if statement.may(*_SUBMIT) and statement.pinned("aws:RequestTag/project") != (project,):
        yield fail(f"{statement.label} lets tasks be submitted without the tag of project {project}")
    if statement.may(*_HANDLE) and statement.pinned("aws:ResourceTag/project") != (project,):
        yield fail(f"{statement.label} reaches tasks and jobs that do not carry the tag of project {project}")


def _above(action: str, statement: Statement, declared: Declared) -> bool:
    """What those who make an environment may on every resource: a new key has no name, its tag bounds it."""
    if not declared.is_environment:
        return False
    if action.lower() == "kms:createkey":
        return statement.pinned("aws:RequestTag/environment") == (declared.label,)
    return action.lower() in _UNSCOPED_ABOVE


def _own_roles_only(statement: Statement, declared: Declared) -> bool:
    """Whether it speaks of the environment's own roles alone, each by its name."""
    return bool(statement.resources) and all(each in declared.own_roles for each in statement.resources)


def _freezes_only(statement: Statement, declared: Declared) -> bool:
    """Whether it can attach nothing but a project's freeze, which denies everything."""
    freeze = f"arn:aws:iam::{declared.account}:policy/qlz/{declared.label}/*/qlz-*-{declared.label}-freeze"
    return bool(declared.label) and any(
        each.key == "iam:policyarn" and each.operator in ("arnlike", "arnequals") and each.values == (freeze,)
        for each in statement.conditions
    )


def _policies(declared: Declared) -> str:
    """How the ARNs of an environment's own policies and of its projects' begin."""
    return f"arn:aws:iam::{declared.account}:policy/qlz/{declared.label}/"


def _boundary(declared: Declared) -> str:
    return f"{_policies(declared)}qlz-{declared.label}{BOUNDARY_SUFFIX}"


def _own_policies_only(statement: Statement, declared: Declared) -> bool:
    """Whether it can attach nothing but policies of the environment, each by its ARN."""
    given = statement.pinned("iam:PolicyARN")
    return bool(declared.label and given) and all(
        each.startswith(_policies(declared)) and not each.endswith(BOUNDARY_SUFFIX) for each in given
    )


def _passes_one_kind(statement: Statement, declared: Declared) -> bool:
    """Whether it hands the projects' roles of one kind to the one service that they trust."""
    stem = f"arn:aws:iam::{declared.account}:role/qlz/{declared.label}/*/qlz-*-{declared.label}-"
    return bool(declared.label) and any(
        statement.resources == (stem + kind,) and statement.pinned("iam:PassedToService") == (service,)
        for kind, service in _PASSED.items()
    )


def _judge_delegation(statement: Statement, declared: Declared) -> Iterator[Finding]:
    """Rights that hand out other rights need to say to whom."""
    label = statement.label
    if statement.may("iam:PassRole"):
        if any(_wild(r) for r in statement.resources) and not _passes_one_kind(statement, declared):
            yield fail(f"{label} lets any role of a pattern be passed")
        if not statement.pinned("iam:PassedToService"):
            yield fail(f"{label} lets a role be passed to any service")
    if statement.may("sts:AssumeRole") and any(_wild(r) for r in statement.resources):
        yield fail(f"{label} lets any role of a pattern be assumed")
    bounded = statement.pinned("iam:PermissionsBoundary") == (_boundary(declared),)
    for action in statement.may("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        if not bounded and not _own_roles_only(statement, declared):
            yield fail(f"{label} allows {action} on roles without the boundary")
    if statement.may("iam:AttachRolePolicy") and not (
        bounded or _own_policies_only(statement, declared) or _freezes_only(statement, declared)
    ):
        yield fail(f"{label} lets any policy be attached to roles without the boundary")


def _wild(text: str) -> bool:
    text = opened(text)
    return "*" in text or "?" in text


def _everything(resource: str) -> bool:
    """Whether a pattern, however it is written, means things of services far apart."""
    return all(covers(opened(resource), arn) for arn in _APART_ARNS) or not resource.strip("*?")


def _whole_kind(resource: str) -> bool:
    """An ARN pattern that leaves service, region, account, bucket or the name of the thing open."""
    resource = opened(resource)
    parts = resource.split(":", 5)
    if len(parts) < 6 or any(_wild(part) for part in parts[:5]):
        return _wild(resource)
    if parts[2] in ("s3", "servicequotas"):
        # A quota is the account's, of no project: what counts is the service it belongs to.
        return _wild(parts[5].split("/", 1)[0])
    return bool(re.fullmatch(r"(?:[A-Za-z-]+[/:])?[*?]+", parts[5]))


def _is_read(action: str) -> bool:
    service, _, verb = action.lower().partition(":")
    return bool(verb) and not _wild(service) and verb.startswith(_READS)


def _reads_facts(action: str) -> bool:
    """A pattern that can only mean reading of settings, such as `iam:Get*`."""
    return _is_read(action) and not any(overlap(action, data, fold=True) for data in _DATA_READS)


def _scopeless(action: str) -> bool:
    """What may stand on every resource: reading of facts, and what AWS does not scope."""
    return action.lower() in _UNSCOPED or _reads_facts(action)


CONTROL = Control(
    id="qlz-i8-least-privilege",
    title="Policies grant named actions on named resources",
    why="A right nobody wrote down is a right nobody reviewed, and the first that an intruder uses.",
    fix="Write out actions and ARNs; tag submissions with the project; pass and assume named roles only.",
    requirements=("I8", "T4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-3", "AC-6(1)"),
        "iso-27001-2022-annex-a": ("A.5.18", "A.8.2"),
        "ncsc-cloud-principles": ("3", "9"),
        "csa-ccm-4": ("IAM-05", "IAM-16"),
        "uk-gdpr": ("32",),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
)

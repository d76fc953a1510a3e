"""The permission boundary: the most any role of a project can ever do, whatever is attached to it.

It needs no list of projects: a role's own ``project`` tag decides what it may touch (T4). The role cannot
change the tag (iam:* is denied), and session tags cannot overlay it (no trust policy here allows
sts:TagSession). The Denies repeat what the Allows leave out, for the day an Allow is widened.

Not in it, because AWS cannot scope them to a project: braket:SearchQuantumTasks, SearchJobs and
SearchSpendingLimits, logs:DescribeLogStreams and FilterLogEvents. They would show one project another's.
"""

from __future__ import annotations

from components.braket import region_lock
from components.braket.device_lock import SUBMIT, tasks_and_jobs
from components.braket.names import (
    BRAKET_PRINCIPAL,
    EnvironmentNames,
    budget_arn,
    job_role_arn,
    job_streams,
    project_alias,
    results_bucket,
)
from components.braket.policy import Conditions, Kind, Statement, policy

OWN = "${aws:PrincipalTag/project}"
"""The project of whoever asks."""
PUBLIC_READS = (
    "braket:GetDevice",
    "braket:GetServiceLinkedRoleStatus",
    "braket:GetUserAgreementStatus",
    "braket:SearchDevices",
)
"""Facts about devices and the account's set-up; they tell nothing of a project."""
READS = ("braket:GetJob", "braket:GetQuantumTask", "braket:ListTagsForResource")
CANCEL = ("braket:CancelJob", "braket:CancelQuantumTask")
REQUESTED: Conditions = {"StringEquals": {"aws:RequestTag/project": OWN}}
TAGGED: Conditions = {"StringEquals": {"aws:ResourceTag/project": OWN}}
REGISTRY = "292282985366"
"""AWS's account with the containers of hybrid jobs (Braket developer guide, "Define the environment")."""


def boundary_policy(names: EnvironmentNames) -> str:
    """The boundary of all roles of projects in this environment."""
    return policy(Kind.MANAGED, (*_allowed(names), *_denied(names)))


def _allowed(names: EnvironmentNames) -> tuple[Statement, ...]:
    work = tasks_and_jobs(names)
    bucket = f"arn:aws:s3:::{results_bucket(OWN, names)}"
    return (
        Statement(
            "LookAtDevices",
            "Allow",
            actions=(*PUBLIC_READS, "ecr:GetAuthorizationToken"),
            resources=("*",),
            because="these name no resource, or devices, which are public",
        ),
        Statement(
            "SubmitOwn",
            "Allow",
            actions=SUBMIT,
            resources=(
                "arn:aws:braket:::device/quantum-simulator/*",
                f"arn:aws:braket:{names.region}::device/qpu/*",
                *work,
            ),
            conditions=REQUESTED,
        ),
        Statement("TagOwn", "Allow", actions=("braket:TagResource",), resources=work, conditions=REQUESTED),
        Statement("HandleOwn", "Allow", actions=(*READS, *CANCEL), resources=work, conditions=TAGGED),
        Statement(
            "StoreOwn",
            "Allow",
            actions=("s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
            resources=(f"{bucket}/*",),
        ),
        Statement("ListOwn", "Allow", actions=("s3:ListBucket",), resources=(bucket,)),
        Statement(
            "UseOwnKey",
            "Allow",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(names.arn("kms", "key/*"),),
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": project_alias(OWN, names)},
                "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            },
        ),
        Statement(
            "OwnJobLogs",
            "Allow",
            actions=("logs:CreateLogStream", "logs:GetLogEvents", "logs:PutLogEvents"),
            resources=(job_streams(OWN, names),),
        ),
        Statement(
            "JobMetrics",
            "Allow",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": "/aws/braket"}},
            because="metrics have no resource; the namespace bounds them",
        ),
        Statement(
            "JobContainers",
            "Allow",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(f"arn:aws:ecr:{names.region}:{REGISTRY}:repository/amazon-braket-*",),
        ),
        Statement(
            "PassOwnJobRole",
            "Allow",
            actions=("iam:PassRole",),
            resources=(job_role_arn(OWN, names),),
            conditions={"StringEquals": {"iam:PassedToService": BRAKET_PRINCIPAL}},
        ),
        Statement(
            "ReadOwnBudget", "Allow", actions=("budgets:ViewBudget",), resources=(budget_arn(OWN, names),)
        ),
    )


def _denied(names: EnvironmentNames) -> tuple[Statement, ...]:
    roles = names.iam_arn("role/*")
    return (
        region_lock.outside(names.region),
        Statement("NoIdentityChange", "Deny", actions=("iam:*",), not_resources=(roles,)),
        Statement("RolesOnlyPassed", "Deny", not_actions=("iam:PassRole",), resources=(roles,)),
        Statement(
            "NoOtherRolePassed", "Deny", actions=("iam:PassRole",), not_resources=(job_role_arn(OWN, names),)
        ),
        Statement(
            "NoOtherPrincipal",
            "Deny",
            actions=("sts:Assume*", "sts:GetFederationToken", "sts:SetSourceIdentity", "sts:TagSession"),
            resources=("*",),
        ),
        Statement(
            "NoKeyAdministration",
            "Deny",
            actions=(
                "kms:Cancel*",
                "kms:Create*",
                "kms:Delete*",
                "kms:Disable*",
                "kms:Enable*",
                "kms:Import*",
                "kms:Put*",
                "kms:Replicate*",
                "kms:Retire*",
                "kms:Revoke*",
                "kms:Rotate*",
                "kms:Schedule*",
                "kms:Tag*",
                "kms:Untag*",
                "kms:Update*",
            ),
            resources=("*",),
        ),
        Statement(
            "NoBucketAdministration",
            "Deny",
            actions=(
                "s3:BypassGovernanceRetention",
                "s3:Create*",
                "s3:DeleteAccess*",
                "s3:DeleteBucket*",
                "s3:Put*Acl",
                "s3:Put*Configuration",
                "s3:PutA*",
                "s3:PutBucket*",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
            ),
            resources=("*",),
        ),
        Statement(
            "NoMoneyNoTerms",
            "Deny",
            actions=("braket:AcceptUserAgreement", "braket:*SpendingLimit", "braket:UntagResource"),
            resources=("*",),
        ),
        Statement(
            "NoRetagging",
            "Deny",
            actions=("braket:TagResource",),
            resources=("*",),
            conditions={"Null": {"aws:ResourceTag/project": "false"}},
        ),
        Statement(
            "NoTampering",
            "Deny",
            actions=(
                "cloudtrail:*",
                "config:*",
                "events:*",
                "logs:Associate*",
                "logs:CreateExportTask",
                "logs:CreateLogGroup",
                "logs:Delete*",
                "logs:Disassociate*",
                "logs:PutD*",
                "logs:PutR*",
                "logs:PutS*",
                "organizations:*",
                "sns:*",
            ),
            resources=("*",),
        ),
    )

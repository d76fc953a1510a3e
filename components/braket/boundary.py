"""The permission boundary: the most any role of a project can ever do, whatever is attached to it.

It needs no list of projects: a role's own ``project`` tag decides what it may touch (T4). The role cannot
change the tag (iam:* is denied), and session tags cannot overlay it (no trust policy here allows
sts:TagSession). The Denies repeat what the Allows leave out, for the day an Allow is widened.

Not in it, because AWS cannot scope them to a project: braket:SearchQuantumTasks, SearchJobs and
SearchSpendingLimits, logs:DescribeLogStreams and FilterLogEvents. They would show one project another's.
"""

from __future__ import annotations

from components.braket import region_lock
from components.braket.device_lock import SUBMIT
from components.braket.keys import IMPORT, LOOK
from components.braket.names import (
    BRAKET_PRINCIPAL,
    EnvironmentNames,
    budget_arn,
    job_role_arn,
    job_streams,
    notebook_arn,
    project_alias,
    secret_arns,
    store_arns,
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
GLOBAL = ("budgets:*", "iam:*", "s3:ListAllMyBuckets", "sts:*")
"""The global services that anything here is about; a project has no business with the others."""
USE = ("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:StartNotebookInstance")
"""What people do with a notebook."""
ITSELF = ("sagemaker:DescribeNotebookInstance", "sagemaker:StopNotebookInstance")
"""What people do, and it does when it is idle."""
REGISTRY = "292282985366"
"""AWS's account with the containers of hybrid jobs (Braket developer guide, "Define the environment")."""


def boundary_policy(names: EnvironmentNames, private: bool = False, notebooks: bool = False) -> str:
    """The boundary of all roles of projects in this environment.

    private: it has a private network. notebooks: a project has a notebook in it.
    """
    own = (
        *((_private(names),) if private else ()),
        *((_notebooks(names),) if notebooks else ()),
    )
    return policy(Kind.MANAGED, (*_allowed(names), *own, *_denied(names)))


def _allowed(names: EnvironmentNames) -> tuple[Statement, ...]:
    work = (*names.quantum_tasks, *names.hybrid_jobs)
    buckets = store_arns(OWN, names)
    return (
        Statement(
            "Look",
            "Allow",
            actions=(*PUBLIC_READS, "ecr:GetAuthorizationToken"),
            resources=("*",),
            because="these name no resource, or devices, which are public",
        ),
        Statement(
            "SubmitOwn",
            "Allow",
            actions=(*SUBMIT, "braket:TagResource"),
            resources=(
                "arn:aws:braket:::device/quantum-simulator/*",
                *(f"arn:aws:braket:{region}::device/qpu/*" for region in names.regions),
                *work,
            ),
            conditions=REQUESTED,
        ),
        Statement("HandleOwn", "Allow", actions=(*READS, *CANCEL), resources=work, conditions=TAGGED),
        Statement(
            "StoreOwn",
            "Allow",
            actions=(
                *("s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionAcl"),
                *("s3:GetObjectVersionForReplication", "s3:PutObject", "s3:ReplicateObject"),
            ),
            resources=tuple(f"{bucket}/*" for bucket in buckets),
        ),
        Statement(
            "ListOwn",
            "Allow",
            actions=("s3:GetReplicationConfiguration", "s3:ListBucket"),
            resources=buckets,
        ),
        Statement(
            "UseOwnKey",
            "Allow",
            actions=("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
            resources=(names.arn("kms", "key/*"),),
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": project_alias(OWN, names)},
                "StringEquals": {
                    "kms:ViaService": (
                        f"s3.{names.region}.amazonaws.com",
                        f"secretsmanager.{names.region}.amazonaws.com",
                    )
                },
            },
        ),
        Statement(
            "RotateOwnKey",
            "Allow",
            actions=("kms:RotateKeyOnDemand", *IMPORT, *LOOK),
            resources=(names.arn("kms", "key/*"),),
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": project_alias(OWN, names)}},
        ),
        Statement(
            "OwnSecrets",
            "Allow",
            actions=("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
            resources=(secret_arns(OWN, names),),
        ),
        Statement(
            "Quota",
            "Allow",
            actions=("servicequotas:RequestServiceQuotaIncrease",),
            resources=(names.arn("servicequotas", "braket/*"),),
        ),
        Statement(
            "OwnJobLogs",
            "Allow",
            actions=("logs:CreateLogStream", "logs:GetLogEvents", "logs:PutLogEvents"),
            resources=(job_streams(OWN, names),),
        ),
        Statement(
            "Metrics",
            "Allow",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": "/aws/braket"}},
            because="metrics have no resource; the namespace bounds them",
        ),
        Statement(
            "Images",
            "Allow",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(f"arn:aws:ecr:{names.region}:{REGISTRY}:repository/amazon-braket-*",),
        ),
        Statement(
            "PassJob",
            "Allow",
            actions=("iam:PassRole",),
            resources=(job_role_arn(OWN, names),),
            conditions={"StringEquals": {"iam:PassedToService": BRAKET_PRINCIPAL}},
        ),
        Statement("Budget", "Allow", actions=("budgets:ViewBudget",), resources=(budget_arn(OWN, names),)),
    )


def _private(names: EnvironmentNames) -> Statement:
    """Submission through some endpoint only; which, each project's private lock says."""
    return Statement(
        "Private",
        "Deny",
        actions=SUBMIT,
        resources=("*",),
        conditions={
            "Null": {"aws:SourceVpce": "true"},
            "ArnNotLike": {"aws:PrincipalArn": job_role_arn("*", names)},
        },
    )


def _notebooks(names: EnvironmentNames) -> Statement:
    return Statement("Notebook", "Allow", actions=(*USE, *ITSELF), resources=(notebook_arn(OWN, names),))


def _denied(names: EnvironmentNames) -> tuple[Statement, ...]:
    roles = names.iam_arn("role/*")
    return (
        region_lock.outside(*names.regions, leave=GLOBAL),
        Statement("NoIdentity", "Deny", actions=("iam:*",), not_resources=(roles,)),
        Statement("OnlyPassed", "Deny", not_actions=("iam:PassRole",), resources=(roles,)),
        Statement("OnlyJob", "Deny", actions=("iam:PassRole",), not_resources=(job_role_arn(OWN, names),)),
        Statement(
            "Never",
            "Deny",
            # One statement, for AWS counts characters.
            actions=(
                # No other identity.
                *("sts:Assume*", "sts:GetF*", "sts:SetS*", "sts:Tag*"),
                # No administration of keys. What is used begins otherwise: Decrypt, G…, Import…, Rotate….
                "kms:C*",
                "kms:Del*",
                "kms:Di*",
                "kms:EnableK*",
                "kms:P*",
                "kms:Re*",
                "kms:Schedule*",
                "kms:T*",
                "kms:U*",
                # No administration of buckets.
                "s3:Bypass*",
                "s3:Create*",
                "s3:DeleteAccess*",
                "s3:DeleteBucket*",
                "s3:Put*Acl",
                "s3:Put*Configuration",
                "s3:PutA*",
                "s3:PutBucket*",
                "s3:PutObjectL*",
                "s3:PutObjectR*",
                # No money, no terms.
                *("braket:Accept*", "braket:*SpendingLimit", "braket:Untag*"),
                # No tampering with what is recorded.
                *("cloudtrail:*", "config:*", "events:*", "logs:Associate*", "logs:CreateE*"),
                *("logs:CreateLogG*", "logs:Delete*", "logs:Disassociate*", "logs:PutD*", "logs:PutR*"),
                *("logs:PutS*", "organizations:*", "sns:*"),
            ),
            resources=("*",),
        ),
        Statement(
            "NoRetagging",
            "Deny",
            actions=("braket:TagResource",),
            resources=("*",),
            conditions={"Null": {"aws:ResourceTag/project": "false"}},
        ),
    )

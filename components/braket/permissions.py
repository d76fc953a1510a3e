"""What roles of a project may be granted, each permission apart from the others (I8).

submit, results, metadata, logs and billing go to people and pipelines; run goes to the hybrid-job role alone.
Each becomes a managed policy of its own, so that a review reads them one by one.
"""

from __future__ import annotations

from components.braket.boundary import CANCEL, PUBLIC_READS, READS, REGISTRY
from components.braket.device_lock import SUBMIT, tasks_and_jobs
from components.braket.names import BRAKET_PRINCIPAL, ProjectNames
from components.braket.policy import Statement
from components.braket.secrets_store import READ, WRITE


def submit(names: ProjectNames, devices: tuple[str, ...]) -> tuple[Statement, ...]:
    """Submit work to the devices with the project's tag, cancel it, upload its input."""
    work = tasks_and_jobs(names.environment)
    return (
        Statement(
            "SubmitTagged",
            "Allow",
            actions=SUBMIT,
            resources=(*devices, *work),
            conditions={"StringEquals": {"aws:RequestTag/project": names.project}},
        ),
        *_tag_and_cancel(names),
        Statement(
            "PassJobRole",
            "Allow",
            actions=("iam:PassRole",),
            resources=(names.job_role_arn,),
            conditions={"StringEquals": {"iam:PassedToService": BRAKET_PRINCIPAL}},
        ),
        Statement(
            "UploadInput",
            "Allow",
            actions=("s3:AbortMultipartUpload", "s3:PutObject"),
            resources=(f"{names.bucket_arn}/*",),
        ),
        _key("EncryptInput", names, "kms:GenerateDataKey"),
    )


def results(names: ProjectNames) -> tuple[Statement, ...]:
    """Retrieve results. Decrypt also completes uploads in parts."""
    return (
        Statement(
            "ReadResults",
            "Allow",
            actions=("s3:GetObject", "s3:GetObjectVersion"),
            resources=(f"{names.bucket_arn}/*",),
        ),
        Statement("ListResults", "Allow", actions=("s3:ListBucket",), resources=(names.bucket_arn,)),
        _key("DecryptResults", names, "kms:Decrypt"),
    )


def read_secrets(names: ProjectNames) -> tuple[Statement, ...]:
    """Read the project's secrets."""
    return (
        Statement("ReadSecrets", "Allow", actions=READ, resources=(names.secret_arns,)),
        _key("DecryptSecrets", names, "kms:Decrypt", service="secretsmanager"),
    )


def set_secrets(names: ProjectNames) -> tuple[Statement, ...]:
    """Set the project's secrets, without reading them."""
    return (
        Statement("SetSecrets", "Allow", actions=WRITE, resources=(names.secret_arns,)),
        _key("EncryptSecrets", names, "kms:Decrypt", "kms:GenerateDataKey", service="secretsmanager"),
    )


def archive(names: ProjectNames) -> tuple[Statement, ...]:
    """Read the project's archive: S3 alone writes there, and its end is the archive's own."""
    return (
        Statement(
            "ReadArchive",
            "Allow",
            actions=("s3:GetObject", "s3:GetObjectVersion"),
            resources=(f"{names.archive_arn}/*",),
        ),
        Statement("ListArchive", "Allow", actions=("s3:ListBucket",), resources=(names.archive_arn,)),
        _key("DecryptArchive", names, "kms:Decrypt"),
    )


def metadata(names: ProjectNames) -> tuple[Statement, ...]:
    """Read what is known of the project's tasks and jobs, and of devices."""
    return (
        Statement(
            "LookAtDevices",
            "Allow",
            actions=PUBLIC_READS,
            resources=("*",),
            because="these name no resource, or devices, which are public",
        ),
        _read_tagged(names),
    )


def logs(names: ProjectNames) -> tuple[Statement, ...]:
    """Read the logs of the project's hybrid jobs: a stream begins with the job's name, so the project's."""
    return (
        Statement("ReadJobLogs", "Allow", actions=("logs:GetLogEvents",), resources=(names.log_streams,)),
    )


def billing(names: ProjectNames) -> tuple[Statement, ...]:
    """Read the project's budget. Cost Explorer shows the whole account and is in no project's reach (T4)."""
    return (Statement("ReadBudget", "Allow", actions=("budgets:ViewBudget",), resources=(names.budget_arn,)),)


def run(names: ProjectNames, devices: tuple[str, ...]) -> tuple[Statement, ...]:
    """What a hybrid job does by itself: tasks on the devices, the project's bucket, logs and metrics."""
    return (
        Statement(
            "SubmitTaggedTasks",
            "Allow",
            actions=("braket:CreateQuantumTask",),
            resources=(*devices, *names.environment.quantum_tasks),
            conditions={"StringEquals": {"aws:RequestTag/project": names.project}},
        ),
        *_tag_and_cancel(names),
        _read_tagged(names),
        Statement(
            "LookAtDevices",
            "Allow",
            actions=("braket:GetDevice", "ecr:GetAuthorizationToken"),
            resources=("*",),
            because="a device is public; the token names no resource",
        ),
        Statement(
            "ReadAndWriteObjects",
            "Allow",
            actions=("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
            resources=(f"{names.bucket_arn}/*",),
        ),
        Statement("ListBucket", "Allow", actions=("s3:ListBucket",), resources=(names.bucket_arn,)),
        _key("UseKey", names, "kms:Decrypt", "kms:GenerateDataKey"),
        *read_secrets(names),
        Statement(
            "WriteJobLogs",
            "Allow",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(names.log_streams,),
        ),
        Statement(
            "WriteJobMetrics",
            "Allow",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": "/aws/braket"}},
            because="metrics have no resource; the namespace bounds them",
        ),
        Statement(
            "PullJobContainer",
            "Allow",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(f"arn:aws:ecr:{names.environment.region}:{REGISTRY}:repository/amazon-braket-*",),
        ),
    )


def _tag_and_cancel(names: ProjectNames) -> tuple[Statement, Statement]:
    work = tasks_and_jobs(names.environment)
    return (
        Statement(
            "TagAtCreation",
            "Allow",
            actions=("braket:TagResource",),
            resources=work,
            conditions={
                "StringEquals": {"aws:RequestTag/project": names.project},
                "Null": {"aws:ResourceTag/project": "true"},
            },
        ),
        Statement(
            "CancelTagged",
            "Allow",
            actions=CANCEL,
            resources=work,
            conditions={"StringEquals": {"aws:ResourceTag/project": names.project}},
        ),
    )


def _read_tagged(names: ProjectNames) -> Statement:
    return Statement(
        "ReadTagged",
        "Allow",
        actions=READS,
        resources=tasks_and_jobs(names.environment),
        conditions={"StringEquals": {"aws:ResourceTag/project": names.project}},
    )


def _key(sid: str, names: ProjectNames, *actions: str, service: str = "s3") -> Statement:
    """Use of the project's key through a service. Its ARN is the cloud's to give: the alias names it.

    kms:ResourceAliases, not RequestAlias: S3 asks by ARN. Nobody in a project may make or move an alias.
    """
    environment = names.environment
    return Statement(
        sid,
        "Allow",
        actions=actions,
        resources=(environment.arn("kms", "key/*"),),
        conditions={
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.alias},
            "StringEquals": {"kms:ViaService": f"{service}.{environment.region}.amazonaws.com"},
        },
    )

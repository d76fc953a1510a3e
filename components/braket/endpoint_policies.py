"""What each endpoint of the private network lets through: our roles, to the account's own (T2, T4).

The principal is everyone, narrowed by conditions: a gateway endpoint takes an account named as principal for
its root user alone (VPC user guide, "Endpoint policies for gateway endpoints"). Signing in is the exception:
a request with a token bears no principal, so the role it asks for is what is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from components.braket.boundary import CANCEL, ITSELF, PUBLIC_READS, READS, USE
from components.braket.device_lock import SUBMIT
from components.braket.keys import ENVELOPE, IMPORT, LOOK
from components.braket.names import (
    JOBS_LOG_GROUP,
    EnvironmentNames,
    job_role_arn,
    notebook_arn,
    secret_arns,
    store_arns,
)
from components.braket.policy import EVERYONE, Conditions, Kind, Statement, policy
from components.braket.secrets_store import READ, WRITE


def of_region(names: EnvironmentNames, region: str, home: bool, notebooks: bool) -> Iterator[tuple[str, str]]:
    """Service to document. Services are named as their endpoints are: com.amazonaws.REGION.SERVICE."""
    yield "braket", _document(*_braket(names, region))
    yield "sts", _document(*_sts(names))
    if home:
        yield (
            "kms",
            _document(_own("Keys", names, (*ENVELOPE, *IMPORT, *LOOK, "kms:RotateKeyOnDemand"), "kms")),
        )
        yield "logs", _document(_streams(names))
        yield "secretsmanager", _document(_secrets(names))
        yield "s3", _document(*_stores(names))
    if home and notebooks:
        yield "sagemaker.api", _document(_notebooks(names))


def _document(*statements: Statement) -> str:
    return policy(Kind.ENDPOINT, statements)


def ours(names: EnvironmentNames, reach: bool = True) -> Conditions:
    """The environment's roles and those of its projects. reach: to the account's resources alone."""
    account = {"aws:ResourceAccount": names.account} if reach else {}
    return {
        "StringEquals": {"aws:PrincipalAccount": names.account, **account},
        "ArnLike": {
            "aws:PrincipalArn": (names.iam_arn(f"role{names.path}*"), job_role_arn("*", names)),
        },
    }


def _allow(
    sid: str, names: EnvironmentNames, actions: tuple[str, ...], resources: tuple[str, ...], because: str = ""
) -> Statement:
    return Statement(
        sid,
        "Allow",
        principals=EVERYONE,
        actions=actions,
        resources=resources,
        # Devices are Amazon's, and what names no resource is in no account.
        conditions=ours(names, reach=not because and not any("::device/" in name for name in resources)),
        because=because,
    )


def _own(sid: str, names: EnvironmentNames, actions: tuple[str, ...], service: str) -> Statement:
    return _allow(sid, names, actions, (names.arn(service, "key/*"),))


def _braket(names: EnvironmentNames, region: str) -> tuple[Statement, ...]:
    here = f"arn:aws:braket:{region}:{names.account}:"
    work = (f"{here}quantum-task/*", f"{here}job/*")
    devices = ("arn:aws:braket:::device/quantum-simulator/*", f"arn:aws:braket:{region}::device/qpu/*")
    return (
        _allow("OwnWork", names, (*SUBMIT, *READS, *CANCEL, "braket:TagResource"), (*devices, *work)),
        _allow(
            "Look",
            names,
            (*PUBLIC_READS, "braket:SearchJobs", "braket:SearchQuantumTasks"),
            ("*",),
            because="these name no resource, or devices, which are public",
        ),
    )


def _sts(names: EnvironmentNames) -> tuple[Statement, ...]:
    return (
        _allow("WhoAmI", names, ("sts:GetCallerIdentity",), ("*",), because="it names no resource"),
        Statement(
            "SignIn",
            "Allow",
            principals=EVERYONE,
            actions=("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"),
            resources=(names.iam_arn(f"role{names.path}*"),),
            conditions={"StringEquals": {"aws:ResourceAccount": names.account}},
        ),
    )


def _streams(names: EnvironmentNames) -> Statement:
    streams = names.arn("logs", f"log-group:{JOBS_LOG_GROUP}:log-stream:*")
    return _allow("JobLogs", names, ("logs:GetLogEvents",), (streams,))


def _secrets(names: EnvironmentNames) -> Statement:
    return _allow("Secrets", names, (*READ, *WRITE), (secret_arns("*", names),))


def _stores(names: EnvironmentNames) -> tuple[Statement, Statement]:
    buckets = store_arns("*", names)
    return (
        _allow(
            "Objects",
            names,
            ("s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
            tuple(f"{bucket}/*" for bucket in buckets),
        ),
        _allow("Buckets", names, ("s3:ListBucket",), buckets),
    )


def _notebooks(names: EnvironmentNames) -> Statement:
    return _allow("Notebooks", names, (*USE, *ITSELF), (notebook_arn("*", names),))

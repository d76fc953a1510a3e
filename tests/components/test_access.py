"""What the project's roles may and may not do, by evaluating what was attached to them (I8, T4, R1, L6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.components.conftest import DM1, SV1
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run

TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/0f3c"
JOB = f"arn:aws:braket:eu-west-2:{ACCOUNT}:job/77aa"
QPU = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
BUCKET = f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}"
OTHER_BUCKET = f"arn:aws:s3:::amazon-braket-optimus-two-sandbox-{ACCOUNT}"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
OTHER_JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-two-sandbox"
LOGS = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/aws/braket/jobs:log-stream:"
OWN: dict[str, Any] = {"aws__RequestTag___project": "optimus"}
OTHER: dict[str, Any] = {"aws__RequestTag___project": "optimus-two"}
TAGGED: dict[str, Any] = {"aws__ResourceTag___project": "optimus"}
OTHER_TAGGED: dict[str, Any] = {"aws__ResourceTag___project": "optimus-two"}
OWN_KEY: dict[str, Any] = {
    "kms__ResourceAliases": ["alias/qlz/sandbox/optimus"],
    "kms__ViaService": "s3.eu-west-2.amazonaws.com",
}
TO_BRAKET: dict[str, Any] = {"iam__PassedToService": "braket.amazonaws.com"}
SUBMITTERS = ("researcher", "pipeline")


@pytest.mark.parametrize("kind", SUBMITTERS)
@pytest.mark.parametrize("device", [SV1, DM1])
def test_submits_tasks_and_jobs_to_its_devices_with_its_tag(
    roles: dict[str, Role], kind: str, device: str
) -> None:
    assert roles[kind].may("braket:CreateQuantumTask", device, TASK, **OWN)
    assert roles[kind].may("braket:CreateJob", device, JOB, **OWN)
    assert roles[kind].may("iam:PassRole", JOB_ROLE, **TO_BRAKET)
    assert roles[kind].may("braket:TagResource", TASK, **OWN)


@pytest.mark.parametrize("kind", ["researcher", "pipeline", "job", "auditor"])
def test_never_submits_elsewhere_or_otherwise(roles: dict[str, Role], kind: str) -> None:
    role = roles[kind]
    crafted = f"arn:aws:braket:eu-west-2:{ACCOUNT}:device/qpu/x/job/77aa"
    for action, created in (("braket:CreateQuantumTask", TASK), ("braket:CreateJob", JOB)):
        assert not role.may(action, QPU, created, **OWN), "a QPU the project does not name"
        assert not role.may(action, QPU.replace("eu-north-1", "eu-west-2"), created, **OWN)
        assert not role.may(action, SV1.replace("sv1", "tn1"), created, **OWN)
        assert not role.may(action, crafted, created, **OWN), "an ARN made to look like a job"
        assert not role.may(action, SV1, created), "no tag"
        assert not role.may(action, SV1, created, **OTHER), "another project's tag"
        assert not role.may(action, SV1, created, aws__RequestedRegion="us-east-1", **OWN)


def test_grants_by_themselves_demand_the_tag(roles: dict[str, Role]) -> None:
    for kind in ("researcher", "pipeline", "job"):
        alone = Role(roles[kind].arn, roles[kind].identity, None, roles[kind].tags)
        assert alone.may("braket:CreateQuantumTask", SV1, TASK, **OWN)
        assert not alone.may("braket:CreateQuantumTask", SV1, TASK)
        assert not alone.may("braket:CreateQuantumTask", SV1, TASK, **OTHER)
        for action in ("braket:GetQuantumTask", "braket:CancelQuantumTask"):
            assert not alone.may(action, TASK, **OTHER_TAGGED)
        assert not alone.may("braket:TagResource", TASK, **OWN, **OTHER_TAGGED)
        assert not alone.may("iam:PassRole", OTHER_JOB_ROLE, **TO_BRAKET)


def test_the_device_lock_alone_stops_other_devices(roles: dict[str, Role]) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for role in roles.values():
        wide = Role(role.arn, role.identity, None, role.tags).with_policies(everything)
        assert wide.may("braket:CreateQuantumTask", SV1, TASK)
        assert wide.may("braket:CreateJob", SV1, JOB)
        assert not wide.may("braket:CreateQuantumTask", QPU)
        assert not wide.may("braket:CreateJob", QPU)
        for crafted in ("device/qpu/x/job/1", "device/qpu/x:job/1", "device/quantum-task/1"):
            arn = f"arn:aws:braket:eu-west-2:{ACCOUNT}:{crafted}"
            assert not wide.may("braket:CreateQuantumTask", arn), "made to look like a task or job"
        assert wide.may("braket:GetDevice", QPU), "prices and calibration stay readable"


def test_the_region_lock_alone_stops_other_regions(roles: dict[str, Role]) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for role in roles.values():
        wide = Role(role.arn, role.identity, None, role.tags).with_policies(everything)
        for action in (
            "braket:GetDevice",
            "s3:GetObject",
            "kms:Decrypt",
            "logs:GetLogEvents",
            "ec2:RunInstances",
        ):
            assert wide.may(action, "x")
            assert not wide.may(action, "x", aws__RequestedRegion="us-west-2")
        assert wide.may("budgets:ViewBudget", "x", aws__RequestedRegion="us-east-1")


@pytest.mark.parametrize("kind", SUBMITTERS)
def test_handles_only_what_bears_its_tag(roles: dict[str, Role], kind: str) -> None:
    for action in ("braket:GetQuantumTask", "braket:CancelQuantumTask", "braket:ListTagsForResource"):
        assert roles[kind].may(action, TASK, **TAGGED)
        assert not roles[kind].may(action, TASK, **OTHER_TAGGED)
        assert not roles[kind].may(action, TASK)
    assert roles[kind].may("braket:CancelJob", JOB, **TAGGED)
    assert not roles[kind].may("braket:CancelJob", JOB, **OTHER_TAGGED)


@pytest.mark.parametrize("kind", ["researcher", "pipeline", "job"])
def test_cannot_take_a_task_by_tagging_it(roles: dict[str, Role], kind: str) -> None:
    assert not roles[kind].may("braket:TagResource", TASK, **OWN, **OTHER_TAGGED), "another project's"
    assert not roles[kind].may("braket:TagResource", TASK, **OWN, **TAGGED), "no retagging of its own"
    assert not roles[kind].may("braket:TagResource", TASK, **OTHER)
    assert not roles[kind].may("braket:UntagResource", TASK, **TAGGED)


@pytest.mark.parametrize("kind", ["researcher", "pipeline", "job"])
def test_reads_its_results_and_no_others(roles: dict[str, Role], kind: str, up: Run) -> None:
    rules = up.one("aws:s3/bucketPolicy:BucketPolicy", "results").document("policy")
    assert roles[kind].may("s3:GetObject", f"{BUCKET}/task/results.json", resource_policy=rules)
    assert roles[kind].may("s3:ListBucket", BUCKET, resource_policy=rules)
    assert roles[kind].may("kms:Decrypt", KEY, **OWN_KEY)
    assert not roles[kind].may("s3:GetObject", f"{OTHER_BUCKET}/task/results.json")
    assert not roles[kind].may("s3:ListBucket", OTHER_BUCKET)
    for alias in ("alias/qlz/sandbox/optimus-two", "alias/qlz/sandbox/_trail"):
        assert not roles[kind].may("kms:Decrypt", KEY, **{**OWN_KEY, "kms__ResourceAliases": [alias]})
    assert not roles[kind].may("kms:Decrypt", KEY, kms__ResourceAliases=["alias/qlz/sandbox/optimus"])


def test_the_auditor_reads_metadata_and_logs_but_no_results(roles: dict[str, Role]) -> None:
    auditor = roles["auditor"]
    assert auditor.may("braket:GetQuantumTask", TASK, **TAGGED)
    assert auditor.may("logs:GetLogEvents", f"{LOGS}optimus--vqe/1")
    for action, resource, context in (
        ("s3:GetObject", f"{BUCKET}/x", {}),
        ("s3:ListBucket", BUCKET, {}),
        ("kms:Decrypt", KEY, OWN_KEY),
        ("budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/qlz-optimus-sandbox", {}),
        ("braket:CancelQuantumTask", TASK, TAGGED),
        ("s3:PutObject", f"{BUCKET}/x", {}),
    ):
        assert not auditor.may(action, resource, **context), action


@pytest.mark.parametrize(
    ("permission", "does", "does_not"),
    [
        ("submit", ("s3:PutObject", f"{BUCKET}/x", {}), ("s3:GetObject", f"{BUCKET}/x", {})),
        ("results", ("s3:GetObject", f"{BUCKET}/x", {}), ("braket:GetQuantumTask", TASK, TAGGED)),
        ("metadata", ("braket:GetQuantumTask", TASK, TAGGED), ("s3:GetObject", f"{BUCKET}/x", {})),
        ("logs", ("logs:GetLogEvents", f"{LOGS}optimus--a/1", {}), ("braket:GetQuantumTask", TASK, TAGGED)),
        (
            "billing",
            ("budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/qlz-optimus-sandbox", {}),
            ("braket:GetQuantumTask", TASK, TAGGED),
        ),
    ],
)
def test_permissions_are_separate(
    roles: dict[str, Role],
    policies: dict[str, dict[str, Any]],
    permission: str,
    does: tuple[str, str, dict[str, Any]],
    does_not: tuple[str, str, dict[str, Any]],
) -> None:
    holder = Role(roles["researcher"].arn, (policies[permission],), None, roles["researcher"].tags)
    assert holder.may(does[0], does[1], **does[2])
    assert not holder.may(does_not[0], does_not[1], **does_not[2])


def test_logs_of_a_project_whose_name_begins_alike_stay_closed(
    roles: dict[str, Role], other_roles: dict[str, Role]
) -> None:
    assert roles["researcher"].may("logs:GetLogEvents", f"{LOGS}optimus--vqe/1")
    assert not roles["researcher"].may("logs:GetLogEvents", f"{LOGS}optimus-two--vqe/1")
    assert not other_roles["researcher"].may("logs:GetLogEvents", f"{LOGS}optimus--vqe/1")
    assert not roles["job"].may("logs:PutLogEvents", f"{LOGS}optimus-two--vqe/1")
    for role in roles.values():
        for action in ("logs:FilterLogEvents", "logs:DescribeLogStreams", "logs:StartQuery"):
            assert not role.may(action, f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/aws/braket/jobs:*")
        for action in ("braket:SearchQuantumTasks", "braket:SearchJobs", "braket:SearchSpendingLimits"):
            assert not role.may(action, "*")


def test_only_its_own_job_role_is_passed_and_only_to_braket(roles: dict[str, Role]) -> None:
    for kind in SUBMITTERS:
        assert not roles[kind].may("iam:PassRole", OTHER_JOB_ROLE, **TO_BRAKET)
        assert not roles[kind].may("iam:PassRole", JOB_ROLE, iam__PassedToService="lambda.amazonaws.com")
        assert not roles[kind].may("iam:PassRole", roles["researcher"].arn, **TO_BRAKET)
    assert not roles["job"].may("iam:PassRole", JOB_ROLE, **TO_BRAKET)


@pytest.mark.parametrize("kind", ["researcher", "pipeline", "job", "auditor"])
@pytest.mark.parametrize(
    "action",
    [
        "s3:CreateBucket",
        "s3:PutBucketPolicy",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "kms:PutKeyPolicy",
        "kms:CreateGrant",
        "kms:CreateAlias",
        "iam:CreateRole",
        "iam:TagRole",
        "braket:AcceptUserAgreement",
        "braket:DeleteSpendingLimit",
        "cloudtrail:StopLogging",
        "logs:DeleteLogGroup",
        "sts:AssumeRole",
        "ce:GetCostAndUsage",
    ],
)
def test_never(roles: dict[str, Role], kind: str, action: str) -> None:
    for resource in ("*", BUCKET, f"{BUCKET}/x", KEY, roles[kind].arn, TASK):
        assert not roles[kind].may(action, resource, **OWN, **TAGGED, **OWN_KEY)


def granted(role: Role) -> set[str]:
    found: set[str] = set()
    for document in role.identity:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                actions = statement["Action"]
                found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def test_frozen_means_nothing_at_all(roles: dict[str, Role], policies: dict[str, dict[str, Any]]) -> None:
    for role in roles.values():
        frozen = role.with_policies(policies["freeze"])
        actions = granted(role)
        assert actions or role is roles["elevated"], "which holds nothing until something is granted"
        for action in actions:
            for resource in (SV1, TASK, BUCKET, f"{BUCKET}/x", KEY, "*"):
                assert not frozen.may(action, resource, **OWN, **TAGGED, **OWN_KEY)


def test_the_bucket_itself_keeps_outsiders_out(
    up: Run, roles: dict[str, Role], other_roles: dict[str, Role]
) -> None:
    rules = up.one("aws:s3/bucketPolicy:BucketPolicy", "results").document("policy")
    everything = json.loads('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
    admin = Role(f"arn:aws:iam::{ACCOUNT}:role/admin", (everything,), None, {})
    for outsider in (admin, other_roles["researcher"].with_policies(everything)):
        for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"):
            assert not outsider.may(action, f"{BUCKET}/x", resource_policy=rules)
    for action in (
        "s3:PutBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:ListBucket",
        "s3:PutLifecycleConfiguration",
    ):
        assert admin.may(action, BUCKET, resource_policy=rules), "administrators are not locked out"
    braket = (
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/braket.amazonaws.com/AWSServiceRoleForAmazonBraket"
    )
    service = Role(braket, (everything,), None, {})
    for action in ("s3:PutObject", "s3:GetObject"):
        assert service.may(action, f"{BUCKET}/x", resource_policy=rules), "Braket writes results"
    plain = roles["researcher"].may(
        "s3:GetObject", f"{BUCKET}/x", resource_policy=rules, aws__SecureTransport="false"
    )
    assert not plain

"""Every generated policy is within AWS's limits, and names actions that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest

from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.network import NetworkArgs
from components.braket.policy import LIMITS, Kind
from components.braket.private_lock import PrivateAccess
from components.braket.trail_alarms import Unusual
from components.tags import EnvironmentTags
from tests.components.conftest import DM1, SV1, project_args, run_environment, run_organization, run_project
from tests.components.runner import ACCOUNT, Made, Run

DOCUMENTS = {
    "policy": {
        "aws:ec2/vpcEndpoint:VpcEndpoint": Kind.ENDPOINT,
        "aws:iam/policy:Policy": Kind.MANAGED,
        "aws:iam/rolePolicy:RolePolicy": Kind.INLINE,
        "aws:kms/key:Key": Kind.KEY,
        "aws:s3/bucketPolicy:BucketPolicy": Kind.BUCKET,
        "aws:secretsmanager/secretPolicy:SecretPolicy": Kind.SECRET,
        "aws:sns/topicPolicy:TopicPolicy": Kind.TOPIC,
    },
    "assumeRolePolicy": {"aws:iam/role:Role": Kind.TRUST},
    "content": {"aws:organizations/policy:Policy": Kind.SERVICE_CONTROL},
    "policyDocument": {"aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Kind.LOGS},
}
BRAKET = {
    *("AcceptUserAgreement", "CancelJob", "CancelQuantumTask", "CreateJob", "CreateQuantumTask"),
    *("CreateSpendingLimit", "DeleteSpendingLimit", "UpdateSpendingLimit", "GetDevice", "GetJob"),
    *("GetQuantumTask", "GetServiceLinkedRoleStatus", "GetUserAgreementStatus", "ListTagsForResource"),
    *(
        "SearchDevices",
        "SearchJobs",
        "SearchQuantumTasks",
        "SearchSpendingLimits",
        "TagResource",
        "UntagResource",
    ),
}
"""AWS's service authorization page of Amazon Braket, read 2026-11."""
CALLED = {"access-analyzer": "accessanalyzer", "servicequotas": "service-quotas"}
"""Services whose API has another name than their actions."""
UNLIKE_OPERATIONS: dict[str, set[str]] = {
    "budgets": {"ModifyBudget", "ViewBudget"},
    "cloudformation": {
        *("CreateResource", "DeleteResource", "GetResource", "GetResourceRequestStatus", "UpdateResource"),
    },
    "iam": {"PassRole"},
    "kms": {"ReEncryptFrom", "ReEncryptTo"},
    "logs": {"CreateLogDelivery", "DeleteLogDelivery", "Unmask"},
    "s3": {
        *("AbortMultipartUpload", "BypassGovernanceRetention", "CreateBucket", "DeleteObjectVersion"),
        *("GetAccountPublicAccessBlock", "GetBucketAcl", "GetObject", "GetObjectVersion", "ListAllMyBuckets"),
        "GetAccelerateConfiguration",
        "GetEncryptionConfiguration",
        "GetLifecycleConfiguration",
        *("GetReplicationConfiguration", "PutReplicationConfiguration", "ReplicateObject"),
        *("GetObjectVersionAcl", "GetObjectVersionForReplication"),
        "PutBucketObjectLockConfiguration",
        "PutBucketPublicAccessBlock",
        "PutEncryptionConfiguration",
        *("ListBucket", "ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts"),
        *(
            "PutAccountPublicAccessBlock",
            "PutBucketPolicy",
            "PutLifecycleConfiguration",
            "PutObject",
            "PutObjectAcl",
        ),
        *("CreateAccessPoint", "DeleteAccessPoint", "PutAccessPointPolicy", "PutAnalyticsConfiguration"),
    },
    "sts": {"SetSourceIdentity", "TagSession"},
}
"""IAM actions that no API operation is named after (service authorization pages, read 2026-11)."""


@pytest.fixture(scope="module")
def runs() -> tuple[Run, ...]:
    """With the longest names and the most devices there can be."""
    also = ("eu-north-1", "us-east-1")
    place = EnvironmentNames(ACCOUNT, "eu-west-2", "e" * 32, also)
    tags = EnvironmentTags("e" * 32, "platform@example.org", "CC-1001")
    qpus = tuple(f"arn:aws:braket:eu-west-2::device/qpu/provider/A-Long-Device-{n:02}" for n in range(30))
    organization = run_organization(
        environments=tuple(EnvironmentNames(f"{n:012}", "eu-west-2", "e" * 32, also) for n in range(1, 3))
    )
    private = PrivateAccess(dict.fromkeys(also, f"vpce-{'0' * 17}"), {"x": "vpc-1"})
    project = run_project(
        "p" * 26, private=private, people_submit=False, devices=(SV1, DM1, *qpus), archive_days=91
    )
    unusual = (Unusual("p", tuple(qpus[:8]), 100, tuple(f"192.0.{n}.0/24" for n in range(15))),)
    spending = dict.fromkeys(qpus[:12], "0")
    environment = run_environment(names=place, tags=tags, unusual=unusual, spending=spending)
    short = EnvironmentNames(ACCOUNT, "eu-west-2", "prod", also)
    networked = run_environment(
        names=short,
        tags=EnvironmentTags("prod", "platform@example.org", "CC-1001"),
        network=NetworkArgs("10.40.0.0/20"),
        notebooks=True,
    )
    return environment, project, organization, networked


def documents(runs: tuple[Run, ...]) -> Iterator[tuple[Made, Kind, str]]:
    for made in (made for found in runs for made in found.made):
        for key, kinds in DOCUMENTS.items():
            if key in made.inputs:
                yield made, kinds[made.type], made.inputs[key]


def test_every_document_is_within_its_limit(runs: tuple[Run, ...]) -> None:
    found = list(documents(runs))
    assert {kind for _, kind, _ in found} == set(Kind)
    for made, kind, text in found:
        assert len(text) <= LIMITS[kind], (made.urn, len(text))
    assert LIMITS[Kind.MANAGED] == 6144
    assert LIMITS[Kind.INLINE] == 10240
    assert LIMITS[Kind.TRUST] == 2048


def test_no_role_has_more_policies_than_aws_attaches(runs: tuple[Run, ...]) -> None:
    attached: dict[str, int] = {}
    for made in runs[1].all("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        attached[made.inputs["role"]] = attached.get(made.inputs["role"], 0) + 1
    assert max(attached.values()) <= 9, "ten by default, one of them for a freeze"


@cache
def actions_of(service: str) -> frozenset[str]:
    if service == "braket":
        return frozenset(BRAKET)
    model = botocore.session.get_session().get_service_model(CALLED.get(service, service))
    return frozenset({*model.operation_names, *UNLIKE_OPERATIONS.get(service, set())})


def all_actions(runs: tuple[Run, ...]) -> set[str]:
    found: set[str] = set()
    for _, _, text in documents(runs):
        statements: list[dict[str, Any]] = json.loads(text)["Statement"]
        for statement in statements:
            for key in ("Action", "NotAction"):
                value = statement.get(key, [])
                found |= {value} if isinstance(value, str) else set(value)
    return found - {"*"}


def test_every_action_exists(runs: tuple[Run, ...]) -> None:
    for action in sorted(all_actions(runs)):
        service, _, name = action.partition(":")
        pattern = re.compile(name.replace("*", ".*"))
        assert any(pattern.fullmatch(known) for known in actions_of(service)), action


def test_names_are_within_their_limits() -> None:
    names = ProjectNames("p" * 26, project_args().names.environment)
    assert len(names.policy_name("device-lock")) <= 128
    assert len(names.job_role_name) == 64
    assert len(names.bucket) <= 63

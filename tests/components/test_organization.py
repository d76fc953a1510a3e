"""The organization's region locks, by evaluation, and its cost tags (R1)."""

from __future__ import annotations

from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.names import EnvironmentNames
from tests.components.conftest import PLACE, organization_args, run_organization
from tests.components.iam import Request, decide
from tests.components.runner import ACCOUNT, Run

ADMIN = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def organization(request: pytest.FixtureRequest) -> Run:
    return run_organization(preview=request.param)


def answer(lock: dict[str, Any], action: str, region: str, who: str = ADMIN) -> str:
    context: dict[str, str | list[str]] = {"aws:RequestedRegion": region, "aws:PrincipalArn": who}
    return decide([lock], Request(action, "*", context, who))


@pytest.mark.parametrize("who", [ADMIN, ROOT, PLACE.role_arn("environment-apply")])
def test_nobody_leaves_the_regions_administrators_and_root_included(organization: Run, who: str) -> None:
    lock = organization.one("aws:organizations/policy:Policy", "region-lock-sandbox").document("content")
    for action in ("braket:CreateQuantumTask", "s3:CreateBucket", "ec2:RunInstances", "kms:CreateKey"):
        assert answer(lock, action, "us-east-1", who) == "deny"
        assert answer(lock, action, "eu-west-2", who) == "none"
        assert answer(lock, action, "eu-north-1", who) == "none"


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole",
        "sts:AssumeRole",
        "organizations:DescribeOrganization",
        "budgets:ViewBudget",
        "ce:GetCostAndUsage",
        "support:CreateCase",
        "health:DescribeEvents",
        "route53:ListHostedZones",
        "cloudfront:ListDistributions",
        "s3:ListAllMyBuckets",
        "s3:PutAccountPublicAccessBlock",
    ],
)
def test_global_services_are_left_out(organization: Run, action: str) -> None:
    lock = organization.one("aws:organizations/policy:Policy", "region-lock-sandbox").document("content")
    assert answer(lock, action, "us-east-1") == "none"


def test_break_glass_is_left_out_and_only_that_of_the_account(organization: Run) -> None:
    lock = organization.one("aws:organizations/policy:Policy", "region-lock-sandbox").document("content")
    assert answer(lock, "cloudtrail:GetTrailStatus", "us-east-1", PLACE.role_arn("break-glass")) == "none"
    for other in (
        f"arn:aws:iam::{ACCOUNT}:role/qlz-sandbox-break-glass",
        f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-sandbox-break-glass",
        PLACE.role_arn("break-glass").replace(ACCOUNT, "999999999999"),
    ):
        assert answer(lock, "cloudtrail:GetTrailStatus", "us-east-1", other) == "deny"


def test_each_account_has_the_lock_of_its_own_regions(organization: Run) -> None:
    lock = organization.one("aws:organizations/policy:Policy", "region-lock-dev").document("content")
    assert answer(lock, "s3:CreateBucket", "eu-north-1") == "deny", "dev names no further region"
    targets = {
        made.name: made.inputs["targetId"]
        for made in organization.all("aws:organizations/policyAttachment:PolicyAttachment")
    }
    assert targets == {"region-lock-sandbox": ACCOUNT, "region-lock-dev": "222233334444"}
    for made in organization.all("aws:organizations/policy:Policy"):
        assert made.protect
        assert made.inputs["type"] == "SERVICE_CONTROL_POLICY"


def test_cost_tags_are_activated(organization: Run) -> None:
    tags = organization.all("aws:costexplorer/costAllocationTag:CostAllocationTag")
    assert {(tag.inputs["tagKey"], tag.inputs["status"]) for tag in tags} == {
        ("project", "Active"),
        ("cost-centre", "Active"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"account": ACCOUNT},
        {"environments": (PLACE, EnvironmentNames(ACCOUNT, "eu-west-2", "dev"))},
        {"cost_tags": ("aws:createdBy",)},
        {"account": "1"},
    ],
)
def test_what_would_not_hold_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        organization_args(**changes)

"""I8: every role carries the environment's permission boundary, and a boundary is worth the name."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BOUNDARY_SUFFIX, POLICY, ROLE, is_boundary, role_arn
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import StackFacts

# With any of these a role could leave its boundary behind, or take over a role without one, or change the tag
# by which the boundary knows whose it is.
_ESCAPES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole",
    "sts:TagSession",
    "iam:CreateUser",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)
# What is done in a region and would carry data, keys or circuits there.
_REGIONAL = (
    "braket:CreateJob",
    "braket:CreateQuantumTask",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "lambda:InvokeFunction",
    "logs:PutLogEvents",
    "s3:CreateBucket",
    "s3:GetObject",
    "s3:PutObject",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if resource.type == ROLE:
        if role_arn(resource, declared.account) in declared.own_roles:
            return  # it stands above the projects; what it grants is judged by least privilege
        if declared.is_environment and _serves_only(resource):
            return
        own = f"arn:aws:iam::{declared.account}:policy/"
        # A project's is known by name: any other that ends alike may be as wide as somebody liked.
        name = f"qlz/{declared.environment}/qlz-{declared.environment}" if declared.is_project else ""
        yield from expect(
            resource["permissionsBoundary"],
            lambda arn: (
                isinstance(arn, str) and arn.startswith(own + name) and arn.endswith(name + BOUNDARY_SUFFIX)
            ),
            "it does not carry the environment's permission boundary",
        )
    elif is_boundary(resource):
        if declared.is_project:
            yield fail(
                "it is a permission boundary made by a project, which could make it as wide as it likes"
            )
        document = read_document(resource["policy"])
        for action in _ESCAPES:
            if document.permits(action):
                yield fail(f"it is a permission boundary that lets {action} through")
        regions = (declared.region, *declared.also)
        if not any(_locks_regions(each, regions) for each in document.denies()):
            yield fail(
                "it is a permission boundary that lets requests to regions other than "
                f"{' and '.join(regions)} pass"
            )


def _locks_regions(deny: Statement, regions: tuple[str, ...]) -> bool:
    """Whether it denies, in any other region, all but services that one region answers for all."""
    return (
        "*" in deny.resources
        and [(each.operator, each.key, frozenset(each.values)) for each in deny.conditions]
        == [("stringnotequals", "aws:requestedregion", frozenset(regions))]
        and ("*" in deny.actions or len(deny.may(*_REGIONAL)) == len(_REGIONAL))
    )


def _serves_only(role: Resource) -> bool:
    """A role that AWS services alone can assume, such as the trail's: the boundary, made for projects, would
    leave it no right, and in an environment its policies are the platform team's own."""
    return all(
        set(each.principals) == {"Service"} for each in read_document(role["assumeRolePolicy"]).allows()
    )


CONTROL = Control(
    id="qlz-i8-permission-boundary",
    title="Every role carries the permission boundary",
    why="Without the boundary a role can do whatever its policies come to say, whoever writes them.",
    fix=(
        "Set permissions_boundary to the environment's boundary ARN, computed, so that it is known at "
        "preview."
    ),
    requirements=("I8", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-6(10)"),
        "iso-27001-2022-annex-a": ("A.8.2",),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("IAM-05", "IAM-09"),
    },
    types=(ROLE, POLICY),
    judge=judge,
    admits_exceptions=False,
)

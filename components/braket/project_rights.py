"""What project-apply may do: make and change projects (I2, I8, K7).

Only roles that carry the boundary; never the boundary, nor keys and aliases of the environment; it may not
touch a freeze.
"""

from __future__ import annotations

from components.braket.names import EnvironmentNames, budget_arn, secret_arns, store_arns
from components.braket.operators import (
    BUCKET_CHANGES,
    NO_DATA,
    NO_GRANTS,
    POLICY_CHANGES,
    RULE_CHANGES,
    key_rights,
)
from components.braket.policy import Conditions, Statement


def project_identity(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change roles of projects, always with the boundary, and their policies; never a freeze."""
    bounded = {"StringEquals": {"iam:PermissionsBoundary": names.boundary_arn}}
    return (
        Statement(
            "BoundedRoles",
            "Allow",
            actions=("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
            resources=names.project_roles,
            conditions=bounded,
        ),
        Statement(
            "BoundedGrants",
            "Allow",
            actions=("iam:AttachRolePolicy",),
            resources=names.project_roles,
            conditions={**bounded, "ArnLike": {"iam:PolicyARN": names.project_policies}},
        ),
        Statement(
            "Roles",
            "Allow",
            actions=(
                *("iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole"),
                *("iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"),
                "iam:UpdateRoleDescription",
            ),
            resources=names.project_roles,
        ),
        Statement("Policies", "Allow", actions=POLICY_CHANGES, resources=(names.project_policies,)),
        Statement(
            "FreezeStaysOn",
            "Deny",
            actions=("iam:DetachRolePolicy",),
            resources=("*",),
            conditions={"ArnLike": {"iam:PolicyARN": names.freeze_policies}},
        ),
        Statement(
            "FreezeStaysWhole",
            "Deny",
            actions=("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"),
            resources=(names.freeze_policies,),
        ),
        Statement(
            "BoundaryStays",
            "Deny",
            actions=("iam:DeleteRolePermissionsBoundary",),
            resources=("*",),
        ),
        Statement(
            "OtherBoundaries",
            "Deny",
            actions=("iam:CreateRole", "iam:PutRolePermissionsBoundary"),
            resources=("*",),
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": names.boundary_arn}},
        ),
        NO_DATA,
        NO_GRANTS,
    )


def project_stores(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change buckets, keys, secrets, budgets, event rules of projects; read and use none."""
    here, buckets = names.environment, store_arns("*", names)
    own_tags: Conditions = {
        "StringEquals": {"aws:RequestTag/environment": here},
        "Null": {"aws:RequestTag/project": "false"},
    }
    return (
        *key_rights(names, own_tags, {"Null": {"aws:ResourceTag/project": "false"}}),
        Statement(
            "EnvironmentsKeys",
            "Deny",
            actions=("kms:TagResource", "kms:UntagResource"),
            resources=("*",),
            conditions={"Null": {"aws:ResourceTag/environment": "false", "aws:ResourceTag/project": "true"}},
        ),
        Statement(
            "EnvironmentsAliases",
            "Deny",
            actions=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
            resources=(names.arn("kms", names.alias("*")),),
        ),
        Statement(
            "Buckets",
            "Allow",
            actions=(*BUCKET_CHANGES, "s3:ListBucketVersions", "s3:PutReplicationConfiguration"),
            resources=buckets,
        ),
        Statement(
            "PassBackupRoles",
            "Allow",
            actions=("iam:PassRole",),
            resources=(names.iam_arn(f"role{names.path}*/qlz-*-{here}-backup"),),
            conditions={"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}},
        ),
        Statement(
            "EmptyBuckets",
            "Allow",
            actions=("s3:DeleteObject", "s3:DeleteObjectVersion"),
            resources=tuple(f"{bucket}/*" for bucket in buckets),
        ),
        Statement(
            "Secrets",
            "Allow",
            actions=(
                *("secretsmanager:CreateSecret", "secretsmanager:DeleteResourcePolicy"),
                *("secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy"),
                *("secretsmanager:TagResource", "secretsmanager:UntagResource"),
                "secretsmanager:UpdateSecret",
            ),
            resources=(secret_arns("*", names),),
        ),
        Statement(
            "Budgets",
            "Allow",
            actions=("budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"),
            resources=(budget_arn("*", names),),
        ),
        Statement(
            "Events",
            "Allow",
            actions=RULE_CHANGES,
            resources=tuple(
                f"arn:aws:events:{region}:{names.account}:rule/qlz-*-{here}-*" for region in names.regions
            ),
        ),
    )

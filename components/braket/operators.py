"""What the platform team's own roles may do: the table "who may do what", one function a row (I2, I8, K7).

- plan reads settings; no results, no logs, nothing decrypted.
- environment_apply makes and changes what stands above the projects, and administers their keys.
- What project_apply may is in project_rights.

NO_DATA stands beside each of them: whatever is allowed somewhere, such as by a resource's own policy, they
use no key, read no data and run no quantum work. What watches the account is in observers, responder and
break-glass in responders.
"""

from __future__ import annotations

from components.braket.keys import ADMINISTRATION
from components.braket.names import (
    BRAKET_PRINCIPAL,
    EnvironmentNames,
    budget_arn,
)
from components.braket.policy import Conditions, Statement

PLAN, ENVIRONMENT_APPLY, PROJECT_APPLY = "plan", "environment-apply", "project-apply"
RESPONDER, BREAK_GLASS = "responder", "break-glass"
OWN_ROLES = (PLAN, ENVIRONMENT_APPLY, PROJECT_APPLY, RESPONDER, BREAK_GLASS, "trail", "events")
OWN_POLICIES = (
    *("plan", "environment-identity", "environment-services", "environment-watch", "project-identity"),
    *("project-stores", "responder", "break-glass", "environment-network", "project-notebooks"),
)
NO_DATA = Statement(
    "NoData",
    "Deny",
    actions=(
        *("braket:CreateJob", "braket:CreateQuantumTask"),
        *("kms:Decrypt", "kms:Encrypt", "kms:Generate*", "kms:ReEncrypt*"),
        *("logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord", "logs:GetQueryResults"),
        *("logs:StartLiveTail", "logs:StartQuery", "logs:Unmask"),
        *("s3:BypassGovernanceRetention", "s3:GetObject*", "s3:PutObject*", "s3:RestoreObject"),
        *("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"),
        *("secretsmanager:PutSecretValue", "sts:Assume*", "sts:GetFederationToken"),
    ),
    resources=("*",),
)
NO_GRANTS = Statement(
    "NoGrants",
    "Deny",
    actions=("kms:CreateGrant",),
    resources=("*",),
    conditions={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
)
"""Whoever makes a grant gives out a key's use (K7): none but what a service asks for, to use it itself."""
_READS = (
    *("access-analyzer:GetAnalyzer", "access-analyzer:List*", "braket:GetDevice", "braket:SearchDevices"),
    *("braket:SearchSpendingLimits", "braket:ListTagsForResource"),
    *("cloudformation:GetResource", "cloudformation:GetResourceRequestStatus"),
    *("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrail"),
    *("cloudtrail:GetTrailStatus", "cloudtrail:ListTags", "cloudwatch:DescribeAlarms"),
    *("cloudwatch:ListTagsForResource", "ec2:Describe*", "events:Describe*", "events:List*"),
    *("iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole"),
    *("iam:GetRolePolicy", "iam:GetSAMLProvider", "iam:List*", "kms:DescribeKey", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:List*", "logs:DescribeLogGroups", "logs:DescribeMetricFilters"),
    *("logs:DescribeResourcePolicies", "logs:ListTagsForResource", "s3:GetAccountPublicAccessBlock"),
    *("s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration"),
    *("s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListAllMyBuckets"),
    *("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "sns:GetSubscriptionAttributes"),
    *("sns:GetTopicAttributes", "sns:List*", "sts:GetCallerIdentity"),
)


def plan(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Read the settings of what is there, and nothing that is in it."""
    return (
        Statement(
            "ReadSettings",
            "Allow",
            actions=_READS,
            resources=("*",),
            because="a plan compares everything there is; names and settings tell nothing of what is in them",
        ),
        Statement(
            "ReadBudgets",
            "Allow",
            actions=("budgets:ListTagsForResource", "budgets:ViewBudget"),
            resources=(budget_arn("*", names),),
        ),
        NO_DATA,
        NO_GRANTS,
    )


def environment_identity(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change the environment's own roles and policies, by name; thaw a project."""
    roles = tuple(names.role_arn(kind) for kind in OWN_ROLES)
    own = tuple(names.iam_arn(f"policy{names.path}{names.role_name(kind)}") for kind in OWN_POLICIES)
    return (
        Statement(
            "OwnRoles",
            "Allow",
            actions=(
                *("iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"),
                *("iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"),
                "iam:UpdateRoleDescription",
            ),
            resources=roles,
        ),
        Statement(
            "OwnGrants",
            "Allow",
            actions=("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
            resources=roles,
            conditions={"ArnEquals": {"iam:PolicyARN": own}},
        ),
        Statement("OwnPolicies", "Allow", actions=POLICY_CHANGES, resources=(*own, names.boundary_arn)),
        Statement(
            "Thaw",
            "Allow",
            actions=("iam:DetachRolePolicy",),
            resources=names.project_roles,
            conditions={"ArnLike": {"iam:PolicyARN": names.freeze_policies}},
        ),
        NO_DATA,
        NO_GRANTS,
    )


def environment_services(
    names: EnvironmentNames, providers: tuple[str, ...], devices: tuple[str, ...]
) -> tuple[Statement, ...]:
    """Make and change identity providers, keys, trail and spending limits; read none of them.

    providers: ARNs of the identity providers. devices: of the QPUs that have a spending limit.
    """
    here = names.environment
    trail = f"arn:aws:s3:::{names.trail_bucket}"
    services = (names.service_role_arn, names.iam_arn(f"role/aws-service-role/{_ANALYZER}/*"))
    return (
        Statement(
            "Providers",
            "Allow",
            actions=(
                *("iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider"),
                *("iam:CreateSAMLProvider", "iam:DeleteOpenIDConnectProvider", "iam:DeleteSAMLProvider"),
                *("iam:RemoveClientIDFromOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"),
                *("iam:TagSAMLProvider", "iam:UntagOpenIDConnectProvider", "iam:UntagSAMLProvider"),
                *("iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider"),
            ),
            resources=providers,
        ),
        Statement(
            "ServicesOwnRoles",
            "Allow",
            actions=("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"),
            resources=services,
            conditions={"StringEquals": {"iam:AWSServiceName": (BRAKET_PRINCIPAL, _ANALYZER)}},
        ),
        # A service-linked role is tagged once it is there, and goes when its service lets go of it.
        Statement(
            "ServicesOwnRolesTags",
            "Allow",
            actions=(
                *("iam:GetServiceLinkedRoleDeletionStatus", "iam:TagRole", "iam:UntagRole"),
                "iam:UpdateRole",
            ),
            resources=services,
        ),
        Statement(
            "PassTrailRole",
            "Allow",
            actions=("iam:PassRole",),
            resources=(names.role_arn("trail"),),
            conditions={"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
        ),
        *key_rights(names, {"StringEquals": {"aws:RequestTag/environment": here}}, {}),
        Statement("TrailBucket", "Allow", actions=BUCKET_CHANGES, resources=(trail,)),
        Statement(
            "Account",
            "Allow",
            actions=(
                *("cloudformation:CreateResource", "cloudformation:DeleteResource"),
                *("cloudformation:UpdateResource", "logs:DeleteResourcePolicy", "logs:PutResourcePolicy"),
                *("s3:PutAccountPublicAccessBlock", "sns:Unsubscribe"),
            ),
            resources=("*",),
            because="AWS scopes these to no resource; what the first three make needs its own right as well",
        ),
        Statement(
            "SpendingLimits",
            "Allow",
            actions=(
                *("braket:CreateSpendingLimit", "braket:DeleteSpendingLimit", "braket:UpdateSpendingLimit"),
                *("braket:TagResource", "braket:UntagResource"),
            ),
            resources=(
                *devices,
                *(f"arn:aws:braket:{region}:{names.account}:spending-limit/*" for region in names.regions),
            ),
        ),
        Statement(
            "Trail",
            "Allow",
            actions=(
                *("cloudtrail:AddTags", "cloudtrail:CreateTrail", "cloudtrail:DeleteTrail"),
                *("cloudtrail:PutEventSelectors", "cloudtrail:RemoveTags", "cloudtrail:StartLogging"),
                "cloudtrail:UpdateTrail",
            ),
            resources=(names.trail_arn,),
        ),
    )


POLICY_CHANGES = (
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"),
)
RULE_CHANGES = (
    *("events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"),
    *("events:TagResource", "events:UntagResource"),
)
_ANALYZER = "access-analyzer.amazonaws.com"
BUCKET_CHANGES = (
    *("s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucket"),
    *("s3:PutBucketObjectLockConfiguration", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy"),
    *("s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning"),
    *("s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"),
)


def key_rights(names: EnvironmentNames, made: Conditions, held: Conditions) -> tuple[Statement, ...]:
    """Make keys with the environment's tag, administer those that bear it, name them; use none (K7).

    made, held: what is further demanded of a new key's tags and of a key's.
    """
    aliases = ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias")
    mine = {"StringEquals": {"aws:ResourceTag/environment": names.environment}, **held}
    return (
        Statement(
            "MakeKeys",
            "Allow",
            actions=("kms:CreateKey",),
            resources=("*",),
            conditions=made,
            because="a key that is not yet made has no name; its tags bound it",
        ),
        Statement(
            "TagNewKeys",
            "Allow",
            actions=("kms:TagResource",),
            resources=(names.arn("kms", "key/*"),),
            conditions=made,
        ),
        Statement(
            "AdministerKeys",
            "Allow",
            actions=tuple(action for action in ADMINISTRATION if not action.startswith("kms:List")),
            resources=(names.arn("kms", "key/*"),),
            conditions=mine,
        ),
        Statement(
            "NameKeys",
            "Allow",
            actions=aliases,
            resources=(names.arn("kms", f"alias/qlz/{names.environment}/*"),),
        ),
    )

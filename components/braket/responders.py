"""Who acts in an incident: the responder freezes, break-glass repairs (I7, L6).

The responder comes in like other people. Break-glass must not: it repairs the identity provider, so it is
entered by a principal of another account, which the stack file names with the place of its credential and its
last trial. Every use of it raises an alarm (see trail_alarms). A user must show MFA; a role's session has
none to show, so there the other account demands it.
"""

from __future__ import annotations

from components.args import check_match
from components.braket.boundary import CANCEL, READS
from components.braket.names import EnvironmentNames
from components.braket.operators import BREAK_GLASS, NO_DATA, NO_GRANTS, OWN_ROLES
from components.braket.policy import Conditions, Kind, Statement, policy


def responder(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Attach a project's pre-made freeze to its roles, and cancel work. Thawing is another's."""
    return (
        Statement(
            "Freeze",
            "Allow",
            actions=("iam:AttachRolePolicy",),
            resources=names.project_roles,
            conditions={"ArnLike": {"iam:PolicyARN": names.freeze_policies}},
        ),
        Statement(
            "FindRoles",
            "Allow",
            actions=("iam:GetRole", "iam:ListAttachedRolePolicies"),
            resources=names.project_roles,
        ),
        Statement("Cancel", "Allow", actions=(*CANCEL, *READS), resources=_work(names)),
        Statement(
            "FindWork",
            "Allow",
            actions=("braket:SearchJobs", "braket:SearchQuantumTasks"),
            resources=("*",),
            because="AWS scopes a search to no resource",
        ),
        NO_DATA,
        NO_GRANTS,
    )


def break_glass(names: EnvironmentNames, providers: tuple[str, ...]) -> tuple[Statement, ...]:
    """Repair the ways in: identity providers, and the trust of the environment's own roles. Freeze, too."""
    return (
        Statement(
            "Look",
            "Allow",
            actions=("iam:Get*", "iam:List*", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"),
            resources=("*",),
            because="it finds out what is broken",
        ),
        Statement(
            "RepairProviders",
            "Allow",
            actions=(
                *("iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider"),
                *("iam:CreateSAMLProvider", "iam:DeleteOpenIDConnectProvider", "iam:DeleteSAMLProvider"),
                *("iam:RemoveClientIDFromOpenIDConnectProvider", "iam:UpdateSAMLProvider"),
                *("iam:TagOpenIDConnectProvider", "iam:TagSAMLProvider"),
                "iam:UpdateOpenIDConnectProviderThumbprint",
            ),
            resources=providers,
        ),
        Statement(
            "RepairTrust",
            "Allow",
            actions=("iam:UpdateAssumeRolePolicy",),
            resources=tuple(names.role_arn(kind) for kind in OWN_ROLES if kind != BREAK_GLASS),
        ),
        Statement(
            "FreezeOrThaw",
            "Allow",
            actions=("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
            resources=names.project_roles,
            conditions={"ArnLike": {"iam:PolicyARN": names.freeze_policies}},
        ),
        Statement("Cancel", "Allow", actions=CANCEL, resources=_work(names)),
        NO_DATA,
        NO_GRANTS,
    )


def trust_break_glass(principal: str) -> str:
    """Lets in one principal of another account."""
    check_match(
        "BreakGlass.principal",
        principal,
        r"arn:aws:iam::[0-9]{12}:(user|role)/[A-Za-z0-9+=,.@_/-]+",
        "the ARN of one user or role, no wildcard",
    )
    mfa: Conditions = {"Bool": {"aws:MultiFactorAuthPresent": "true"}} if ":user/" in principal else {}
    return policy(
        Kind.TRUST,
        (
            Statement(
                "BreakGlass",
                "Allow",
                principals={"AWS": (principal,)},
                actions=("sts:AssumeRole", "sts:SetSourceIdentity"),
                conditions=mfa,
            ),
        ),
    )


def _work(names: EnvironmentNames) -> tuple[str, ...]:
    return (*names.quantum_tasks, *names.hybrid_jobs)

"""What the platform team's pipelines may do: the table "who may do what", one role a row (I2, I8, K7).

- plan reads settings: no results, no logs, no keys.
- environment-apply makes what stands above the projects. Azure cannot limit what a role definition holds, nor
  whom Privileged Identity Management makes eligible for what: whoever may change those can give himself
  anything. That is why they are this identity's alone, it is entered from one place of the CI system, and
  each such change raises an alarm (see alerts).
- project-apply makes projects. A role holds in the whole subscription, for the groups do not exist yet, and
  Azure cannot limit it by name or tag: it reaches the control plane of the environment's own resources of the
  same types. It gives only the project's roles, never to itself; it holds no data action, no keys of storage
  or workspaces, no policies, no role definitions and no eligibilities, and a policy keeps its hands off the
  credentials of the environment's identities (see region_lock). In a subscription that projects share it may
  write a credential on another project's identity, and so come in as it: no role or policy tells the
  projects apart, and the alarm on each such write is what tells. It writes resource groups, and so could
  write a freeze's tag away: the program keeps the tag, and each write of a group raises an alarm.
"""

from __future__ import annotations

from components.azure_quantum.permissions import DATA_ROLES, PROJECT_ROLES
from components.azure_quantum.policy import BUILT_IN, Permissions

PLAN, ENVIRONMENT_APPLY, PROJECT_APPLY = "plan", "environment-apply", "project-apply"
RESPONDER, BREAK_GLASS = "responder", "break-glass"
PIPELINES = (PLAN, ENVIRONMENT_APPLY, PROJECT_APPLY)


def _all(kind: str, *verbs: str) -> tuple[str, ...]:
    return tuple(f"{kind}/{verb}" for verb in (verbs or ("read", "write", "delete")))


_BUILDS_BOTH = (
    *_all("Microsoft.Resources/subscriptions/resourceGroups"),
    *_all("Microsoft.Authorization/roleAssignments"),
    *_all("Microsoft.Authorization/locks"),
    *_all("Microsoft.Insights/diagnosticSettings"),
    *_all("Microsoft.Insights/scheduledQueryRules"),
    *_all("Microsoft.KeyVault/vaults"),
    *_all("Microsoft.KeyVault/vaults/keys", "read", "write"),
    "Microsoft.KeyVault/locations/deletedVaults/read",
    "Microsoft.KeyVault/deletedVaults/read",
    *_all("Microsoft.ManagedIdentity/userAssignedIdentities"),
    *_all("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"),
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    *_all("Microsoft.Storage/storageAccounts"),
    *_all("Microsoft.Storage/storageAccounts/blobServices", "read", "write"),
    *_all("Microsoft.Storage/storageAccounts/managementPolicies"),
    # Asked for on the target of a diagnostic setting; local authentication is off, so the keys open nothing.
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
)
PLAN_ROLE = Permissions(
    PLAN,
    "Pipelines that plan: read settings, change nothing",
    actions=("*/read",),
    because="a plan compares everything there is; reading a setting tells nothing of what is inside",
)
ENVIRONMENT_ROLE = Permissions(
    ENVIRONMENT_APPLY,
    "The pipeline that changes what stands above the projects",
    actions=(
        "*/read",
        *(action for action in _BUILDS_BOTH if not action.endswith("/read")),
        *_all("Microsoft.Authorization/policyAssignments", "write", "delete"),
        *_all("Microsoft.Authorization/policyDefinitions", "write", "delete"),
        *_all("Microsoft.Authorization/roleDefinitions", "write", "delete"),
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
        "Microsoft.Authorization/roleManagementPolicies/write",
        *_all("Microsoft.Insights/actionGroups", "write", "delete"),
        *_all("Microsoft.Insights/activityLogAlerts", "write", "delete"),
        *_all("Microsoft.OperationalInsights/workspaces", "write", "delete"),
        # Asked for on the trail's account; shared keys are off, and denied, so the keys open nothing.
        "Microsoft.Storage/storageAccounts/listKeys/action",
        *_all("Microsoft.Storage/storageAccounts/blobServices/containers", "write", "delete"),
        *_all(
            "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
            "write",
            "delete",
        ),
    ),
    because="it compares what it changes with what is there",
)
PROJECT_ROLE = Permissions(
    PROJECT_APPLY,
    "The pipeline that changes projects, within the roles they may have",
    actions=(
        "*/read",
        *(action for action in _BUILDS_BOTH if not action.endswith("/read")),
        *_all("Microsoft.Consumption/budgets", "write", "delete"),
        *_all("Microsoft.Quantum/Workspaces", "write", "delete"),
    ),
    because="it compares what it changes with what is there",
)
PROJECT_GIVES = (
    tuple(role.kind for role in PROJECT_ROLES if role.kind != "rotate-key"),
    tuple(kind for kind in BUILT_IN if kind != "log-analytics-reader"),
)
"""Kinds of our roles, and of built-in ones, that project-apply gives: rotate-key is by elevation alone."""
ENVIRONMENT_GIVES = (
    (PLAN, PROJECT_APPLY, RESPONDER, BREAK_GLASS, *DATA_ROLES),
    tuple(BUILT_IN),
)
"""The same of environment-apply. Its own role and the built-in administrators' are given by hand."""

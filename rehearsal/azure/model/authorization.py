"""azure-native:authorization: policies, roles, locks, privileged identity management.

https://learn.microsoft.com/rest/api/authorization/, https://learn.microsoft.com/rest/api/policy/,
https://learn.microsoft.com/rest/api/resources/management-locks
"""

from __future__ import annotations

from typing import Final

from rehearsal.azure.model.arm import Life, arm_type
from rehearsal.provider.model import rules

_PROVIDER: Final = "providers/Microsoft.Authorization"
_GUID: Final = rules.matches(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "must be a GUID")
_NOT_RETURNED: Final = "the eligibility that comes of the request does not say it"
_EVERY_ELIGIBILITY_INPUT: Final = (
    *("condition", "conditionVersion", "justification", "principalId", "roleDefinitionId", "scheduleInfo"),
    *("scope", "targetRoleEligibilityScheduleId", "targetRoleEligibilityScheduleInstanceId", "ticketInfo"),
)

POLICY_DEFINITION: Final = arm_type(
    "authorization.PolicyDefinition",
    f"/subscriptions/{{subscriptionId}}/{_PROVIDER}/policyDefinitions/{{policyDefinitionName}}",
    may_lack=("systemData",),
)
POLICY_ASSIGNMENT: Final = arm_type(
    "authorization.PolicyAssignment",
    f"/{{scope}}/{_PROVIDER}/policyAssignments/{{policyAssignmentName}}",
    limits={"policyAssignmentName": rules.longest(128)},
    may_lack=("effectiveDefinitionVersion", "instanceId", "latestDefinitionVersion", "systemData"),
    notes=("Conditions that the local Azure does not know are refused there.",),
)
ROLE_DEFINITION: Final = arm_type(
    "authorization.RoleDefinition",
    f"/{{scope}}/{_PROVIDER}/roleDefinitions/{{roleDefinitionId}}",
    wire={"roleType": "properties.type"},
    limits={"roleDefinitionId": _GUID},
    may_lack=("createdBy", "createdOn", "systemData", "updatedBy", "updatedOn"),
)
ROLE_ASSIGNMENT: Final = arm_type(
    "authorization.RoleAssignment",
    f"/{{scope}}/{_PROVIDER}/roleAssignments/{{roleAssignmentName}}",
    replaces=("principalId",),
    limits={"roleAssignmentName": _GUID},
    may_lack=("createdBy", "createdOn", "systemData", "updatedBy", "updatedOn"),
)
MANAGEMENT_LOCK: Final = arm_type(
    "authorization.ManagementLockByScope",
    f"/{{scope}}/{_PROVIDER}/locks/{{lockName}}",
    may_lack=("systemData",),
)
ELIGIBILITY: Final = arm_type(
    "authorization.PimRoleEligibilitySchedule",
    f"/{{scope}}/{_PROVIDER}/roleEligibilitySchedules",
    api_version="2020-10-01",
    replaces=_EVERY_ELIGIBILITY_INPUT,
    recorded={
        "justification": _NOT_RETURNED,
        "targetRoleEligibilityScheduleId": _NOT_RETURNED,
        "targetRoleEligibilityScheduleInstanceId": _NOT_RETURNED,
        "ticketInfo": _NOT_RETURNED,
    },
    may_lack=(
        *("approvalId", "createdOn", "expandedProperties", "principalType", "requestType", "requestorId"),
        "status",
    ),
    life=Life.REQUEST,
    identity=("scope", "principalId", "roleDefinitionId"),
    echoed=("scheduleInfo",),
    notes=("One for each scope, principal and role, as in Azure; every change replaces it.",),
)
ROLE_MANAGEMENT_POLICY: Final = arm_type(
    "authorization.RoleManagementPolicy",
    f"/{{scope}}/{_PROVIDER}/roleManagementPolicies/{{roleManagementPolicyName}}",
    part_of={"rules": "id"},
    may_lack=("lastModifiedBy", "lastModifiedDateTime", "policyProperties", "systemData"),
    life=Life.POLICY,
    notes=("It exists for every role and scope: creating it changes rules, deleting it puts them back.",),
)

TYPES: Final = (
    POLICY_DEFINITION,
    POLICY_ASSIGNMENT,
    ROLE_DEFINITION,
    ROLE_ASSIGNMENT,
    MANAGEMENT_LOCK,
    ELIGIBILITY,
    ROLE_MANAGEMENT_POLICY,
)

"""Policies, roles, locks, eligibilities."""

from __future__ import annotations

from rehearsal.local_azure.names import policy_name
from tests.azure.building import (
    READER,
    SCOPE,
    SOMEBODY,
    Case,
    Inputs,
    case,
    guid,
    role,
)
from tests.azure.conftest import Make
from tests.azure.peer import LOCATION


@case("authorization:PolicyDefinition")
def policy_definition(make: Make) -> Case:
    first = {
        "policyDefinitionName": make.name,
        "displayName": "Locations",
        "policyType": "Custom",
        "mode": "Indexed",
        "parameters": {"allowed": {"type": "Array", "metadata": {"displayName": "Allowed"}}},
        "policyRule": {
            "if": {"not": {"field": "location", "in": "[parameters('allowed')]"}},
            "then": {"effect": "deny"},
        },
    }
    return Case(first, {**first, "displayName": "Allowed locations"})


@case("authorization:PolicyAssignment")
def policy_assignment(make: Make) -> Case:
    definition = make("azure-native:authorization:PolicyDefinition", policy_definition(make).first)
    make.group()
    first = {
        "scope": f"{SCOPE}/resourceGroups/{make.name}",
        "policyAssignmentName": make.name,
        "policyDefinitionId": definition.id,
        "displayName": "Locations",
        "enforcementMode": "Default",
        "parameters": {"allowed": {"value": [LOCATION]}},
        "nonComplianceMessages": [{"message": "use another location"}],
    }
    return Case(first, {**first, "parameters": {"allowed": {"value": [LOCATION, "northeurope"]}}})


@case("authorization:RoleDefinition")
def role_definition(make: Make) -> Case:
    permission = {"actions": ["Microsoft.Quantum/Workspaces/read"], "notActions": [], "dataActions": []}
    first = {
        "scope": SCOPE,
        "roleDefinitionId": guid(make),
        "roleName": f"Watcher {make.name}",
        "roleType": "CustomRole",
        "description": "reads",
        "assignableScopes": [SCOPE],
        "permissions": [permission],
    }
    return Case(first, {**first, "description": "reads only"})


@case("authorization:RoleAssignment")
def role_assignment(make: Make) -> Case:
    make.group()
    first = {
        "scope": f"{SCOPE}/resourceGroups/{make.name}",
        "roleAssignmentName": guid(make),
        "principalId": SOMEBODY,
        "principalType": "Group",
        "roleDefinitionId": role(READER),
    }
    return Case(first, {**first, "description": "why"})


@case("authorization:ManagementLockByScope")
def lock(make: Make) -> Case:
    make.group()
    scope = f"{SCOPE}/resourceGroups/{make.name}"
    first = {"scope": scope, "lockName": make.name, "level": "CanNotDelete", "notes": "kept"}
    return Case(first, {**first, "notes": "kept still"})


@case("authorization:PimRoleEligibilitySchedule")
def eligibility(make: Make) -> Case:
    make.group()
    first = {
        "scope": f"{SCOPE}/resourceGroups/{make.name}",
        "principalId": SOMEBODY,
        "roleDefinitionId": role(READER),
        "justification": "on call",
        "scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "P90D"}},
    }
    return Case(first, first)


@case("authorization:RoleManagementPolicy")
def role_policy(make: Make) -> Case:
    make.group()
    scope = f"{SCOPE}/resourceGroups/{make.name}"

    def inputs(hours: int) -> Inputs:
        rule = {
            "ruleType": "RoleManagementPolicyExpirationRule",
            "id": "Expiration_EndUser_Assignment",
            "isExpirationRequired": True,
            "maximumDuration": f"PT{hours}H",
            "target": {
                "caller": "EndUser",
                "operations": ["All"],
                "level": "Assignment",
                "inheritableSettings": [],
                "enforcedSettings": [],
            },
        }
        return {
            "scope": scope,
            "roleManagementPolicyName": policy_name(scope, READER),
            "rules": [rule],
        }

    return Case(inputs(2), inputs(1), gone=False)

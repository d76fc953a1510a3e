"""One resource of every type: as asked for first, after a change, and what has to be there for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.local_azure.names import TENANT, policy_name
from tests.azure.conftest import Make
from tests.azure.peer import LOCATION, SUBSCRIPTION

Inputs = Mapping[str, Any]
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SOMEBODY = "0b5e7a1c-1111-4222-8333-444455556666"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
CASES: dict[str, Callable[[Make], Case]] = {}


@dataclass(frozen=True)
class Case:
    """`gone`: whether a read finds nothing after the deletion."""

    first: Inputs
    second: Inputs
    gone: bool = True


def case(token: str) -> Callable[[Callable[[Make], Case]], Callable[[Make], Case]]:
    def keep(build: Callable[[Make], Case]) -> Callable[[Make], Case]:
        CASES[f"azure-native:{token}"] = build
        return build

    return keep


def guid(make: Make, salt: str = "") -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, make.name + salt))


def role(id: str) -> str:
    return f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{id}"


def storage(make: Make) -> Inputs:
    make.group()
    inputs = {
        "resourceGroupName": make.name,
        "accountName": make.name,
        "location": LOCATION,
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    make("azure-native:storage:StorageAccount", inputs)
    return inputs


def vault(make: Make) -> Inputs:
    make.group()
    return {
        "resourceGroupName": make.name,
        "vaultName": make.name,
        "location": LOCATION,
        "properties": {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 7,
        },
    }


def logs(make: Make) -> Inputs:
    make.group()
    return {
        "resourceGroupName": make.name,
        "workspaceName": make.name,
        "location": LOCATION,
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 30,
        "features": {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True},
        "publicNetworkAccessForQuery": "Enabled",
    }


@case("resources:ResourceGroup")
def resource_group(make: Make) -> Case:
    first = {"resourceGroupName": make.name, "location": "West Europe", "tags": {"a": "b", "c": "d"}}
    return Case(first, {**first, "tags": {"a": "e"}})


@case("quantum:Workspace")
def quantum_workspace(make: Make) -> Case:
    account = storage(make)
    group = f"{SCOPE}/resourceGroups/{make.name}"
    id = f"{group}/providers/Microsoft.Storage/storageAccounts/{account['accountName']}"
    first = {
        "resourceGroupName": make.name,
        "workspaceName": make.name,
        "location": LOCATION,
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "apiKeyEnabled": False,
            "storageAccount": id,
            "providers": [{"providerId": "ionq", "providerSku": "pay-as-you-go-cred"}],
        },
    }
    return Case(first, {**first, "tags": {"project": "catalyst"}})


@case("storage:StorageAccount")
def storage_account(make: Make) -> Case:
    make.group()
    first = {
        "resourceGroupName": make.name,
        "accountName": make.name,
        "location": LOCATION,
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "identity": {"type": "SystemAssigned"},
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "encryption": {
            "keySource": "Microsoft.Storage",
            "requireInfrastructureEncryption": True,
            "services": {"blob": {"enabled": True, "keyType": "Account"}},
        },
        "networkRuleSet": {
            "defaultAction": "Deny",
            "bypass": "AzureServices",
            "ipRules": [{"iPAddressOrRange": "192.0.2.1", "action": "Allow"}],
        },
        "sasPolicy": {"sasExpirationPeriod": "0.01:00:00", "expirationAction": "Log"},
    }
    return Case(first, {**first, "defaultToOAuthAuthentication": True, "tags": {"a": "b"}})


@case("storage:BlobServiceProperties")
def blob_service(make: Make) -> Case:
    account = storage(make)
    first = {
        "resourceGroupName": make.name,
        "accountName": account["accountName"],
        "blobServicesName": "default",
        "deleteRetentionPolicy": {"enabled": True, "days": 7},
        "isVersioningEnabled": False,
    }
    second = {**first, "deleteRetentionPolicy": {"enabled": True, "days": 14}}
    return Case(first, second, gone=False)


@case("storage:BlobContainer")
def blob_container(make: Make) -> Case:
    account = storage(make)
    first = {
        "resourceGroupName": make.name,
        "accountName": account["accountName"],
        "containerName": "results",
        "publicAccess": "None",
        "metadata": {"a": "b"},
    }
    return Case(first, {**first, "metadata": {"a": "c"}})


@case("storage:ManagementPolicy")
def management_policy(make: Make) -> Case:
    account = storage(make)

    def inputs(days: int) -> Inputs:
        rule = {
            "name": "expire",
            "enabled": True,
            "type": "Lifecycle",
            "definition": {
                "filters": {"blobTypes": ["blockBlob"], "prefixMatch": ["results"]},
                "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}},
            },
        }
        return {
            "resourceGroupName": make.name,
            "accountName": account["accountName"],
            "managementPolicyName": "default",
            "policy": {"rules": [rule]},
        }

    return Case(inputs(30), inputs(60))


@case("storage:BlobContainerImmutabilityPolicy")
def immutability_policy(make: Make) -> Case:
    account = storage(make)
    container = {
        "resourceGroupName": make.name,
        "accountName": account["accountName"],
        "containerName": "logs",
    }
    make("azure-native:storage:BlobContainer", container)
    first = {
        **container,
        "immutabilityPolicyName": "default",
        "immutabilityPeriodSinceCreationInDays": 3,
        "allowProtectedAppendWrites": True,
    }
    return Case(first, {**first, "immutabilityPeriodSinceCreationInDays": 5})


@case("keyvault:Vault")
def key_vault(make: Make) -> Case:
    first = vault(make)
    second = {
        **first,
        "tags": {"a": "b"},
        "properties": {**first["properties"], "publicNetworkAccess": "Disabled"},
    }
    return Case(first, second)


@case("keyvault:Key")
def key(make: Make) -> Case:
    make("azure-native:keyvault:Vault", vault(make))
    first = {
        "resourceGroupName": make.name,
        "vaultName": make.name,
        "keyName": "results",
        "properties": {
            "kty": "RSA",
            "keySize": 3072,
            "keyOps": ["wrapKey", "unwrapKey"],
            "attributes": {"enabled": True},
            "rotationPolicy": {
                "attributes": {"expiryTime": "P2Y"},
                "lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P1Y"}}],
            },
        },
    }
    return Case(first, first, gone=False)


@case("managedidentity:UserAssignedIdentity")
def identity(make: Make) -> Case:
    make.group()
    first = {"resourceGroupName": make.name, "resourceName": "pipeline", "location": LOCATION}
    return Case(first, {**first, "tags": {"a": "b"}})


@case("managedidentity:FederatedIdentityCredential")
def credential(make: Make) -> Case:
    make.group()
    holder = {"resourceGroupName": make.name, "resourceName": "pipeline", "location": LOCATION}
    make("azure-native:managedidentity:UserAssignedIdentity", holder)
    first = {
        "resourceGroupName": make.name,
        "resourceName": "pipeline",
        "federatedIdentityCredentialResourceName": "github",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:example-org/catalyst:environment:sandbox",
        "audiences": ["api://AzureADTokenExchange"],
    }
    return Case(first, {**first, "subject": "repo:example-org/catalyst:environment:dev"})


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


@case("operationalinsights:Workspace")
def log_workspace(make: Make) -> Case:
    first = logs(make)
    return Case(first, {**first, "retentionInDays": 90})


@case("operationalinsights:Table")
def log_table(make: Make) -> Case:
    workspace = logs(make)
    make("azure-native:operationalinsights:Workspace", workspace)
    first = {
        "resourceGroupName": make.name,
        "workspaceName": workspace["workspaceName"],
        "tableName": "QuantumAudit_CL",
        "plan": "Analytics",
        "retentionInDays": 30,
        "totalRetentionInDays": 90,
        "schema": {"name": "QuantumAudit_CL", "columns": [{"name": "TimeGenerated", "type": "dateTime"}]},
    }
    return Case(first, {**first, "totalRetentionInDays": 180})


@case("monitor:DiagnosticSetting")
def diagnostic_setting(make: Make) -> Case:
    made = make("azure-native:operationalinsights:Workspace", logs(make))
    keys = make("azure-native:keyvault:Vault", {**vault_inputs(make)})
    first = {
        "resourceUri": keys.id,
        "name": "audit",
        "workspaceId": made.id,
        "logs": [{"category": "AuditEvent", "enabled": True}],
    }
    return Case(first, {**first, "logAnalyticsDestinationType": "Dedicated"})


def vault_inputs(make: Make) -> Inputs:
    return {
        "resourceGroupName": make.name,
        "vaultName": make.name,
        "location": LOCATION,
        "properties": {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
        },
    }


@case("monitor:ActionGroup")
def action_group(make: Make) -> Case:
    make.group()
    mail = {"name": "on-call", "emailAddress": "quantum-oncall@example.org", "useCommonAlertSchema": True}
    first = {
        "resourceGroupName": make.name,
        "actionGroupName": make.name,
        "groupShortName": "quantum",
        "location": "global",
        "enabled": True,
        "emailReceivers": [mail],
    }
    return Case(first, {**first, "emailReceivers": [{**mail, "emailAddress": "others@example.org"}]})


@case("monitor:ScheduledQueryRule")
def query_rule(make: Make) -> Case:
    made = make("azure-native:operationalinsights:Workspace", logs(make))
    criterion = {
        "query": "QuantumWorkspaceJobAuditLogs | where OperationName == 'CreateJob'",
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 20,
        "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
    }
    first = {
        "resourceGroupName": make.name,
        "ruleName": "spike",
        "location": LOCATION,
        "kind": "LogAlert",
        "displayName": "Spike",
        "severity": 2,
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT5M",
        "scopes": [made.id],
        "criteria": {"allOf": [criterion]},
        "actions": {"actionGroups": [], "customProperties": {"a": "b"}},
        "skipQueryValidation": True,
    }
    return Case(first, {**first, "criteria": {"allOf": [{**criterion, "threshold": 30}]}})


@case("monitor:ActivityLogAlert")
def activity_alert(make: Make) -> Case:
    make.group()
    condition = {"allOf": [{"field": "category", "equals": "Administrative"}]}
    first = {
        "resourceGroupName": make.name,
        "activityLogAlertName": make.name,
        "location": "global",
        "scopes": [SCOPE],
        "condition": condition,
        "actions": {"actionGroups": []},
        "enabled": True,
    }
    return Case(first, {**first, "description": "what somebody did"})


@case("consumption:Budget")
def budget(make: Make) -> Case:
    make.group()
    first = {
        "scope": f"{SCOPE}/resourceGroups/{make.name}",
        "budgetName": make.name,
        "amount": 100,
        "category": "Cost",
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"},
        "notifications": {
            "most": {
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": 80,
                "contactEmails": ["quantum-oncall@example.org"],
                "thresholdType": "Actual",
            }
        },
    }
    return Case(first, {**first, "amount": 200})

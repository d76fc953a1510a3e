"""One resource of every Azure type, as a program has them: with each other's outputs."""

import uuid

import pulumi
import pulumi_azure_native as azure

config = pulumi.Config()
SUBSCRIPTION, TENANT = config.require("subscription"), config.require("tenant")
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
READER = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
HERE = "westeurope"
SOMEBODY = "0b5e7a1c-1111-4222-8333-444455556666"
GROUP = "everything"


def guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


provider = azure.Provider("azure", subscription_id=SUBSCRIPTION, tenant_id=TENANT, location=HERE)
o = pulumi.ResourceOptions(provider=provider)
try:
    found = pulumi.runtime.invoke(
        "azure-native:resources:getResourceGroup",
        {"resourceGroupName": GROUP},
        pulumi.InvokeOptions(provider=provider),
    ).value
    seen = (found or {}).get("location", "")
except Exception as error:
    if "ResourceGroupNotFound" not in str(error):
        raise
    seen = ""

group = azure.resources.ResourceGroup(
    "group", resource_group_name=GROUP, tags={"project": "catalyst"}, opts=o
)
definition = azure.authorization.PolicyDefinition(
    "locations",
    policy_definition_name="everything-locations",
    display_name="Locations",
    policy_type="Custom",
    mode="Indexed",
    policy_rule={
        "if": {"allOf": [{"field": "location", "notIn": [HERE, "global"]}]},
        "then": {"effect": "deny"},
    },
    opts=o,
)
azure.authorization.PolicyAssignment(
    "locations",
    scope=group.id,
    policy_assignment_name="everything-locations",
    policy_definition_id=definition.id,
    display_name="Locations",
    opts=o,
)
role = azure.authorization.RoleDefinition(
    "watcher",
    scope=SCOPE,
    role_definition_id=guid("watcher"),
    role_name="Everything watcher",
    role_type="CustomRole",
    assignable_scopes=[SCOPE],
    permissions=[{"actions": ["Microsoft.Quantum/Workspaces/read"]}],
    opts=o,
)
identity = azure.managedidentity.UserAssignedIdentity(
    "pipeline", resource_group_name=group.name, resource_name_="pipeline", opts=o
)
azure.managedidentity.FederatedIdentityCredential(
    "pipeline",
    resource_group_name=group.name,
    resource_name_=identity.name,
    federated_identity_credential_resource_name="github",
    issuer="https://token.actions.githubusercontent.com",
    subject="repo:example-org/catalyst:environment:sandbox",
    audiences=["api://AzureADTokenExchange"],
    opts=o,
)
azure.authorization.RoleAssignment(
    "pipeline",
    scope=group.id,
    role_assignment_name=guid("pipeline"),
    principal_id=identity.principal_id,
    principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
    role_definition_id=role.id,
    opts=o,
)
azure.authorization.PimRoleEligibilitySchedule(
    "on-call",
    scope=group.id,
    principal_id=SOMEBODY,
    role_definition_id=READER,
    schedule_info={"expiration": {"type": "AfterDuration", "duration": "P90D"}},
    opts=o,
)
azure.authorization.RoleManagementPolicy(
    "reader",
    scope=SCOPE,
    role_management_policy_name=config.require("roleManagementPolicy"),
    rules=[
        azure.authorization.RoleManagementPolicyExpirationRuleArgs(
            rule_type="RoleManagementPolicyExpirationRule",
            id="Expiration_EndUser_Assignment",
            is_expiration_required=True,
            maximum_duration="PT2H",
            target=azure.authorization.RoleManagementPolicyRuleTargetArgs(
                caller="EndUser", operations=["All"], level="Assignment"
            ),
        )
    ],
    opts=o,
)
account = azure.storage.StorageAccount(
    "results",
    resource_group_name=group.name,
    account_name="everythingresults",
    kind=azure.storage.Kind.STORAGE_V2,
    sku={"name": "Standard_LRS"},
    identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
    allow_blob_public_access=False,
    allow_shared_key_access=False,
    minimum_tls_version="TLS1_2",
    network_rule_set={"default_action": azure.storage.DefaultAction.ALLOW, "bypass": "AzureServices"},
    tags={"secret": pulumi.Output.secret("hidden")},
    opts=o,
)
service = azure.storage.BlobServiceProperties(
    "results",
    resource_group_name=group.name,
    account_name=account.name,
    blob_services_name="default",
    delete_retention_policy={"enabled": True, "days": 7},
    opts=o,
)
container = azure.storage.BlobContainer(
    "logs",
    resource_group_name=group.name,
    account_name=account.name,
    container_name="logs",
    opts=pulumi.ResourceOptions.merge(o, pulumi.ResourceOptions(depends_on=[service])),
)
immutability = azure.storage.BlobContainerImmutabilityPolicy(
    "logs",
    resource_group_name=group.name,
    account_name=account.name,
    container_name=container.name,
    immutability_policy_name="default",
    immutability_period_since_creation_in_days=3,
    opts=o,
)
lifecycle = azure.storage.ManagementPolicy(
    "results",
    resource_group_name=group.name,
    account_name=account.name,
    management_policy_name="default",
    policy={
        "rules": [
            {
                "name": "expire",
                "enabled": True,
                "type": "Lifecycle",
                "definition": {
                    "filters": {"blob_types": ["blockBlob"]},
                    "actions": {"base_blob": {"delete": {"days_after_modification_greater_than": 30}}},
                },
            }
        ]
    },
    opts=o,
)
vault = azure.keyvault.Vault(
    "keys",
    resource_group_name=group.name,
    vault_name="everything-keys",
    properties={
        "tenant_id": TENANT,
        "sku": {"family": "A", "name": azure.keyvault.SkuName.STANDARD},
        "enable_rbac_authorization": True,
        "soft_delete_retention_in_days": 7,
    },
    opts=o,
)
key = azure.keyvault.Key(
    "results",
    resource_group_name=group.name,
    vault_name=vault.name,
    key_name="results",
    properties={"kty": "RSA", "key_size": 3072, "attributes": {"enabled": True}},
    opts=o,
)
workspace = azure.quantum.Workspace(
    "catalyst",
    resource_group_name=group.name,
    workspace_name="catalyst",
    identity={"type": "SystemAssigned"},
    properties={
        "api_key_enabled": False,
        "storage_account": account.id,
        "providers": [{"provider_id": "ionq", "provider_sku": "pay-as-you-go-cred"}],
    },
    opts=o,
)
logs = azure.operationalinsights.Workspace(
    "logs",
    resource_group_name=group.name,
    workspace_name="everything-logs",
    sku={"name": "PerGB2018"},
    retention_in_days=30,
    opts=o,
)
azure.operationalinsights.Table(
    "audit",
    resource_group_name=group.name,
    workspace_name=logs.name,
    table_name="QuantumAudit_CL",
    plan="Analytics",
    retention_in_days=30,
    total_retention_in_days=90,
    schema={"name": "QuantumAudit_CL", "columns": [{"name": "TimeGenerated", "type": "dateTime"}]},
    opts=o,
)
azure.monitor.DiagnosticSetting(
    "keys",
    resource_uri=vault.id,
    name="audit",
    workspace_id=logs.id,
    logs=[{"category": "AuditEvent", "enabled": True}],
    opts=o,
)
people = azure.monitor.ActionGroup(
    "people",
    resource_group_name=group.name,
    action_group_name="everything-people",
    group_short_name="everything",
    location="global",
    email_receivers=[{"name": "on-call", "email_address": "quantum-oncall@example.org"}],
    opts=o,
)
azure.monitor.ScheduledQueryRule(
    "spike",
    resource_group_name=group.name,
    rule_name="spike",
    kind="LogAlert",
    severity=2,
    enabled=True,
    evaluation_frequency="PT5M",
    window_size="PT5M",
    scopes=[logs.id],
    criteria={
        "all_of": [
            {
                "query": "QuantumWorkspaceJobAuditLogs | where OperationName == 'CreateJob'",
                "time_aggregation": "Count",
                "operator": "GreaterThan",
                "threshold": 20,
            }
        ]
    },
    actions={"action_groups": [people.id]},
    opts=o,
)
azure.monitor.ActivityLogAlert(
    "roles",
    resource_group_name=group.name,
    activity_log_alert_name="roles",
    scopes=[SCOPE],
    condition={"all_of": [{"field": "category", "equals": "Administrative"}]},
    actions={"action_groups": [{"action_group_id": people.id}]},
    opts=o,
)
azure.consumption.Budget(
    "budget",
    scope=group.id,
    budget_name="everything",
    amount=100,
    category="Cost",
    time_grain="Monthly",
    time_period={"start_date": "2026-11-01T00:00:00Z", "end_date": "2027-11-01T00:00:00Z"},
    notifications={
        "most": {
            "enabled": True,
            "operator": "GreaterThan",
            "threshold": 80,
            "contact_emails": ["quantum-oncall@example.org"],
        }
    },
    opts=o,
)
azure.authorization.ManagementLockByScope(
    "results",
    scope=account.id,
    lock_name="kept",
    level=azure.authorization.LockLevel.CAN_NOT_DELETE,
    opts=pulumi.ResourceOptions.merge(
        o, pulumi.ResourceOptions(depends_on=[workspace, immutability, lifecycle, service])
    ),
)
pulumi.export("workspace", workspace.id)
pulumi.export("principal", workspace.identity.apply(lambda said: said.principal_id if said else None))
pulumi.export("key", key.key_uri)
pulumi.export("seen", seen)

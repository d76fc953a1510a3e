"""What a project's principals may do: one role a permission, so that each can be given alone (I8).

Azure Quantum knows two permissions on jobs, read and write. It cannot tell submitting from cancelling, nor
one target from another: the workspace's providers are the lock (see device_lock), and a rule looks for other
targets (see trail_alarms). Jobs are uploaded to and fetched from storage by addresses that the service signs,
so submitting needs no permission on storage; whoever reads a job may be given its results' address by it.
"""

from __future__ import annotations

from components.azure_quantum.policy import Permissions

LOOK = ("Microsoft.Quantum/Workspaces/read", "Microsoft.Resources/subscriptions/resourceGroups/read")

SUBMIT = Permissions(
    "submit",
    "Submits and cancels the project's jobs, and reads them",
    actions=(*LOOK, "Microsoft.Quantum/locations/offerings/read"),
    data_actions=("Microsoft.Quantum/Workspaces/jobs/read", "Microsoft.Quantum/Workspaces/jobs/write"),
)
METADATA = Permissions(
    "metadata",
    "Reads the metadata of the project's jobs",
    actions=LOOK,
    data_actions=("Microsoft.Quantum/Workspaces/jobs/read",),
)
RESULTS = Permissions(
    "results",
    "Reads the project's results",
    actions=(
        "Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    ),
    data_actions=("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",),
)
AUDIT = Permissions(
    "audit",
    "Reads the project's settings, and what the operational log holds of its own resources",
    actions=(
        *LOOK,
        "Microsoft.Authorization/locks/read",
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Authorization/roleDefinitions/read",
        "Microsoft.Insights/diagnosticSettings/read",
        "Microsoft.Insights/logs/AzureActivity/read",
        "Microsoft.Insights/logs/QuantumWorkspaceJobAuditLogs/read",
        "Microsoft.Insights/scheduledQueryRules/read",
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.KeyVault/vaults/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/read",
        "Microsoft.Storage/storageAccounts/managementPolicies/read",
        "Microsoft.Storage/storageAccounts/read",
    ),
)
BILLING = Permissions(
    "billing",
    "Reads the project's budget and costs",
    actions=(
        "Microsoft.Consumption/budgets/read",
        "Microsoft.Consumption/usageDetails/read",
        "Microsoft.CostManagement/query/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ),
)
ADMINISTER_KEYS = Permissions(
    "administer-keys",
    "Administers the project's keys and uses none of them (K7)",
    actions=("Microsoft.KeyVault/vaults/read", "Microsoft.KeyVault/vaults/keys/read"),
    data_actions=(
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.KeyVault/vaults/keys/create/action",
        "Microsoft.KeyVault/vaults/keys/delete",
        "Microsoft.KeyVault/vaults/keys/recover/action",
        "Microsoft.KeyVault/vaults/keys/update/action",
        "Microsoft.KeyVault/vaults/keys/rotate/action",
        "Microsoft.KeyVault/vaults/keyrotationpolicies/read",
        "Microsoft.KeyVault/vaults/keyrotationpolicies/write",
    ),
)
ROTATE = Permissions(
    "rotate-key",
    "Rotates the project's key, and nothing else",
    actions=("Microsoft.KeyVault/vaults/read",),
    data_actions=(
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.KeyVault/vaults/keys/rotate/action",
    ),
)
PROJECT_ROLES = (SUBMIT, METADATA, RESULTS, AUDIT, BILLING, ADMINISTER_KEYS, ROTATE)
DATA_ROLES = ("submit", "metadata", "results", "rotate-key")
"""Kinds of role that a freeze takes from everybody."""
FROZEN_BUILT_IN = ("storage-blob-data-contributor", "storage-account-contributor")
"""Built-in roles that a freeze takes from the workspace itself: without its storage no job is taken."""
KEY_USE = frozenset(
    f"Microsoft.KeyVault/vaults/keys/{verb}/action"
    for verb in ("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify", "release", "backup", "export")
)
"""What uses a key or takes it elsewhere; no role of ours holds any of it."""

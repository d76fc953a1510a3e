"""Storage accounts as all stores have them (K2, R1).

Shared keys are off, so that only tokens of Entra open an account, and addresses signed with them. The key is
the customer's, in a vault of its own, named without a version: a rotated key is taken up by itself. TLS 1.2,
no public blobs, no copies to other tenants. Locally redundant: copies stay in the location (R1).

Public network access stays on: Azure Quantum refuses storage without it ("The Azure Quantum service only
supports storage accounts that have public internet access", azure-quantum-common-issues, read 2026-11).

An account uses its key as an identity of its own, whose role must have reached the vault first. Azure takes
minutes for that; an ``up`` that comes too early is refused by Azure, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_azure_native as azure

from components.args import check_match, check_range
from components.azure_quantum.keys import KeyArgs, managed_key
from components.azure_quantum.names import EnvironmentNames
from components.azure_quantum.policy import BUILT_IN, Assignment, assign


@dataclass(frozen=True, slots=True)
class StoreArgs:
    """A storage account with its key.

    group, group_id: the resource group. networks: from which people administer keys; private ones are left
    out, for Azure knows public addresses only. retention_days: age at which blobs are gone, with the time
    they can be brought back. recover: take back a soft-deleted vault of the same name. retain: leave
    everything when the stack is destroyed.
    """

    names: EnvironmentNames
    group: str
    group_id: str
    account: str
    vault: str
    key: str
    identity: str
    tags: Mapping[str, str]
    retention_days: int
    undo_days: int
    networks: tuple[str, ...] = ()
    recover: bool = False
    protect: bool = True
    retain: bool = False

    def __post_init__(self) -> None:
        check_match("StoreArgs.account", self.account, r"[a-z0-9]{3,24}", "3 to 24 letters and digits")
        check_range("StoreArgs.undo_days", self.undo_days, 1, min(365, self.retention_days - 1), "days")
        check_range("StoreArgs.retention_days", self.retention_days, 2, 36500, "days")

    @property
    def account_id(self) -> str:
        """The account's id."""
        return f"{self.group_id}/providers/Microsoft.Storage/storageAccounts/{self.account}"

    @property
    def vault_id(self) -> str:
        """The vault's id."""
        return f"{self.group_id}/providers/Microsoft.KeyVault/vaults/{self.vault}"

    @property
    def key_uri(self) -> str:
        """The key without a version."""
        return f"https://{self.vault}.vault.azure.net/keys/{self.key}"


@dataclass(frozen=True, slots=True)
class Store:
    """What was made. ready: what must be there before anybody comes in."""

    account: azure.storage.StorageAccount
    vault: azure.keyvault.Vault
    ready: tuple[pulumi.Resource, ...] = field(repr=False)


def managed_store(
    name: str, args: StoreArgs, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> Store:
    """Makes vault, key, identity, account and lifecycle; ``after`` is what the group and the locks are."""
    child = pulumi.ResourceOptions(parent=parent, depends_on=list(after), retain_on_delete=args.retain)
    made = managed_key(
        name,
        KeyArgs(
            args.names,
            args.group,
            args.vault,
            args.key,
            args.tags,
            args.networks,
            args.recover,
            args.protect,
            args.retain,
        ),
        parent,
        after,
    )
    user = azure.managedidentity.UserAssignedIdentity(
        name,
        resource_name_=args.identity,
        resource_group_name=args.group,
        location=args.names.location,
        tags=args.tags,
        opts=child,
    )
    role = BUILT_IN["key-vault-crypto-service-encryption-user"]
    uses = assign(
        Assignment(
            f"{name}-key",
            args.group_id,
            role,
            args.names.role_definition_id(role),
            user.principal_id,
            "ServicePrincipal",
        ),
        parent,
        (user, made.vault),
        args.retain,
    )
    account = azure.storage.StorageAccount(
        name,
        account_name=args.account,
        resource_group_name=args.group,
        location=args.names.location,
        kind="StorageV2",
        sku={"name": "Standard_LRS"},
        access_tier=azure.storage.AccessTier.HOT,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=False,
        allowed_copy_scope="AAD",
        default_to_o_auth_authentication=True,
        enable_https_traffic_only=True,
        is_local_user_enabled=False,
        is_sftp_enabled=False,
        minimum_tls_version="TLS1_2",
        public_network_access="Enabled",
        network_rule_set={"default_action": azure.storage.DefaultAction.ALLOW, "bypass": "AzureServices"},
        sas_policy={"sas_expiration_period": "1.00:00:00", "expiration_action": "Log"},
        identity={
            "type": "UserAssigned",
            "user_assigned_identities": [
                f"{args.group_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{args.identity}"
            ],
        },
        encryption={
            "key_source": "Microsoft.Keyvault",
            "key_vault_properties": {
                "key_vault_uri": f"https://{args.vault}.vault.azure.net",
                "key_name": args.key,
            },
            "encryption_identity": {
                "encryption_user_assigned_identity": f"{args.group_id}/providers/"
                f"Microsoft.ManagedIdentity/userAssignedIdentities/{args.identity}"
            },
            "require_infrastructure_encryption": True,
            "services": {"blob": {"enabled": True, "key_type": "Account"}},
        },
        tags=args.tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*after, made.key, uses, user],
            protect=args.protect,
            retain_on_delete=args.retain,
        ),
    )
    return Store(
        account, made.vault, (made.vault, made.key, uses, account, *_lifecycle(name, args, parent, account))
    )


def _lifecycle(
    name: str, args: StoreArgs, parent: pulumi.Resource, account: pulumi.Resource
) -> tuple[pulumi.Resource, ...]:
    """Blobs go after their time, and can be brought back for the last days of it; empty containers stay."""
    there = pulumi.ResourceOptions(parent=parent, depends_on=[account], retain_on_delete=args.retain)
    undo = azure.storage.DeleteRetentionPolicyArgs(enabled=True, days=args.undo_days)
    service = azure.storage.BlobServiceProperties(
        name,
        account_name=args.account,
        resource_group_name=args.group,
        blob_services_name="default",
        is_versioning_enabled=False,
        delete_retention_policy=undo,
        container_delete_retention_policy=undo,
        opts=there,
    )
    days = args.retention_days - args.undo_days
    policy = azure.storage.ManagementPolicy(
        name,
        account_name=args.account,
        resource_group_name=args.group,
        management_policy_name="default",
        policy={
            "rules": [
                {
                    "name": "expire",
                    "enabled": True,
                    "type": "Lifecycle",
                    "definition": {
                        "filters": {"blob_types": ["blockBlob", "appendBlob"]},
                        "actions": {"base_blob": {"delete": {"days_after_modification_greater_than": days}}},
                    },
                }
            ]
        },
        opts=there,
    )
    return service, policy


def keep(
    name: str, scope: str, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> azure.authorization.ManagementLockByScope:
    """A lock on one resource that nobody deletes it under. It also keeps role assignments at that resource
    from being deleted, so none are made there: a freeze has to be able to take them away."""
    return azure.authorization.ManagementLockByScope(
        name,
        scope=scope,
        lock_name="qlz-keep",
        level="CanNotDelete",
        notes="Kept while the stack is active: decommission it first.",
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )

"""Groups, workspaces, storage, vaults, identities."""

from __future__ import annotations

from tests.azure.building import (
    SCOPE,
    Case,
    Inputs,
    case,
    storage,
    vault,
)
from tests.azure.conftest import Make
from tests.azure.peer import LOCATION


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

"""azure-native:storage: https://learn.microsoft.com/rest/api/storagerp/"""

from __future__ import annotations

from typing import Final

from rehearsal.azure.model.arm import GROUP, Life, arm_type
from rehearsal.provider.model import rules

_ACCOUNT: Final = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"

STORAGE_ACCOUNT: Final = arm_type(
    "storage.StorageAccount",
    _ACCOUNT,
    wire={
        "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
        "enableNfsV3": "isNfsV3Enabled",
        "encryption.encryptionIdentity": "identity",
        "encryption.encryptionIdentity.encryptionFederatedIdentityClientId": "federatedIdentityClientId",
        "encryption.encryptionIdentity.encryptionUserAssignedIdentity": "userAssignedIdentity",
        "encryption.keyVaultProperties": "keyvaultproperties",
        "encryption.keyVaultProperties.keyName": "keyname",
        "encryption.keyVaultProperties.keyVaultUri": "keyvaulturi",
        "encryption.keyVaultProperties.keyVersion": "keyversion",
        "networkRuleSet": "networkAcls",
        "networkRuleSet.ipRules.iPAddressOrRange": "value",
        "networkRuleSet.virtualNetworkRules.virtualNetworkResourceId": "id",
    },
    replaces=("isHnsEnabled",),
    limits={"accountName": rules.matches(r"[a-z0-9]{3,24}", "must be 3 to 24 small letters and digits")},
    may_lack=(
        *("accountMigrationInProgress", "blobRestoreStatus", "failoverInProgress", "geoReplicationStats"),
        *("isSkuConversionBlocked", "keyCreationTime", "lastGeoFailoverTime", "privateEndpointConnections"),
        *("secondaryEndpoints", "secondaryLocation", "statusOfSecondary"),
        *("storageAccountSkuConversionStatus", "creationTime", "statusOfPrimary"),
    ),
)
BLOB_SERVICE: Final = arm_type(
    "storage.BlobServiceProperties",
    f"{_ACCOUNT}/blobServices/{{blobServicesName}}",
    fixed={"blobServicesName": "default"},
    may_lack=("sku",),
    life=Life.PART,
)
BLOB_CONTAINER: Final = arm_type(
    "storage.BlobContainer",
    f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}",
    may_lack=(
        *("deleted", "deletedTime", "etag", "hasImmutabilityPolicy", "hasLegalHold", "immutabilityPolicy"),
        *("lastModifiedTime", "leaseDuration", "leaseState", "leaseStatus", "legalHold"),
        *("remainingRetentionDays", "version"),
    ),
)
MANAGEMENT_POLICY: Final = arm_type(
    "storage.ManagementPolicy",
    f"{_ACCOUNT}/managementPolicies/{{managementPolicyName}}",
    fixed={"managementPolicyName": "default"},
    notes=("Nothing is moved or deleted by age.",),
)
IMMUTABILITY_POLICY: Final = arm_type(
    "storage.BlobContainerImmutabilityPolicy",
    f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}/immutabilityPolicies/{{immutabilityPolicyName}}",
    fixed={"immutabilityPolicyName": "default"},
    guarded=True,
)

TYPES: Final = (STORAGE_ACCOUNT, BLOB_SERVICE, BLOB_CONTAINER, MANAGEMENT_POLICY, IMMUTABILITY_POLICY)

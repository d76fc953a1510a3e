"""Groups, quantum workspaces, vaults and identities.

https://learn.microsoft.com/rest/api/resources/, https://learn.microsoft.com/rest/api/quantum/,
https://learn.microsoft.com/rest/api/keyvault/, https://learn.microsoft.com/rest/api/managedidentity/
"""

from __future__ import annotations

from typing import Final

from rehearsal.azure.model.arm import GROUP, Life, arm_type
from rehearsal.provider.model import rules

_VAULT: Final = f"{GROUP}/providers/Microsoft.KeyVault/vaults/{{vaultName}}"
_IDENTITY: Final = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}"

RESOURCE_GROUP: Final = arm_type("resources.ResourceGroup", GROUP)
QUANTUM_WORKSPACE: Final = arm_type(
    "quantum.Workspace",
    f"{GROUP}/providers/Microsoft.Quantum/workspaces/{{workspaceName}}",
    flat=False,
    may_lack=("systemData",),
)
VAULT: Final = arm_type(
    "keyvault.Vault",
    _VAULT,
    flat=False,
    recorded={"properties.createMode": "it says how to create, and does not come back"},
    limits={
        "vaultName": rules.matches(
            r"[A-Za-z](-?[A-Za-z0-9])+", "must be letters, digits and single hyphens", longest=24
        )
    },
    may_lack=("systemData",),
    notes=("A deleted vault keeps its name until it is purged or its retention ends, as in Azure.",),
)
KEY: Final = arm_type(
    "keyvault.Key",
    f"{_VAULT}/keys/{{keyName}}",
    flat=False,
    wire={
        "properties.attributes.expires": "exp",
        "properties.attributes.notBefore": "nbf",
        "attributes.expires": "exp",
        "attributes.notBefore": "nbf",
    },
    spread=("properties",),
    may_lack=("curveName", "keyOps", "keySize", "location", "releasePolicy", "rotationPolicy"),
    life=Life.KEPT,
    notes=(
        "Resource Manager only creates keys, as in Azure: a change is an error.",
        "Deleting takes it out of the state only: it goes with its vault.",
    ),
)
USER_IDENTITY: Final = arm_type("managedidentity.UserAssignedIdentity", _IDENTITY, may_lack=("systemData",))
FEDERATED_CREDENTIAL: Final = arm_type(
    "managedidentity.FederatedIdentityCredential",
    f"{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}",
    may_lack=("systemData",),
)

TYPES: Final = (RESOURCE_GROUP, QUANTUM_WORKSPACE, VAULT, KEY, USER_IDENTITY, FEDERATED_CREDENTIAL)

"""Resources on Azure that comply, for the cases to break one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from policy_packs.controls.azure_facts import Azure, Elevation, Grant, reviewed, role_guid
from policy_packs.controls.stack_facts import Declared
from tests.policies.support import Res

TENANT: Final = "7e4a47aa-0000-4000-8000-000000000001"
SUBSCRIPTION: Final = "b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f01"
OTHER: Final = "b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f99"
SCOPE: Final = f"/subscriptions/{SUBSCRIPTION}"
GROUP: Final = "qlz-sandbox--catalyst"
GROUP_ID: Final = f"{SCOPE}/resourceGroups/{GROUP}"
HOME: Final = "qlz-sandbox"
HOME_ID: Final = f"{SCOPE}/resourceGroups/{HOME}"
OPERATIONAL: Final = f"{HOME_ID}/providers/Microsoft.OperationalInsights/workspaces/qlz-sandbox-operational"
SECURITY: Final = f"{HOME_ID}/providers/Microsoft.OperationalInsights/workspaces/qlz-sandbox-security"
ALERTS: Final = f"{HOME_ID}/providers/Microsoft.Insights/actionGroups/qlz-sandbox-alerts"
ISSUER: Final = "https://token.actions.githubusercontent.com"
PEOPLE: Final = "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80101"
KEEPERS: Final = "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80103"
APPROVERS: Final = "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80104"
READERS: Final = "3f1c2b7e-0d94-4f5a-a6b8-c1d2e3f40502"
RULE: Final = "89bfae35-3d6b-5d74-9dcc-215e2523ec92"
_KINDS = {role_guid(SUBSCRIPTION, "sandbox", kind): kind for kind in reviewed()["roles"]}
ROLE: Final = {kind: guid for guid, kind in _KINDS.items()} | reviewed()["built_in"]
BLOB_DATA: Final = ROLE["storage-blob-data-contributor"]
WRAPS: Final = ROLE["key-vault-crypto-service-encryption-user"]

PROJECT: Final = Declared(
    name="catalyst-sandbox",
    kind="project",
    level="sandbox",
    account=SUBSCRIPTION,
    region="westeurope",
    project="catalyst",
    environment="sandbox",
    azure=Azure(
        tenant=TENANT,
        subscription=SUBSCRIPTION,
        label="sandbox",
        groups=(GROUP,),
        grants=(
            Grant(PEOPLE, ROLE["submit"], GROUP_ID.lower(), data=True),
            Grant(PEOPLE, ROLE["results"], GROUP_ID.lower(), data=True),
            Grant(KEEPERS, ROLE["administer-keys"], GROUP_ID.lower()),
            Grant("identity:qlz-catalyst-sandbox-pipeline", ROLE["submit"], GROUP_ID.lower(), data=True),
            Grant("identity:qlz-catalyst-sandbox-storage", WRAPS, GROUP_ID.lower()),
            Grant("workspace:catalyst-sandbox", BLOB_DATA, GROUP_ID.lower(), data=True),
        ),
        credentials={
            "qlz-catalyst-sandbox-pipeline": frozenset({(ISSUER, "repo:example-org/catalyst:environment:s")}),
            "qlz-catalyst-sandbox-service": frozenset({("https://k8s.example/x", "system:sa:scheduler")}),
        },
        role_kinds=_KINDS,
        workspace="catalyst-sandbox",
        plans={"quantinuum": "basic1"},
        offered=frozenset({("quantinuum", "basic1"), ("ionq", "pay")}),
        targets=("quantinuum.sim.h2-1e",),
        most_days=90,
        alarms=True,
        jobs_per_hour=60,
    ),
)
ENVIRONMENT: Final = Declared(
    name="azure-sandbox",
    kind="environment",
    level="sandbox",
    account=SUBSCRIPTION,
    region="westeurope",
    label="sandbox",
    azure=Azure(
        tenant=TENANT,
        subscription=SUBSCRIPTION,
        label="sandbox",
        groups=(HOME, f"{HOME}---trail"),
        grants=(
            Grant("identity:qlz-sandbox-plan", ROLE["plan"], SCOPE),
            Grant(
                "identity:qlz-sandbox-project-apply",
                ROLE["project-apply"],
                SCOPE,
                gives=(ROLE["submit"], BLOB_DATA),
            ),
            Grant(APPROVERS, ROLE["responder"], SCOPE, gives=(ROLE["submit"],)),
            Grant(READERS, ROLE["log-analytics-reader"], SECURITY.lower()),
        ),
        credentials={
            f"qlz-sandbox-{kind}": frozenset({(ISSUER, f"repo:example-org/platform:environment:{kind}")})
            for kind in ("plan", "project-apply")
        },
        role_kinds=_KINDS,
        security=READERS,
        elevations=(Elevation(GROUP_ID.lower(), ROLE["submit"], PEOPLE, APPROVERS, RULE, 4, "2027-10-31"),),
        trail_lock_days=30,
        emails=("oncall@example.org",),
    ),
)


def known_plans(declared: Declared, plans: Mapping[str, str]) -> Declared:
    """The same stack with other plans in its file."""
    assert declared.azure
    return replace(declared, azure=replace(declared.azure, plans=plans))


def az(kind: str, props: Mapping[str, Any], name: str = "probe", **more: Any) -> Res:
    """A resource on Azure through the stack's provider."""
    more.setdefault("provider", {"subscriptionId": SUBSCRIPTION, "tenantId": TENANT})
    return Res(
        f"azure-native:{kind.removeprefix('azure-native:')}",
        props,
        name,
        provider_type="pulumi:providers:azure-native",
        **more,
    )


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with parts of it changed, however deep; None takes a part away."""
    found = dict(base)
    for key, value in changes.items():
        here = found.get(key)
        both = isinstance(value, Mapping) and isinstance(here, Mapping) and value
        found[key] = merged(here, value) if both else value  # type: ignore[arg-type]
    return {key: value for key, value in found.items() if value is not None}


TAGS: Final = {
    "project": "catalyst",
    "environment": "sandbox",
    "tier": "internal-research",
    "owner": "catalyst-team@example.org",
    "cost-centre": "CC-2041",
    "classification": "internal",
    "end-date": "2029-10-31",
}
_ACCOUNT: Final = {
    "accountName": "qlzdata",
    "resourceGroupName": GROUP,
    "location": "westeurope",
    "kind": "StorageV2",
    "sku": {"name": "Standard_LRS"},
    "allowBlobPublicAccess": False,
    "allowCrossTenantReplication": False,
    "allowSharedKeyAccess": False,
    "allowedCopyScope": "AAD",
    "defaultToOAuthAuthentication": True,
    "enableHttpsTrafficOnly": True,
    "isLocalUserEnabled": False,
    "minimumTlsVersion": "TLS1_2",
    "tags": TAGS,
    "encryption": {
        "keySource": "Microsoft.Keyvault",
        "keyVaultProperties": {"keyVaultUri": "https://qlz-v.vault.azure.net", "keyName": "results"},
        "encryptionIdentity": {
            "encryptionUserAssignedIdentity": f"{GROUP_ID}/providers/Microsoft.ManagedIdentity"
            "/userAssignedIdentities/qlz-catalyst-sandbox-storage"
        },
        "requireInfrastructureEncryption": True,
    },
}
ACCOUNT_ID: Final = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/qlzdata"
WORKSPACE_ID: Final = f"{GROUP_ID}/providers/Microsoft.Quantum/Workspaces/catalyst-sandbox"
VAULT_ID: Final = f"{GROUP_ID}/providers/Microsoft.KeyVault/vaults/qlz-v"
_WORKSPACE: Final = {
    "workspaceName": "catalyst-sandbox",
    "resourceGroupName": GROUP,
    "location": "westeurope",
    "identity": {"type": "SystemAssigned"},
    "tags": TAGS,
    "properties": {
        "apiKeyEnabled": False,
        "providers": [{"providerId": "quantinuum", "providerSku": "basic1"}],
        "storageAccount": ACCOUNT_ID,
    },
}
_VAULT: Final = {
    "vaultName": "qlz-v",
    "resourceGroupName": GROUP,
    "location": "westeurope",
    "tags": TAGS,
    "properties": {
        "tenantId": TENANT,
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "192.0.2.0/24"}]},
    },
}
_KEY: Final = {
    "vaultName": "qlz-v",
    "keyName": "results",
    "resourceGroupName": GROUP,
    "properties": {
        "kty": "RSA",
        "keySize": 4096,
        "keyOps": ["wrapKey", "unwrapKey"],
        "attributes": {"enabled": True, "exportable": False},
        "rotationPolicy": {
            "attributes": {"expiryTime": "P2Y"},
            "lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P1Y"}}],
        },
    },
}


def account(name: str = "results", **changes: Any) -> Res:
    return az("storage:StorageAccount", merged(_ACCOUNT, changes), name)


def workspace(name: str = "workspace", **changes: Any) -> Res:
    return az("quantum:Workspace", merged(_WORKSPACE, changes), name)


def vault(name: str = "vault", **changes: Any) -> Res:
    return az("keyvault:Vault", merged(_VAULT, changes), name)


def key(name: str = "key", **changes: Any) -> Res:
    return az("keyvault:Key", merged(_KEY, changes), name)


def log(name: str = "operational", days: object = 365, **changes: Any) -> Res:
    base = {
        "workspaceName": f"qlz-sandbox-{name}",
        "resourceGroupName": HOME,
        "location": "westeurope",
        "retentionInDays": days,
        "features": {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": False},
    }
    return az("operationalinsights:Workspace", merged(base, changes), name)


def identity(kind: str, principal: str = "", place: str = "catalyst-sandbox", group: str = GROUP) -> Res:
    props = {"resourceName": f"qlz-{place}-{kind}", "resourceGroupName": group, "location": "westeurope"}
    return az(
        "managedidentity:UserAssignedIdentity",
        {**props, **({"principalId": principal} if principal else {})},
        kind,
    )


def given(
    role: str,
    principal: object = PEOPLE,
    scope: object = GROUP_ID,
    name: str = "given",
    refs: Mapping[str, Sequence[str]] | None = None,
    **more: Any,
) -> Res:
    """A role assignment; role: a GUID."""
    props = {
        "roleDefinitionId": f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "principalId": principal,
        "scope": scope,
    }
    return az("authorization:RoleAssignment", merged(props, more), name, refs=refs or {})


def diagnostics(place: object, to: object, *categories: str, name: str = "logged", **more: Any) -> Res:
    props = {
        "resourceUri": place,
        "workspaceId": to,
        "logs": [{"category": each, "enabled": True} for each in categories],
    }
    return az("monitor:DiagnosticSetting", merged(props, more), name)

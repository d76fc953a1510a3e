"""Microsoft.Storage: accounts, their blob service, containers, and what keeps or removes blobs.

Source: Azure/azure-rest-api-specs, storage 2024-01-01; learn.microsoft.com/azure/storage/common/
{storage-account-overview,shared-key-authorization-prevent,customer-managed-keys-overview}.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_content, bad_request, conflict
from rehearsal.local_azure.kinds import Action, Behaviour, Change, Kind
from rehearsal.local_azure.services.keyvault import KEYS, VAULTS
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import IDENTITIES, World

ACCOUNTS = "Microsoft.Storage/storageAccounts"
SERVICES = f"{ACCOUNTS}/blobServices"
CONTAINERS = f"{SERVICES}/containers"
IMMUTABILITY = f"{CONTAINERS}/immutabilityPolicies"
LIFECYCLE = f"{ACCOUNTS}/managementPolicies"
VERSIONS = ("2025-08-01", "2025-06-01", "2025-01-01", "2024-01-01", "2023-05-01", "2023-01-01", "2022-09-01")

SETTINGS = frozenset(
    {
        "accessTier",
        "allowBlobPublicAccess",
        "allowCrossTenantReplication",
        "allowSharedKeyAccess",
        "allowedCopyScope",
        "azureFilesIdentityBasedAuthentication",
        "customDomain",
        "defaultToOAuthAuthentication",
        "dnsEndpointType",
        "enableExtendedGroups",
        "encryption",
        "immutableStorageWithVersioning",
        "isHnsEnabled",
        "isLocalUserEnabled",
        "isNfsV3Enabled",
        "isSftpEnabled",
        "keyPolicy",
        "largeFileSharesState",
        "minimumTlsVersion",
        "networkAcls",
        "publicNetworkAccess",
        "routingPreference",
        "sasPolicy",
        "supportsHttpsTrafficOnly",
    }
)
ENCRYPTION = frozenset(
    {"identity", "keySource", "keyvaultproperties", "requireInfrastructureEncryption", "services"}
)
SKUS = (
    *(f"Standard_{kind}" for kind in ("LRS", "GRS", "RAGRS", "ZRS", "GZRS", "RAGZRS")),
    "Premium_LRS",
    "Premium_ZRS",
)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()


def _keys(item: Item) -> list[Body]:
    return [
        {"keyName": name, "value": value, "permissions": "FULL"}
        for name, value in item.hidden["keys"].items()
    ]


def _list_keys(world: World, item: Item, request: Request, caller: str) -> Reply:
    """The keys are told even where nobody may use them: the data plane refuses what they sign."""
    return Reply(200, {"keys": _keys(item)})


def _regenerate_key(world: World, item: Item, request: Request, caller: str) -> Reply:
    name = request.json().get("keyName")
    if name not in item.hidden["keys"]:
        raise bad_request(f"'{name}' is no key of the account.", "InvalidKeyName")
    item.hidden["keys"][name] = _key()
    return Reply(200, {"keys": _keys(item)})


def _revoke(world: World, item: Item, request: Request, caller: str) -> Reply:
    item.hidden["signed_after"] = world.clock.now().timestamp()
    return Reply(200)


class Accounts(Behaviour):
    actions: ClassVar[Mapping[str, Action]] = {
        "listkeys": _list_keys,
        "regeneratekey": _regenerate_key,
        "revokeuserdelegationkeys": _revoke,
    }

    def prepare(self, change: Change) -> None:
        told, world, old, item = change.properties, change.world, change.old, change.item
        if item.body["sku"].get("name") not in SKUS:
            raise bad_request(f"The SKU '{item.body['sku'].get('name')}' is not valid.", "InvalidSku")
        taken = (
            other
            for other in world.store.of_type(ACCOUNTS)
            if other.name == item.name and other.key != item.key
        )
        if next(taken, None) is not None:
            raise conflict(
                f"The storage account named {item.name} is already taken.", "StorageAccountAlreadyTaken"
            )
        if told.get("minimumTlsVersion") not in (None, "TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"):
            raise bad_request(f"'{told['minimumTlsVersion']}' is no TLS version.", "InvalidValuesForProperty")
        encryption = dict(told.get("encryption") or {})
        unknown = set(encryption) - ENCRYPTION
        if unknown:
            raise bad_content(f"Could not find member '{min(unknown)}' on object of type 'Encryption'.")
        if str(encryption.get("keySource") or "Microsoft.Storage").lower() == "microsoft.keyvault":
            self._own_key(world, item, encryption)
        service = {"keyType": "Account", "enabled": True}
        encryption.setdefault("keySource", "Microsoft.Storage")
        encryption["services"] = {"blob": service, "file": service, **(encryption.get("services") or {})}
        hidden = old.hidden if old else {"keys": {n: _key() for n in ("key1", "key2")}}
        item.hidden.update(hidden)
        item.body["sku"] = {"name": item.body["sku"]["name"], "tier": item.body["sku"]["name"].split("_")[0]}
        created = old.properties["creationTime"] if old else text(world.clock.now())
        defaults: Body = {
            "supportsHttpsTrafficOnly": True,
            "allowBlobPublicAccess": False,
            "minimumTlsVersion": "TLS1_0",
            "accessTier": "Hot",
            "networkAcls": {
                "bypass": "AzureServices",
                "virtualNetworkRules": [],
                "ipRules": [],
                "defaultAction": "Allow",
            },
        }
        for name, value in defaults.items():
            told.setdefault(name, value)
        told |= {
            "encryption": encryption,
            "creationTime": created,
            "primaryLocation": item.body["location"],
            "statusOfPrimary": "available",
            # The service's address is the local one: whoever uses it as it is told reaches this process.
            "primaryEndpoints": {"blob": f"{world.endpoints.get('blob', '')}/{item.name}/"},
        }

    @staticmethod
    def _own_key(world: World, item: Item, encryption: Body) -> None:
        """A key of the customer's: vault, key, identity and the identity's permission have to be there."""
        told = encryption.get("keyvaultproperties") or {}
        uri, name = str(told.get("keyvaulturi")), told.get("keyname")
        host = str(urlsplit(uri).hostname or "").partition(".")[0]
        vault = next((v for v in world.store.of_type(VAULTS) if v.name.lower() == host), None)
        key = world.store.get(f"{vault.id}/keys/{name}") if vault else None
        if vault is None or key is None or key.type != KEYS:
            raise bad_request(f"The key '{name}' of '{uri}' was not found.", "KeyVaultEncryptionKeyNotFound")
        if not vault.properties.get("enablePurgeProtection"):
            raise conflict(
                f"The vault '{vault.name}' needs purge protection to keep keys for storage.",
                "KeyVaultPolicyRecoveryInvalid",
            )
        named = (encryption.get("identity") or {}).get("userAssignedIdentity")
        attached = (item.body.get("identity") or {}).get("userAssignedIdentities") or {}
        if named:
            user = world.store.get(str(named))
            if (
                user is None
                or user.type != IDENTITIES
                or str(named).lower() not in {id.lower() for id in attached}
            ):
                raise bad_request(
                    f"The identity '{named}' is not one of the account.", "InvalidUserAssignedIdentity"
                )
            principal = user.properties["principalId"]
        else:
            principal = (item.body.get("identity") or {}).get("principalId", "")
        use = f"{KEYS}/wrap/action"
        if not principal or not world.rbac.allowed(principal, use, key.id, data=True):
            raise ArmError(
                403,
                "KeyVaultAuthenticationFailure",
                f"The operation failed because of authentication issue on the keyvault: '{principal}' may"
                f" not use"
                f" '{key.id}'.",
            )
        version = key.properties["keyUriWithVersion"].rpartition("/")[2]
        told |= {"currentVersionedKeyIdentifier": f"{uri.rstrip('/')}/keys/{name}/{version}"}

    def done(self, change: Change) -> None:
        if change.old is None:
            id = f"{change.item.id}/blobServices/default"
            settings: Body = {"cors": {"corsRules": []}, "deleteRetentionPolicy": {"enabled": False}}
            change.world.store.put(Item(id, "default", SERVICES, {"properties": settings}))

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        for (account, container), blobs in world.blobs.items():
            if account == item.name and blobs:
                policy = world.store.get(
                    f"{item.id}/blobServices/default/containers/{container}/immutabilityPolicies/default"
                )
                if policy is not None and policy.properties["state"] == "Locked":
                    raise conflict(
                        f"The account has the container '{container}' with a locked immutability policy"
                        f" and blobs.",
                        "StorageAccountHasImmutableContainers",
                    )

    def removed(self, world: World, item: Item) -> None:
        for key in [key for key in world.blobs if key[0] == item.name]:
            del world.blobs[key]


class Lifecycle(Behaviour):
    def prepare(self, change: Change) -> None:
        if change.item.name != "default":
            raise bad_request("A management policy has one name: 'default'.", "InvalidResourceName")
        rules: Any = (change.properties["policy"] or {}).get("rules")
        if not isinstance(rules, list) or not rules:
            raise bad_request("A management policy has rules.", "InvalidManagementPolicy")
        names = [rule.get("name") for rule in rules]
        if len(set(names)) != len(names) or not all(names):
            raise bad_request(
                "The rules of a management policy have names of their own.", "InvalidManagementPolicy"
            )
        for rule in rules:
            definition = rule.get("definition") or {}
            if rule.get("type") != "Lifecycle" or not definition.get("actions"):
                raise bad_request("A rule is of type Lifecycle and has actions.", "InvalidManagementPolicy")
            if not (definition.get("filters") or {}).get("blobTypes"):
                raise bad_request("A rule's filters name blob types.", "InvalidManagementPolicy")
        change.properties["lastModifiedTime"] = text(change.world.clock.now())


KINDS = (
    Kind(
        type=ACCOUNTS,
        versions=VERSIONS,
        at=("group",),
        properties=SETTINGS,
        readonly=frozenset(
            {
                "provisioningState",
                "creationTime",
                "primaryEndpoints",
                "primaryLocation",
                "statusOfPrimary",
                "keyCreationTime",
            }
        ),
        required=("sku.name", "kind"),
        members=frozenset({"sku", "kind", "identity", "extendedLocation"}),
        location="required",
        tracked=True,
        name=re.compile(r"[a-z0-9]{3,24}"),
        slow="location",
        behaviour=Accounts(),
    ),
    Kind(
        type=LIFECYCLE,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset({"policy"}),
        readonly=frozenset({"lastModifiedTime"}),
        required=("properties.policy",),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        created=200,
        behaviour=Lifecycle(),
    ),
)

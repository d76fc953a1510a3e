"""Microsoft.KeyVault: vaults that stay reserved when they are deleted, and their keys.

Source: learn.microsoft.com/azure/key-vault/general/soft-delete-overview; Azure/azure-rest-api-specs, keyvault
2024-11-01 (a PUT makes the first version of a key and changes nothing of one that is there; no DELETE).
"""

from __future__ import annotations

import copy
import re
import uuid
from datetime import timedelta

from rehearsal.local_azure.address import Address, subscription_of
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_request, conflict, method_not_allowed, not_found
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.names import TENANT
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

VAULTS = "Microsoft.KeyVault/vaults"
KEYS = f"{VAULTS}/keys"
DELETED = "Microsoft.KeyVault/deletedVaults"
AT_LOCATION = "Microsoft.KeyVault/locations/deletedVaults"
VERSIONS = ("2026-02-01", "2025-05-01", "2024-11-01", "2023-07-01", "2023-02-01")

KEY_TYPES = ("EC", "EC-HSM", "RSA", "RSA-HSM")
KEY_OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "import", "release")


class Vaults(Behaviour):
    def prepare(self, change: Change) -> None:
        told, world, old = change.properties, change.world, change.old
        name = change.item.name
        if str(told["tenantId"]).lower() != TENANT:
            raise bad_request(
                f"The tenant '{told['tenantId']}' is not the subscription's.", "InvalidTenantId"
            )
        mode = told.pop("createMode", None)
        gone = world.store.deleted_vaults.get(name.lower())
        if old is None:
            self._reserved(world, change.item, gone, mode)
        if told.get("enablePurgeProtection") is False:
            raise bad_request(
                'The property "enablePurgeProtection" cannot be set to false. Enabling the purge'
                " protection for a"
                " vault is an irreversible action."
            )
        # What was decided before the deletion holds on after the recovery.
        before = old.properties if old else gone.properties if gone else {}
        if before.get("enablePurgeProtection") and not told.get("enablePurgeProtection"):
            told["enablePurgeProtection"] = True
        if told.get("enableSoftDelete") is False:
            raise bad_request('The property "enableSoftDelete" cannot be set to false.')
        days = told.get("softDeleteRetentionInDays", before.get("softDeleteRetentionInDays", 90))
        if not isinstance(days, int) or not 7 <= days <= 90:
            raise bad_request("softDeleteRetentionInDays is between 7 and 90.")
        if before and before["softDeleteRetentionInDays"] != days:
            raise bad_request(
                'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.'
            )
        if not told.get("enableRbacAuthorization") and told.get("accessPolicies") is None:
            raise bad_request("The parameter accessPolicies is not specified.")
        told |= {
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": days,
            "enableRbacAuthorization": bool(told.get("enableRbacAuthorization")),
            "accessPolicies": told.get("accessPolicies") or [],
            "publicNetworkAccess": told.get("publicNetworkAccess") or "Enabled",
            "vaultUri": f"https://{name.lower()}.vault.azure.net/",
        }

    @staticmethod
    def _reserved(world: World, item: Item, gone: Item | None, mode: str | None) -> None:
        if mode == "recover":
            if gone is None:
                raise not_found(f"No deleted vault has the name '{item.name}'.", "DeletedVaultNotFound")
            if gone.key != item.id.lower() or gone.body["location"] != item.body.get("location"):
                raise conflict(
                    "A vault is recovered where it was, in its group and location.", "ConflictError"
                )
        elif gone is not None:
            raise conflict(
                "A vault with the same name already exists in deleted state. You need to either recover"
                " or purge"
                " existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745"
                " for more"
                " information on soft delete.",
                "ConflictError",
            )
        if any(other.name.lower() == item.name.lower() for other in world.store.of_type(VAULTS)):
            raise conflict(
                f"The vault name '{item.name}' is already in use. Vault names are globally unique so it"
                f" is possible"
                " that the name is already taken.",
                "VaultAlreadyExists",
            )

    def done(self, change: Change) -> None:
        gone = change.world.store.deleted_vaults.pop(change.item.name.lower(), None)
        for key in gone.hidden.get("keys", ()) if gone else ():
            change.world.store.put(key)

    def removed(self, world: World, item: Item) -> None:
        now = world.clock.now()
        days = item.properties["softDeleteRetentionInDays"]
        kept = copy.copy(item)
        kept.hidden = {"keys": item.hidden.pop("leaving", []), "deleted": now}
        kept.expires = now + timedelta(days=days)
        world.store.deleted_vaults[item.name.lower()] = kept


class Keys(Behaviour):
    def prepare(self, change: Change) -> None:
        told, old = change.properties, change.old
        if old is not None:
            # An existing key is returned as it is: nothing is written.
            change.item.body = old.body
            return
        kty = told.get("kty", "RSA")
        if kty not in KEY_TYPES or not set(told.get("keyOps") or ()) <= set(KEY_OPERATIONS):
            raise bad_request("The key has an unknown type or operation.", "BadParameter")
        if kty.startswith("RSA") and told.setdefault("keySize", 2048) not in (2048, 3072, 4096):
            raise bad_request(f"'{told['keySize']}' is no size of an RSA key.", "BadParameter")
        if kty.startswith("EC"):
            told.setdefault("curveName", "P-256")
        vault = change.world.store.get(change.address.parent)
        assert vault is not None
        uri = f"{vault.properties['vaultUri']}keys/{change.item.name}"
        now = int(change.world.clock.now().timestamp())
        level = "Recoverable" if vault.properties.get("enablePurgeProtection") else "Recoverable+Purgeable"
        told["kty"] = kty
        told["attributes"] = {"enabled": True, "exportable": False, **(told.get("attributes") or {})}
        told["attributes"] |= {"created": now, "updated": now, "recoveryLevel": level}
        told |= {"keyUri": uri, "keyUriWithVersion": f"{uri}/{uuid.uuid4().hex}"}
        change.item.body["location"] = vault.body["location"]

    def removed(self, world: World, item: Item) -> None:
        vault = world.store.get(item.id[: item.key.rindex("/keys/")])
        if vault is not None:
            vault.hidden.setdefault("leaving", []).append(item)


class DeletedVaults(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        world.store.deleted_vaults = {
            name: item
            for name, item in world.store.deleted_vaults.items()
            if item.expires is None or item.expires > world.clock.now()
        }
        here = str(subscription_of(address.scope)).lower()
        own = {
            name: item
            for name, item in world.store.deleted_vaults.items()
            if subscription_of(item.key) == here
        }
        if address.type.lower() == DELETED.lower():
            world.rbac.demand(caller, f"{DELETED}/read", address.scope)
            return Reply(200, {"value": [_deleted(item) for item in own.values()]})
        purge = request.method == "POST" and address.types[-1].lower() == "purge"
        verb = "purge/action" if purge else "read"
        world.rbac.demand(caller, f"{AT_LOCATION}/{verb}", address.scope)
        item = own.get(address.names[-1].lower()) if len(address.names) > 1 else None
        if item is None or item.body["location"] != address.names[0].lower():
            name = address.names[-1]
            raise not_found(f"The specified deleted vault '{name}' does not exist.", "DeletedVaultNotFound")
        if not purge:
            if request.method != "GET":
                raise method_not_allowed(request.method, AT_LOCATION)
            return Reply(200, _deleted(item))
        if item.properties.get("enablePurgeProtection"):
            raise ArmError(405, "MethodNotAllowed", 'Operation "purge" is not enabled for this vault.')
        world.store.deleted_vaults.pop(item.name.lower())
        return Reply(200)


def _deleted(item: Item) -> Body:
    location = item.body["location"]
    return {
        "id": f"/subscriptions/{subscription_of(item.id)}/providers/Microsoft.KeyVault/locations/{location}"
        f"/deletedVaults/{item.name}",
        "name": item.name,
        "type": DELETED,
        "properties": {
            "vaultId": item.id,
            "location": location,
            "tags": item.body.get("tags") or {},
            "deletionDate": text(item.hidden["deleted"]),
            "scheduledPurgeDate": text(item.expires) if item.expires else None,
            "purgeProtectionEnabled": bool(item.properties.get("enablePurgeProtection")),
        },
    }


KINDS = (
    Kind(
        type=VAULTS,
        versions=VERSIONS,
        at=("group",),
        properties=frozenset(
            {
                "sku",
                "tenantId",
                "accessPolicies",
                "createMode",
                "enablePurgeProtection",
                "enableRbacAuthorization",
                "enableSoftDelete",
                "enabledForDeployment",
                "enabledForDiskEncryption",
                "enabledForTemplateDeployment",
                "networkAcls",
                "publicNetworkAccess",
                "softDeleteRetentionInDays",
            }
        ),
        readonly=frozenset(
            {"provisioningState", "vaultUri", "hsmPoolResourceId", "privateEndpointConnections"}
        ),
        required=("properties.sku", "properties.tenantId"),
        location="required",
        tracked=True,
        name=re.compile(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]"),
        state=True,
        created=200,
        behaviour=Vaults(),
    ),
    Kind(
        type=KEYS,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset(
            {"attributes", "curveName", "keyOps", "keySize", "kty", "releasePolicy", "rotationPolicy"}
        ),
        readonly=frozenset({"keyUri", "keyUriWithVersion"}),
        tracked=True,
        location="optional",
        name=re.compile(r"[a-zA-Z0-9-]{1,127}"),
        methods=frozenset({"GET", "PUT"}),
        created=200,
        behaviour=Keys(),
    ),
    Kind(
        type=DELETED,
        versions=VERSIONS,
        at=("subscription",),
        properties=frozenset(),
        behaviour=DeletedVaults(),
    ),
    *(
        Kind(
            type=type_name,
            versions=VERSIONS,
            at=("subscription",),
            properties=frozenset(),
            behaviour=DeletedVaults(),
        )
        for type_name in (AT_LOCATION, f"{AT_LOCATION}/purge")
    ),
)

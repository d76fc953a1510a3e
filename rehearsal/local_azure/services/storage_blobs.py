"""Microsoft.Storage: the blob service of an account, its containers, and what makes blobs immutable.

Source: Azure/azure-rest-api-specs, storage 2024-01-01;
learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_request, conflict
from rehearsal.local_azure.kinds import Action, Behaviour, Change, Kind
from rehearsal.local_azure.services.storage import CONTAINERS, IMMUTABILITY, SERVICES, VERSIONS
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World


class Services(Behaviour):
    def prepare(self, change: Change) -> None:
        if change.item.name != "default":
            raise bad_request("The blob service has one name: 'default'.", "InvalidResourceName")
        retention = change.properties.setdefault("deleteRetentionPolicy", {"enabled": False})
        if retention.get("enabled") and not 1 <= int(retention.get("days") or 0) <= 365:
            raise bad_request(
                "A retention of deleted blobs is between 1 and 365 days.", "InvalidValuesForProperty"
            )
        change.properties.setdefault("cors", {"corsRules": []})


def container(world: World, account: Item, name: str) -> Item:
    """Make a container that the data plane was asked for."""
    id = f"{account.id}/blobServices/default/containers/{name}"
    item = Item(id, name, CONTAINERS, {"properties": {"publicAccess": "None"}})
    Containers.complete(world, account, item)
    return world.store.put(item)


class Containers(Behaviour):
    def prepare(self, change: Change) -> None:
        account = change.world.store.get("/".join(change.item.id.split("/")[:9]))
        assert account is not None
        public = change.properties.setdefault("publicAccess", "None")
        if public != "None" and not account.properties.get("allowBlobPublicAccess"):
            raise conflict(
                "Public access is not permitted on this storage account.", "PublicAccessNotPermitted"
            )
        self.complete(change.world, account, change.item)

    @staticmethod
    def complete(world: World, account: Item, item: Item) -> None:
        world.blobs.setdefault((account.name, item.name), {})
        item.properties.update(
            {
                "leaseStatus": "Unlocked",
                "leaseState": "Available",
                "lastModifiedTime": text(world.clock.now()),
                "hasLegalHold": False,
                "hasImmutabilityPolicy": world.store.get(f"{item.id}/immutabilityPolicies/default")
                is not None,
            }
        )

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        policy = world.store.get(f"{item.id}/immutabilityPolicies/default")
        if policy is not None and world.blobs.get((_account(item), item.name)):
            raise conflict(
                f"The container {item.name} has an immutability policy and blobs, and cannot be deleted.",
                "ContainerImmutabilityPolicyFailure",
            )

    def removed(self, world: World, item: Item) -> None:
        world.blobs.pop((_account(item), item.name), None)


def _account(item: Item) -> str:
    return item.id.split("/")[8]


def _lock(world: World, item: Item, request: Request, caller: str) -> Reply:
    if request.header("if-match") != item.etag:
        raise ArmError(412, "PreconditionFailed", "The If-Match header does not name the policy's ETag.")
    item.properties["state"] = "Locked"
    item.touched()
    return Reply(
        200,
        {"id": item.id, "name": item.name, "type": item.type, "etag": item.etag, **item.body},
        {"ETag": item.etag},
    )


class Immutability(Behaviour):
    actions: ClassVar[Mapping[str, Action]] = {"lock": _lock}

    def prepare(self, change: Change) -> None:
        if change.item.name != "default":
            raise bad_request("An immutability policy has one name: 'default'.", "InvalidResourceName")
        before = change.old.properties if change.old else {}
        days = change.properties.get("immutabilityPeriodSinceCreationInDays", 0)
        if not 1 <= int(days) <= 146000:
            raise bad_request("The period is between 1 and 146000 days.", "InvalidValuesForProperty")
        if before.get("state") == "Locked":
            raise conflict(
                "A locked immutability policy is extended, not written.", "ContainerImmutabilityPolicyLocked"
            )
        change.properties["state"] = "Unlocked"

    def done(self, change: Change) -> None:
        holder = change.world.store.get(change.address.parent)
        if holder is not None:
            holder.properties["hasImmutabilityPolicy"] = True

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        # With its container it may go, once nothing is in there.
        if item.properties["state"] == "Locked" and not inner:
            raise conflict(
                "A locked immutability policy cannot be deleted.", "ContainerImmutabilityPolicyLocked"
            )

    def show(self, world: World, item: Item) -> Body:
        return {**item.body, "etag": item.etag}


KINDS = (
    Kind(
        type=SERVICES,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset(
            {
                "automaticSnapshotPolicyEnabled",
                "changeFeed",
                "containerDeleteRetentionPolicy",
                "cors",
                "defaultServiceVersion",
                "deleteRetentionPolicy",
                "isVersioningEnabled",
                "lastAccessTimeTrackingPolicy",
                "restorePolicy",
            }
        ),
        methods=frozenset({"GET", "PUT"}),
        created=200,
        behaviour=Services(),
    ),
    Kind(
        type=CONTAINERS,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset(
            {
                "defaultEncryptionScope",
                "denyEncryptionScopeOverride",
                "enableNfsV3AllSquash",
                "enableNfsV3RootSquash",
                "immutableStorageWithVersioning",
                "metadata",
                "publicAccess",
            }
        ),
        name=re.compile(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]"),
        behaviour=Containers(),
    ),
    Kind(
        type=IMMUTABILITY,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset(
            {
                "immutabilityPeriodSinceCreationInDays",
                "allowProtectedAppendWrites",
                "allowProtectedAppendWritesAll",
            }
        ),
        readonly=frozenset({"state"}),
        required=("properties.immutabilityPeriodSinceCreationInDays",),
        methods=frozenset({"GET", "PUT", "DELETE", "POST"}),
        behaviour=Immutability(),
    ),
)

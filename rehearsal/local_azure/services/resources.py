"""Microsoft.Resources: subscriptions, resource groups, tags of whatever exists, and what is in a group."""

from __future__ import annotations

import copy
import re
from typing import Any

from rehearsal.local_azure import locks
from rehearsal.local_azure.address import Address, subscription_of, within
from rehearsal.local_azure.errors import bad_request, method_not_allowed, not_found
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.store import Body
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

GROUPS = "Microsoft.Resources/resourceGroups"
VERSIONS = (
    "2025-04-01",
    "2025-03-01",
    "2024-11-01",
    "2024-07-01",
    "2024-03-01",
    "2023-07-01",
    "2022-09-01",
    "2022-12-01",
    "2021-04-01",
)

GROUP_NAME = re.compile(r"[\w().-]{0,89}[\w()-]")


class Subscriptions(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "GET":
            raise method_not_allowed(request.method, "Microsoft.Resources/subscriptions")
        known = world.store.subscriptions
        if address.collection:
            action = "Microsoft.Resources/subscriptions/read"
            seen = [body for body in known.values() if world.rbac.allowed(caller, action, body["id"])]
            return Reply(200, {"value": seen})
        id = f"/subscriptions/{address.names[0]}"
        world.subscription(id, caller)
        world.rbac.demand(caller, "Microsoft.Resources/subscriptions/read", id)
        return Reply(200, known[address.names[0].lower()])


class Groups(Behaviour):
    def prepare(self, change: Change) -> None:
        if change.old is not None and change.old.body.get("managedBy") != change.item.body.get("managedBy"):
            raise bad_request("managedBy of a resource group cannot change.", "InvalidManagedBy")


class Listing(Behaviour):
    """Every tracked resource of a group or a subscription."""

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "GET":
            raise method_not_allowed(request.method, "Microsoft.Resources/resources")
        world.rbac.demand(
            caller, "Microsoft.Resources/subscriptions/resourceGroups/resources/read", address.scope
        )
        shown = []
        for item in world.store.all():
            if (
                not item.body.get("location")
                or item.type == GROUPS
                or not within(address.scope.lower(), item.key)
            ):
                continue
            kept = ("location", "tags", "sku", "kind", "identity")
            listed = {key: item.body[key] for key in kept if key in item.body}
            shown.append({"id": item.id, "name": item.name, "type": item.type, **copy.deepcopy(listed)})
        return Reply(200, {"value": shown})


class Tags(Behaviour):
    """The tags of a scope, read and written apart from the rest of it."""

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        scope = address.scope
        if address.names != ("default",):
            raise not_found("Tags have one name: 'default'.", "InvalidResourceName")
        verb = {"GET": "read", "DELETE": "delete"}.get(request.method, "write")
        world.rbac.demand(caller, f"Microsoft.Resources/tags/{verb}", scope)
        holder: Body
        item = world.store.get(scope)
        if item is not None:
            holder = item.body
        elif scope.count("/") == 2:
            holder = world.store.subscriptions[str(subscription_of(scope)).lower()]
        else:
            raise not_found(f"The Resource '{scope}' was not found.")
        tags = dict(holder.get("tags") or {})
        if request.method in ("PUT", "PATCH", "DELETE"):
            locks.demand(world.store, scope, "write")
            tags = self._changed(tags, request)
            if item is not None:
                changed = copy.copy(item)
                changed.body = {**item.body, "tags": tags}
                world.policies.demand(changed, indexed=item.type != GROUPS)
            holder["tags"] = tags
        if request.method == "DELETE":
            return Reply(200)
        shown = {"id": f"{scope}/providers/Microsoft.Resources/tags/default", "name": "default"}
        return Reply(200, {**shown, "type": "Microsoft.Resources/tags", "properties": {"tags": tags}})

    @staticmethod
    def _changed(tags: dict[str, str], request: Request) -> dict[str, str]:
        told: dict[str, Any] = request.json()
        wanted = (told.get("properties") or {}).get("tags") or {}
        operation = str(told.get("operation") or "Replace") if request.method == "PATCH" else "Replace"
        if request.method == "DELETE":
            return {}
        if operation == "Merge":
            return tags | wanted
        if operation == "Delete":
            return {name: value for name, value in tags.items() if name not in wanted}
        if operation != "Replace":
            raise bad_request(f"'{operation}' is no operation on tags.", "InvalidTagOperation")
        return dict(wanted)


KINDS = (
    Kind(
        type="Microsoft.Resources/subscriptions",
        versions=VERSIONS,
        at=("tenant",),
        properties=frozenset(),
        behaviour=Subscriptions(),
    ),
    Kind(
        type=GROUPS,
        versions=VERSIONS,
        at=("subscription",),
        properties=frozenset(),
        members=frozenset({"managedBy"}),
        location="required",
        tracked=True,
        name=GROUP_NAME,
        operation="Microsoft.Resources/subscriptions/resourceGroups",
        slow_delete=True,
        state=True,
        behaviour=Groups(),
    ),
    Kind(
        type="Microsoft.Resources/resources",
        versions=VERSIONS,
        at=("subscription", "group"),
        properties=frozenset(),
        behaviour=Listing(),
    ),
    Kind(
        type="Microsoft.Resources/tags",
        versions=VERSIONS,
        at=("any",),
        properties=frozenset({"tags"}),
        behaviour=Tags(),
    ),
)

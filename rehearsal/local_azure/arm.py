"""Azure Resource Manager: what every request goes through, whatever its type.

In the order in which Azure refuses: token, api-version, type, subscription, permission, existence, content,
locks, policies, and last what the type's own service says.
Source: Azure/azure-resource-manager-rpc v1.0 (resource-api-reference, async-api-reference).
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from rehearsal.local_azure import locks
from rehearsal.local_azure.address import Address, group_of, parse, subscription_of, within
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import (
    ArmError,
    bad_content,
    bad_request,
    conflict,
    method_not_allowed,
    not_found,
)
from rehearsal.local_azure.kinds import Change, Kind
from rehearsal.local_azure.routing import GROUPS, id_of, kind_of, normal
from rehearsal.local_azure.store import Body, Item, Operation, merged
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

RETRY = {"retry-after-ms": "20"}


class ResourceManager:
    """Answers requests for resources of the table's kinds, one at a time."""

    def __init__(self, world: World, kinds: Mapping[str, Kind], lock: threading.Lock) -> None:
        self._world = world
        self._kinds = kinds
        self._lock = lock

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self._world.settle()
            try:
                late = self._fault(request, after=False)
                reply = late or self._answer(request)
                return self._fault(request, after=True) or reply
            except ArmError as error:
                return Reply(error.status, error.body(), dict(error.headers))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                # A value of another form than its type has: said once here, and not in every service.
                if not request.body:
                    raise
                refusal = bad_content(
                    f"a value has a form that is not expected ({type(error).__name__}: {error})."
                )
                return Reply(refusal.status, refusal.body())

    def _fault(self, request: Request, *, after: bool) -> Reply | None:
        error = self._world.fault(request.method, request.path, after=after)
        if error is None:
            return None
        return Reply(error.status, error.body(), {"Retry-After": "0"} if error.status == 429 else {})

    def _answer(self, request: Request) -> Reply:
        caller = self._world.tokens.caller(request.header("authorization"), "arm")
        if not request.query.get("api-version"):
            raise bad_request(
                "The api-version query parameter (?api-version=) is required for all requests.",
                "MissingApiVersionParameter",
            )
        address = normal(parse(request.path))
        self._world.subscription(address.scope, caller)
        if not address.namespace and not address.scope:
            raise not_found(
                "The request did not have a subscription or a valid tenant level resource provider.",
                "MissingSubscription",
            )
        if not address.namespace:
            raise not_found(f"No resource type is at '{request.path}'.", "InvalidResourceType")
        if address.types[-1].lower() in ("operationstatuses", "operationresults") and not address.collection:
            return self._operation(address, caller)
        kind, action = kind_of(self._kinds, address, request)
        reply = kind.behaviour.handle(self._world, address, request, caller)
        if reply is not None:
            return reply
        if action:
            return self._act(kind, address, action, request, caller)
        if request.method not in kind.methods and request.method != "HEAD":
            raise method_not_allowed(request.method, kind.type)
        if address.collection:
            return self._list(kind, address, request, caller)
        if request.method in ("GET", "HEAD"):
            return self._get(kind, address, request, caller)
        if request.method in ("PUT", "PATCH"):
            return self._alone(kind, address, lambda: self._put(kind, address, request, caller))
        if request.method == "DELETE":
            return self._alone(kind, address, lambda: self._delete(kind, address, request, caller))
        raise method_not_allowed(request.method, kind.type)

    def _alone(self, kind: Kind, address: Address, change: Callable[[], Reply]) -> Reply:
        """Make a change that may not overlap with another one below the same parent, and let it take its"
        " time."""
        parent = self._world.store.get(address.parent) if kind.serial else None
        if parent is None:
            return change()
        if parent.hidden.get("busy_until", 0.0) > time.monotonic():
            # The one type that is so: its code is Azure's own.
            raise conflict(
                f"Too many Federated Identity Credentials are written concurrently for the managed identity"
                f" '{parent.id}'. Concurrent Federated Identity Credentials writes under the same managed"
                f" identity are"
                " not supported.",
                "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
            )
        reply = change()
        parent.hidden["busy_until"] = time.monotonic() + self._world.operation_seconds
        reply.delay = self._world.operation_seconds
        return reply

    def _missing(self, kind: Kind, address: Address) -> ArmError:
        group = group_of(address.scope)
        if kind.type == GROUPS:
            return not_found(
                f"Resource group '{address.names[0]}' could not be found.", "ResourceGroupNotFound"
            )
        where = f" under resource group '{group.rpartition('/')[2]}'" if group else ""
        return not_found(
            f"The Resource '{kind.type}/{'/'.join(address.names)}'{where} was not found. For more details"
            " please go to https://aka.ms/ARMResourceNotFoundFix"
        )

    def _place(self, kind: Kind, address: Address) -> None:
        """See that the type can be there, and that what it is in or on exists."""
        scope = address.scope
        group = group_of(scope)
        if group is not None:
            found = self._world.store.get(group)
            if found is None:
                name = group.rpartition("/")[2]
                raise not_found(f"Resource group '{name}' could not be found.", "ResourceGroupNotFound")
        if "any" not in kind.at:
            level = "tenant" if not scope else "subscription" if group is None else "group"
            if (level not in kind.at and "child" not in kind.at) or "/providers/" in scope:
                raise bad_request(
                    f"The resource type '{kind.type}' cannot be deployed at scope '{scope or '/'}'.",
                    "InvalidResourceScope",
                )
        if "/providers/" in scope and self._world.store.get(scope) is None:
            raise not_found(f"The Resource '{scope}' was not found.", "ResourceNotFound")
        if len(address.types) > 1 and self._world.store.get(address.parent) is None:
            raise not_found(
                f"Failed to perform operation on resource(s) of type '{kind.type}', because the parent"
                f" resource '{address.parent}' could not be found.",
                "ParentResourceNotFound",
            )

    def show(self, item: Item) -> Body:
        kind = self._kinds[item.type.lower()]
        shown = {"id": item.id, "name": item.name, "type": item.type}
        return shown | copy.deepcopy(kind.behaviour.show(self._world, item))

    def _get(self, kind: Kind, address: Address, request: Request, caller: str) -> Reply:
        self._world.rbac.demand(
            caller, f"{kind.action}/read", address.id if kind.type != GROUPS else id_of(kind, address)
        )
        item = self._world.store.get(id_of(kind, address))
        if item is None:
            if kind.type != GROUPS:
                self._place(kind, address)
            if request.method == "HEAD":
                return Reply(404)
            raise self._missing(kind, address)
        if request.method == "HEAD":
            return Reply(204)
        return Reply(200, self.show(item), {"ETag": item.etag})

    def _list(self, kind: Kind, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "GET":
            raise method_not_allowed(request.method, kind.type)
        place = address.parent or "/"
        shown = kind.behaviour.listing(self._world, address, request, caller)
        if shown is None:
            self._world.rbac.demand(caller, f"{kind.action}/read", place)
            # What lives in groups is listed for a group or for the whole subscription.
            if "any" not in kind.at and (kind.at != ("group",) or group_of(place)):
                self._place(kind, address)
            if kind.at == ("group",):
                found = [i for i in self._world.store.of_type(kind.type) if within(place.lower(), i.key)]
            else:
                found = list(self._world.store.children(place, kind.type))
            shown = [self.show(item) for item in found]
        return self._page(shown, request)

    def _page(self, shown: list[Body], request: Request) -> Reply:
        try:
            start = int(request.query.get("$skiptoken") or 0)
            size = min(int(request.query.get("$top") or self._world.page), self._world.page)
        except ValueError:
            raise bad_request("$top and $skipToken are numbers.", "InvalidQueryParameter") from None
        body: Body = {"value": shown[start : start + size]}
        if start + size < len(shown):
            query = urlencode({**request.query, "$skiptoken": start + size})
            body["nextLink"] = f"{self._world.endpoints['arm']}{quote(request.path)}?{query}"
        return Reply(200, body)

    def _put(self, kind: Kind, address: Address, request: Request, caller: str) -> Reply:
        world = self._world
        id, patch = id_of(kind, address), request.method == "PATCH"
        told = request.json()
        old = world.store.get(id)
        body = kind.read(told)
        item = Item(id, address.names[-1], kind.type, body)
        change = Change(world, address, item, old, caller, request, patch=patch)
        world.rbac.demand(caller, f"{kind.action}/write", id, asked=kind.behaviour.asked(change))
        if kind.type != GROUPS:
            self._place(kind, address)
        if patch:
            if old is None:
                raise self._missing(kind, address)
            item.body = merged(old.body, body)
        if old is not None:
            item.id, item.name, item.hidden = old.id, old.name, dict(old.hidden)
        self._precondition(request, old)
        self._unsettled(address, old)
        if not kind.name.fullmatch(item.name):
            raise bad_request(
                f"The name '{item.name}' is not valid for '{kind.type}'.", "InvalidResourceName"
            )
        kind.complete(item.body)
        self._same_location(item, old)
        locks.demand(world.store, id, "write")
        if "identity" in kind.members:
            world.give_identity(item, old, caller)
        world.policies.demand(item, indexed=kind.location == "required" and kind.type != GROUPS)
        kind.behaviour.prepare(change)
        slow = kind.slow if old is None else ""
        if kind.slow or kind.state:
            item.properties["provisioningState"] = "Creating" if slow else "Succeeded"
        world.store.put(item)
        kind.behaviour.done(change)
        status = kind.created if old is None else 200
        if not slow:
            return Reply(status, self.show(item), {"ETag": item.etag})

        late = world.fault(request.method, request.path, late=True)

        def finish() -> None:
            item.properties["provisioningState"] = "Failed" if late else "Succeeded"
            item.touched()
            if late:
                raise late

        operation = world.begin(id, finish, result=id)
        headers = self._operation_headers(kind, address, operation, request, poll=slow == "async")
        return Reply(201, self.show(item), headers) if slow == "async" else Reply(202, None, headers)

    @staticmethod
    def _precondition(request: Request, old: Item | None) -> None:
        wanted, unwanted = request.header("if-match"), request.header("if-none-match")
        if (wanted and (old is None or wanted not in ("*", old.etag))) or (
            unwanted == "*" and old is not None
        ):
            raise ArmError(
                412,
                "PreconditionFailed",
                "The condition of the If-Match or If-None-Match header was not met.",
            )

    def _unsettled(self, address: Address, old: Item | None) -> None:
        """Nothing can be written into a group that is being deleted, nor over what is being created."""
        group = self._world.store.get(group_of(address.scope) or "")
        if group is not None and group.properties.get("provisioningState") == "Deleting":
            raise conflict(
                f"The resource group '{group.name}' is in deprovisioning state and cannot perform this"
                " operation.",
                "ResourceGroupBeingDeleted",
            )
        state = old.body.get("properties", {}).get("provisioningState") if old else None
        if state in ("Creating", "Deleting"):
            raise conflict(
                f"The request cannot be carried out because the resource is in state '{state}'.",
                "AnotherOperationInProgress",
            )

    @staticmethod
    def _same_location(item: Item, old: Item | None) -> None:
        if item.body.get("location"):
            item.body["location"] = str(item.body["location"]).replace(" ", "").lower()
        if old is not None and old.body.get("location"):
            before, now = old.body["location"], item.body.get("location", old.body["location"])
            if before != now:
                raise conflict(
                    f"The resource '{item.name}' already exists in location '{before}'. A resource with the"
                    f" same name cannot be created in location '{now}'. Please select a new resource name.",
                    "InvalidResourceLocation",
                )

    def _delete(self, kind: Kind, address: Address, request: Request, caller: str) -> Reply:
        world = self._world
        id = id_of(kind, address)
        item = world.store.get(id)
        change = Change(
            world, address, item or Item(id, address.names[-1], kind.type, {}), item, caller, request
        )
        world.rbac.demand(caller, f"{kind.action}/delete", id, asked=kind.behaviour.asked(change))
        if item is None:
            if kind.type == GROUPS:
                raise self._missing(kind, address)
            return Reply(204)
        self._precondition(request, item)
        if item.properties.get("provisioningState") == "Deleting":
            raise conflict("The resource is being deleted.", "AnotherOperationInProgress")
        locks.demand(world.store, id, "delete")
        inside = world.store.under(id)
        for each in (item, *inside):
            self._kinds[each.type.lower()].behaviour.removing(world, each, inner=each is not item)
        if not kind.slow_delete:
            self.remove(item)
            return Reply(200, self.show(item) if kind.created == 201 and not kind.tracked else None)
        item.properties["provisioningState"] = "Deleting"
        late = world.fault(request.method, request.path, late=True)

        def finish() -> None:
            if late:
                item.properties["provisioningState"] = "Failed"
                raise late
            self.remove(item)

        operation = world.begin(id, finish)
        return Reply(
            202, None, self._operation_headers(kind, address, operation, request, poll=kind.type != GROUPS)
        )

    def remove(self, item: Item) -> None:
        """Take a resource away with everything in and on it, the innermost first."""
        inside = sorted(self._world.store.under(item.id), key=lambda each: -len(each.id))
        for each in (*inside, item):
            self._world.store.remove(each.id)
            self._kinds[each.type.lower()].behaviour.removed(self._world, each)

    def _act(self, kind: Kind, address: Address, action: str, request: Request, caller: str) -> Reply:
        parent = Address(address.scope, address.namespace, address.types[:-1], address.names)
        self._world.rbac.demand(caller, f"{kind.action}/{action}/action", parent.id)
        item = self._world.store.get(id_of(kind, parent))
        if item is None:
            self._place(kind, parent)
            raise self._missing(kind, parent)
        run = kind.behaviour.actions.get(action.lower())
        if run is None:
            raise method_not_allowed("POST", f"{kind.type}/{action}")
        if action.lower() not in ("search",):
            locks.demand(self._world.store, item.id, "write")
        return run(self._world, item, request, caller)

    def _operation_headers(
        self, kind: Kind, address: Address, operation: Operation, request: Request, *, poll: bool
    ) -> dict[str, str]:
        subscription = subscription_of(address.scope)
        version = request.query["api-version"]
        space = kind.type.split("/")[0]
        base = f"{self._world.endpoints['arm']}/subscriptions/{subscription}"
        inner = "/operationresults" if kind.type == GROUPS else f"/providers/{space}/operationResults"
        headers = {"Location": f"{base}{inner}/{operation.id}?api-version={version}", **RETRY}
        if poll:
            headers["Azure-AsyncOperation"] = (
                f"{base}/providers/{space}/operationStatuses/{operation.id}?api-version={version}"
            )
        return headers

    def _operation(self, address: Address, caller: str) -> Reply:
        """Where an operation is: its own status, or its result once there is one."""
        operation = self._world.store.operations.get(address.names[-1])
        if operation is None:
            raise not_found(f"The operation '{address.names[-1]}' was not found.", "OperationNotFound")
        running = operation.status == "InProgress"
        if address.types[-1].lower() == "operationresults":
            if running:
                return Reply(202, None, dict(RETRY))
            if operation.error:
                return Reply(409, {"error": operation.error})
            item = self._world.store.get(operation.result) if operation.result else None
            return Reply(200, self.show(item) if item else None)
        body: dict[str, Any] = {
            "id": address.id,
            "name": operation.id,
            "status": operation.status,
            "startTime": text(operation.started),
        }
        if operation.ended:
            body["endTime"] = text(operation.ended)
        if operation.error:
            body["error"] = operation.error
        return Reply(200, body, RETRY if running else {})

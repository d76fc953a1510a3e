"""Everything that one local Azure is: its resources, its time, who is who, and where it can be reached."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.local_azure.address import subscription_of
from rehearsal.local_azure.clock import Clock
from rehearsal.local_azure.errors import ArmError, bad_request
from rehearsal.local_azure.identity import Directory, Tokens
from rehearsal.local_azure.names import OWNER, TENANT
from rehearsal.local_azure.policy import Policies
from rehearsal.local_azure.rbac import Rbac
from rehearsal.local_azure.store import Body, Item, Operation, Store

IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"

OPERATION_SECONDS = 0.02
"""How long what Azure does in the background takes here."""
MOST_OPERATIONS = 1000
"""How many are remembered; the oldest are forgotten first."""


@dataclass
class Fault:
    """Fails requests of a method whose path contains a text, `times` times.

    `after` they were carried out; or `late`: what they started in the background fails.
    """

    method: str
    contains: str
    status: int
    code: str
    times: int = 1
    after: bool = False
    late: bool = False


@dataclass
class World:
    tokens: Tokens
    endpoints: dict[str, str]
    """Base addresses without a slash at the end: "arm", "quantum", "blob"."""
    store: Store = field(default_factory=Store)
    clock: Clock = field(default_factory=Clock)
    directory: Directory = field(default_factory=Directory)
    faults: list[Fault] = field(default_factory=list)
    hold_jobs: bool = False
    page: int = 100
    operation_seconds: float = OPERATION_SECONDS
    blobs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Contents of containers, by account and container: blob name to what is known of it."""

    def __post_init__(self) -> None:
        self.rbac = Rbac(self.store, self.directory, self.clock)
        self.policies = Policies(self.store)

    def begin(self, scope: str, finish: Callable[[], None], result: str | None = None) -> Operation:
        """Start something that ends by itself after a while."""
        operation = Operation(
            str(uuid.uuid4()), scope, self.clock.now(), time.monotonic(), finish, result=result
        )
        self.store.operations[operation.id] = operation
        if len(self.store.operations) > MOST_OPERATIONS:
            del self.store.operations[next(iter(self.store.operations))]
        return operation

    def fault(self, method: str, path: str, *, after: bool = False, late: bool = False) -> ArmError | None:
        """The failure that was asked for here, if any; it counts as one."""
        for fault in self.faults:
            meant = fault.method in ("*", method) and fault.contains.lower() in path.lower()
            if meant and fault.times > 0 and (fault.after, fault.late) == (after, late):
                fault.times -= 1
                return ArmError(fault.status, fault.code, "A failure that was asked for.")
        return None

    def settle(self) -> None:
        """Finish what is due, and let go of what has expired. Called before every request."""
        begun = time.monotonic() - self.operation_seconds
        for operation in list(self.store.operations.values()):
            if operation.status == "InProgress" and operation.begun <= begun:
                operation.ended = self.clock.now()
                try:
                    operation.finish()
                    operation.status = "Succeeded"
                except ArmError as error:
                    operation.status, operation.error = "Failed", error.body()["error"]
        moment = self.clock.now()
        for item in self.store.all():
            if item.expires is not None and item.expires <= moment:
                self.store.remove(item.id)

    def subscription(self, scope: str, caller: str) -> None:
        """See that the subscription exists: it comes into being when the owner first names it."""
        id = subscription_of(scope)
        if id is None or id.lower() in self.store.subscriptions:
            return
        try:
            guid = str(uuid.UUID(id))
        except ValueError:
            raise bad_request(
                f"The provided subscription identifier '{id}' is malformed or invalid.",
                "InvalidSubscriptionId",
            ) from None
        if caller.lower() != OWNER:
            raise ArmError(404, "SubscriptionNotFound", f"The subscription '{id}' could not be found.")
        self.store.subscriptions[guid] = {
            "id": f"/subscriptions/{guid}",
            "subscriptionId": guid,
            "tenantId": TENANT,
            "displayName": f"rehearsal {guid[:8]}",
            "state": "Enabled",
            "authorizationSource": "RoleBased",
            "subscriptionPolicies": {"spendingLimit": "Off"},
        }

    def principal_type(self, id: str) -> str | None:
        """What kind of principal an object id is, None when nobody here has it."""
        lower = id.lower()
        if lower == OWNER:
            return "ServicePrincipal"
        if lower in self.directory.principals:
            return self.directory.principals[lower].type
        for item in self.store.of_type(IDENTITIES):
            if item.properties["principalId"] == lower:
                return "ServicePrincipal"
        for item in self.store.all():
            if str((item.body.get("identity") or {}).get("principalId", "")).lower() == lower:
                return "ServicePrincipal"
        return None

    def give_identity(self, item: Item, old: Item | None, caller: str) -> None:
        """Complete the `identity` of a resource: a system identity's object id, the user identities' ids."""
        told = item.body.get("identity")
        if not told:
            item.body.pop("identity", None)
            return
        wanted = {part.strip().lower() for part in str(told.get("type") or "None").split(",")}
        if not wanted <= {"none", "systemassigned", "userassigned"}:
            raise bad_request(f"The identity type '{told.get('type')}' is not valid.", "InvalidIdentityType")
        shown: Body = {"type": told.get("type")}
        if "systemassigned" in wanted:
            before = ((old.body.get("identity") if old else None) or {}).get("principalId")
            shown |= {"principalId": before or str(uuid.uuid4()), "tenantId": TENANT}
        if "userassigned" in wanted:
            named = told.get("userAssignedIdentities") or {}
            listed = {id: {} for id in named} if isinstance(named, list) else named
            shown["userAssignedIdentities"] = {id: self._user_identity(id, item, caller) for id in listed}
            if not listed:
                raise bad_request("A user-assigned identity has to be named.", "InvalidRequestContent")
        item.body["identity"] = shown

    def _user_identity(self, id: str, item: Item, caller: str) -> Body:
        found = self.store.get(id)
        if found is None or found.type != IDENTITIES:
            raise bad_request(
                f"Identity operation for resource '{item.id}' failed with error 'Failed to perform resource"
                f" identity operation: the resource '{id}' was not found'.",
                "FailedIdentityOperation",
            )
        action = f"{IDENTITIES}/assign/action"
        if not self.rbac.allowed(caller, action, found.id):
            raise ArmError(
                403,
                "LinkedAuthorizationFailed",
                f"The client '{caller}' with object id '{caller}' has permission to write '{item.id}';"
                f" however, it does not have permission to perform action '{action}' on the linked scope(s)"
                f" '{found.id}'.",
            )
        return {key: found.properties[key] for key in ("principalId", "clientId")}

    def reference(self, id: Any, type_name: str) -> Item:
        """The resource that another one refers to. Raises ArmError when it is not one of the type."""
        found = self.store.get(str(id))
        if found is None or found.type.lower() != type_name.lower():
            raise bad_request(
                f"The linked resource '{id}' of type '{type_name}' was not found.", "LinkedInvalidPropertyId"
            )
        return found

"""Microsoft.Authorization: what requests have led to, and the approvals that requests wait for.

Source: Azure/azure-rest-api-specs, authorization 2020-10-01 and 2021-01-01-preview.
"""

from __future__ import annotations

from typing import Any

from rehearsal.local_azure.address import Address
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_request, method_not_allowed, not_found
from rehearsal.local_azure.kinds import Behaviour, Kind
from rehearsal.local_azure.services.pim_requests import (
    ACTIVE,
    APPROVALS,
    ELIGIBLE,
    VERSIONS,
    listed_at,
    pim_type,
    provide,
    shown_item,
)
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World


class Schedules(Behaviour):
    """What stands, and its instances: the same, as nothing here recurs."""

    def __init__(self, what: str, kind: str) -> None:
        self.what, self.type = what, pim_type(what, kind)

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "GET":
            raise method_not_allowed(request.method, self.type)
        kept = pim_type(self.what, "Schedules")
        if address.collection:
            reply = listed_at(world, kept, address, request, caller)
            reply.body["value"] = [self._instance(each) for each in reply.body["value"]]
            return reply
        world.rbac.demand(caller, f"{self.type}/read", address.scope)
        item = world.store.get(f"{address.scope}/providers/{kept}/{address.names[0]}")
        if item is None:
            raise not_found(
                f"The schedule '{address.names[0]}' was not found.", "RoleAssignmentScheduleNotFound"
            )
        return Reply(200, self._instance(shown_item(item)))

    def _instance(self, shown: Body) -> Body:
        if self.type.endswith("Schedules"):
            return shown
        own: Body = {"id": shown["id"].replace("Schedules/", "ScheduleInstances/"), "type": self.type}
        more = {f"role{self.what}ScheduleId": shown["id"]}
        return {**shown, **own, "properties": {**shown["properties"], **more}}


class Approvals(Behaviour):
    """A request that waits has one stage; another than who asked decides it."""

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        found = [
            item
            for item in world.store.of_type(pim_type(ACTIVE, "ScheduleRequests"))
            if item.properties.get("approvalId")
            and (not address.names or item.name == address.names[0].lower())
        ]
        waiting = [item for item in found if caller.lower() in self._approvers(world, item, caller)]
        if address.types[-1].lower() == "roleassignmentapprovals" and address.collection:
            return Reply(200, {"value": [self._shown(item, caller) for item in waiting]})
        if not found:
            raise not_found(f"The approval '{address.names[0]}' was not found.", "ApprovalNotFound")
        item = found[0]
        if request.method == "GET" and len(address.types) == 1:
            return Reply(200, self._shown(item, caller))
        if request.method == "GET":
            stages = self._shown(item, caller)["properties"]["stages"]
            return Reply(200, {"value": stages} if address.collection else stages[0])
        if request.method not in ("PUT", "PATCH") or address.collection:
            raise method_not_allowed(request.method, APPROVALS)
        told: dict[str, Any] = request.json()
        self._decide(world, item, told.get("properties") or told, caller)
        return Reply(200, self._shown(item, caller)["properties"]["stages"][0])

    @staticmethod
    def _approvers(world: World, item: Item, caller: str) -> set[str]:
        named = set(item.hidden["approvers"])
        return {caller.lower()} if world.directory.identities(caller) & named else named

    def _decide(self, world: World, item: Item, told: Body, caller: str) -> None:
        properties = item.properties
        if not world.directory.identities(caller) & set(item.hidden["approvers"]):
            raise ArmError(403, "ApproverNotAuthorized", "The caller is not an approver of this request.")
        if caller.lower() == properties["principalId"]:
            raise ArmError(
                403, "SelfApprovalNotAllowed", "A request is approved by another than who made it."
            )
        if properties["status"] != "PendingApproval":
            raise bad_request("The request does not wait any more.", "ApprovalAlreadyCompleted")
        if item.hidden["justified"] and not str(told.get("justification") or "").strip():
            raise bad_request("The approval needs a justification.", "ApproverJustificationRequired")
        result = told.get("reviewResult")
        if result not in ("Approve", "Deny"):
            raise bad_request("The review result is 'Approve' or 'Deny'.", "InvalidReviewResult")
        item.hidden["review"] = {
            "reviewResult": result,
            "justification": told.get("justification"),
            "reviewedBy": {"principalId": str(caller)},
            "reviewedDateTime": text(world.clock.now()),
        }
        if result == "Deny":
            properties["status"] = "Denied"
        else:
            provide(world, item, ACTIVE, None)

    @staticmethod
    def _shown(item: Item, caller: str) -> Body:
        review = item.hidden.get("review")
        id = item.properties["approvalId"]
        stage = {
            "id": f"{id}/stages/{item.name}",
            "name": item.name,
            "type": f"{APPROVALS}/stages",
            "properties": {
                "status": "Completed" if review else "InProgress",
                "assignedToMe": caller.lower() in item.hidden["approvers"],
                **(review or {"reviewResult": "NotReviewed"}),
            },
        }
        return {"id": id, "name": item.name, "type": APPROVALS, "properties": {"stages": [stage]}}


KINDS = (
    *(
        Kind(
            type=pim_type(what, kind),
            versions=VERSIONS,
            at=("any",),
            properties=frozenset(),
            behaviour=Schedules(what, kind),
        )
        for what in (ELIGIBLE, ACTIVE)
        for kind in ("Schedules", "ScheduleInstances")
    ),
    *(
        Kind(
            type=type_name,
            versions=("2021-01-01-preview",),
            at=("any", "tenant"),
            properties=frozenset(),
            behaviour=Approvals(),
        )
        for type_name in (APPROVALS, f"{APPROVALS}/stages")
    ),
)

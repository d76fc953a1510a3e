"""Microsoft.ResourceGraph: the one query by which azure-quantum finds a workspace by its name.

Source: azure-quantum's management client (load_workspace_from_arg). Every other query is refused.
"""

from __future__ import annotations

import re

from rehearsal.local_azure.address import Address, subscription_of
from rehearsal.local_azure.errors import bad_request, method_not_allowed
from rehearsal.local_azure.kinds import Behaviour, Kind
from rehearsal.local_azure.services.quantum import WORKSPACES
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

TYPE = "Microsoft.ResourceGraph/resources"
_WHERE = re.compile(r"where (type|name|resourceGroup|location) =~ '([^']*)'")
_KEPT = (
    "extend endpointUri = ",
    "project name, subscriptionId, resourceGroup, location, endpointUri, workspaceKind",
)


class Graph(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "POST" or not address.collection:
            raise method_not_allowed(request.method, TYPE)
        told = request.json()
        wanted = self._wanted(str(told.get("query", "")))
        subscriptions = {str(each).lower() for each in told.get("subscriptions") or ()}
        found = []
        for item in world.store.of_type(WORKSPACES):
            shown = self._shown(item)
            asked = all(str(shown[name]).lower() == value.lower() for name, value in wanted.items())
            inside = not subscriptions or shown["subscriptionId"].lower() in subscriptions
            # What the caller may not read is not found: the graph refuses nobody.
            if asked and inside and world.rbac.allowed(caller, "Microsoft.Quantum/Workspaces/read", item.id):
                found.append(shown)
        return Reply(
            200, {"totalRecords": len(found), "count": len(found), "data": found, "resultTruncated": "false"}
        )

    @staticmethod
    def _wanted(query: str) -> dict[str, str]:
        first, *steps = [step.strip() for step in query.split("|")]
        wanted: dict[str, str] = {}
        for step in steps:
            match = _WHERE.fullmatch(step)
            if match is not None:
                wanted[match[1]] = match[2]
            elif not step.startswith(_KEPT):
                raise bad_request(f"The query step '{step}' is not played here.", "InvalidQuery")
        if (
            first != "Resources"
            or wanted.pop("type", "").lower() != WORKSPACES.lower()
            or "name" not in wanted
        ):
            raise bad_request("Only workspaces of Azure Quantum are found here, by name.", "InvalidQuery")
        return wanted

    @staticmethod
    def _shown(item: Item) -> Body:
        return {
            "name": item.name,
            "subscriptionId": str(subscription_of(item.id)),
            "resourceGroup": item.id.split("/")[4],
            "location": item.body["location"],
            "endpointUri": item.properties.get("endpointUri"),
            "workspaceKind": item.properties.get("workspaceKind") or "V1",
        }


KINDS = (
    Kind(type=TYPE, versions=("2021-03-01",), at=("tenant",), properties=frozenset(), behaviour=Graph()),
)

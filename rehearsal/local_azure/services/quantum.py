"""Microsoft.Quantum: workspaces, their keys, and what providers offer.

Source: Azure/azure-rest-api-specs, quantum 2023-11-13-preview and 2025-12-15-preview;
learn.microsoft.com/azure/quantum/manage-workspace-access.
"""

from __future__ import annotations

import copy
import json
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from rehearsal.local_azure.address import Address, subscription_of
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import bad_request, method_not_allowed
from rehearsal.local_azure.kinds import Action, Behaviour, Change, Kind
from rehearsal.local_azure.services.storage import ACCOUNTS
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

WORKSPACES = "Microsoft.Quantum/workspaces"
VERSIONS = (
    "2025-12-15-preview",
    "2025-11-01-preview",
    "2025-08-11-preview",
    "2025-01-01-preview",
    "2023-11-13-preview",
)


@lru_cache(maxsize=1)
def offerings() -> Mapping[str, Any]:
    """Regions, and the providers with their targets and plans; a plan reaches all targets ("*") or some."""
    path = Path(__file__).parent.parent / "data" / "offerings.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def targets(workspace: Item) -> dict[str, list[str]]:
    """The targets that the workspace's providers and plans reach, by provider."""
    found = {}
    for each in workspace.properties.get("providers") or []:
        provider = offerings()["providers"][each["providerId"].lower()]
        reached = provider["skus"][each["providerSku"]]
        found[each["providerId"].lower()] = list(provider["targets"] if reached == "*" else reached)
    return found


def _list_keys(world: World, item: Item, request: Request, caller: str) -> Reply:
    enabled = bool(item.properties["apiKeyEnabled"])
    body: Body = {"apiKeyEnabled": enabled}
    if enabled:
        for name in ("primary", "secondary"):
            key = item.hidden["keys"][name]
            body[f"{name}Key"] = dict(key)
            body[f"{name}ConnectionString"] = (
                f"SubscriptionId={subscription_of(item.id)};ResourceGroupName={item.id.split('/')[4]};"
                f"WorkspaceName={item.name};ApiKey={key['key']};QuantumEndpoint={item.properties['endpointUri']}/;"
            )
    return Reply(200, body)


def _regenerate_key(world: World, item: Item, request: Request, caller: str) -> Reply:
    if not item.properties["apiKeyEnabled"]:
        raise bad_request("API keys are not enabled for the workspace.", "ApiKeyNotEnabled")
    for name in request.json().get("keys") or []:
        if str(name).lower() not in item.hidden["keys"]:
            raise bad_request(f"'{name}' is no key of the workspace.", "InvalidKeyType")
        item.hidden["keys"][str(name).lower()] = _key(world)
    return Reply(204)


def _key(world: World) -> Body:
    return {"createdAt": text(world.clock.now()), "key": secrets.token_urlsafe(40)}


class Workspaces(Behaviour):
    actions: ClassVar[Mapping[str, Action]] = {"listkeys": _list_keys, "regeneratekey": _regenerate_key}

    def prepare(self, change: Change) -> None:
        told, world, old, item = change.properties, change.world, change.old, change.item
        if item.body["location"] not in offerings()["regions"]:
            raise bad_request(
                f"The provided location '{item.body['location']}' is not available for resource type"
                f" '{WORKSPACES}'. List of available regions for the resource type is"
                f" '{','.join(offerings()['regions'])}'.",
                "LocationNotAvailableForResourceType",
            )
        # Without an account the service makes none here: what it would be called is not known.
        account = world.reference(told["storageAccount"], ACCOUNTS)
        before = old.properties if old else {}
        if before and str(before["storageAccount"]).lower() != account.key:
            raise bad_request(
                "The storage account of a workspace cannot change.", "StorageAccountChangeNotAllowed"
            )
        told["providers"] = [self._provider(item, each) for each in told.get("providers") or []]
        names = [each["providerId"].lower() for each in told["providers"]]
        if len(set(names)) != len(names):
            raise bad_request("A provider is named once.", "DuplicateProvider")
        # Azure switches keys on unless it is told otherwise.
        told["apiKeyEnabled"] = bool(told.get("apiKeyEnabled", before.get("apiKeyEnabled", True)))
        told |= {"usable": "Yes", "endpointUri": world.endpoints.get("quantum", "")}
        item.hidden.setdefault("keys", {name: _key(world) for name in ("primary", "secondary")})
        item.hidden.setdefault("jobs", {})
        item.hidden.setdefault("sessions", {})

    @staticmethod
    def _provider(item: Item, told: Body) -> Body:
        id, sku = str(told.get("providerId", "")), told.get("providerSku")
        known = offerings()["providers"].get(id.lower())
        if known is None or sku not in known["skus"]:
            raise bad_request(f"The provider '{id}' does not offer the SKU '{sku}'.", "InvalidProviderSku")
        unknown = set(told) - {
            "providerId",
            "providerSku",
            "applicationName",
            "instanceUri",
            "provisioningState",
            "resourceUsageId",
        }
        if unknown:
            raise bad_request(f"A provider has no '{min(unknown)}'.", "InvalidRequestContent")
        name = told.get("applicationName") or f"{item.name}-{id.lower()}"
        return {
            "providerId": id,
            "providerSku": sku,
            "applicationName": name,
            "provisioningState": "Succeeded",
        }

    def show(self, world: World, item: Item) -> Body:
        shown = copy.deepcopy(item.body)
        if item.properties.get("provisioningState") != "Succeeded":
            shown["properties"]["usable"] = "No"
        return shown


class Offerings(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method != "GET" or not address.collection:
            raise method_not_allowed(request.method, "Microsoft.Quantum/locations/offerings")
        world.rbac.demand(caller, "Microsoft.Quantum/locations/offerings/read", address.scope)
        listed = offerings()
        providers = listed["providers"] if address.names[0].lower() in listed["regions"] else {}
        return Reply(200, {"value": [self._shown(id, each) for id, each in providers.items()]})

    @staticmethod
    def _shown(id: str, provider: Mapping[str, Any]) -> Body:
        named = [{"id": target, "name": target, "description": target} for target in provider["targets"]]
        skus = [
            {
                "id": sku,
                "name": sku,
                "autoAdd": False,
                "targets": provider["targets"] if reached == "*" else reached,
            }
            for sku, reached in provider["skus"].items()
        ]
        return {"id": id, "name": provider["name"], "properties": {"targets": named, "skus": skus}}


KINDS = (
    Kind(
        type=WORKSPACES,
        versions=VERSIONS,
        at=("group",),
        properties=frozenset({"apiKeyEnabled", "providers", "storageAccount", "workspaceKind"}),
        readonly=frozenset({"provisioningState", "usable", "endpointUri"}),
        required=("properties.storageAccount",),
        members=frozenset({"identity"}),
        location="required",
        tracked=True,
        name=re.compile(r"(?=.{2,54}$)[a-zA-Z0-9]+(-*[a-zA-Z0-9])*"),
        operation="Microsoft.Quantum/Workspaces",
        slow="async",
        slow_delete=True,
        behaviour=Workspaces(),
    ),
    Kind(
        type="Microsoft.Quantum/locations/offerings",
        versions=(*VERSIONS, "2022-01-10-preview"),
        at=("subscription",),
        properties=frozenset(),
        behaviour=Offerings(),
    ),
)

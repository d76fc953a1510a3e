"""Microsoft.Authorization: policy definitions, policy assignments and locks."""

from __future__ import annotations

from rehearsal.local_azure.address import Address, within
from rehearsal.local_azure.errors import bad_request, not_found
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.locks import LOCKS, scope_of
from rehearsal.local_azure.policy import ASSIGNMENTS, DEFINITIONS, check_definition, values_of
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Request
from rehearsal.local_azure.world import World

VERSIONS = ("2025-03-01", "2025-01-01", "2024-05-01", "2023-04-01", "2021-06-01")


class Definitions(Behaviour):
    def prepare(self, change: Change) -> None:
        check_definition(change.properties)
        change.properties.setdefault("mode", "All")
        change.properties["policyType"] = "Custom"

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        for assignment in world.store.of_type(ASSIGNMENTS):
            if str(assignment.properties["policyDefinitionId"]).lower() == item.key:
                raise bad_request(
                    f"The policy definition '{item.name}' cannot be deleted. It is referenced by the policy"
                    f" assignment '{assignment.id}'. Please delete all policy assignments referencing the"
                    f" policy.",
                    "InvalidDeletePolicyDefinitionRequest",
                )


class Assignments(Behaviour):
    def prepare(self, change: Change) -> None:
        told, scope = change.properties, change.address.scope
        definition = change.world.store.get(str(told["policyDefinitionId"]))
        if definition is None or definition.type != DEFINITIONS:
            raise not_found(
                f"The policy definition specified in policy assignment '{change.item.name}' is not found:"
                f" '{told['policyDefinitionId']}'.",
                "PolicyDefinitionNotFound",
            )
        if told.get("overrides") or told.get("resourceSelectors"):
            raise bad_request(
                "Overrides and resource selectors are not played here.", "InvalidPolicyAssignment"
            )
        if str(told.get("enforcementMode") or "Default") not in ("Default", "DoNotEnforce"):
            raise bad_request(
                "The enforcement mode is 'Default' or 'DoNotEnforce'.", "InvalidPolicyEnforcementMode"
            )
        values_of(definition.properties, told.get("parameters") or {})
        for excluded in told.get("notScopes") or ():
            if not within(scope.lower(), str(excluded).lower()):
                raise bad_request(
                    f"'{excluded}' is not below the scope of the assignment.", "InvalidNotScopes"
                )
        told["scope"] = scope
        told.setdefault("enforcementMode", "Default")

    def listing(self, world: World, address: Address, request: Request, caller: str) -> list[Body]:
        return _at_above_below(world, address, caller, ASSIGNMENTS)


class Locks(Behaviour):
    def prepare(self, change: Change) -> None:
        if change.properties["level"] not in ("CanNotDelete", "ReadOnly"):
            raise bad_request("The level of a lock is 'CanNotDelete' or 'ReadOnly'.", "InvalidLockLevel")

    def listing(self, world: World, address: Address, request: Request, caller: str) -> list[Body]:
        return _at_above_below(world, address, caller, LOCKS)


def _at_above_below(world: World, address: Address, caller: str, type_name: str) -> list[Body]:
    world.rbac.demand(caller, f"{type_name}/read", address.scope)
    scope, shown = address.scope.lower(), []
    for item in world.store.of_type(type_name):
        place = (scope_of(item) if type_name == LOCKS else str(item.properties["scope"])).lower()
        if within(place, scope) or within(scope, place):
            shown.append({"id": item.id, "name": item.name, "type": item.type, **item.body})
    return shown


KINDS = (
    Kind(
        type=DEFINITIONS,
        versions=VERSIONS,
        at=("subscription",),
        properties=frozenset(
            {
                "displayName",
                "description",
                "mode",
                "metadata",
                "parameters",
                "policyRule",
                "policyType",
                "version",
                "versions",
            }
        ),
        required=("properties.policyRule",),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Definitions(),
    ),
    Kind(
        type=ASSIGNMENTS,
        versions=VERSIONS,
        at=("any",),
        properties=frozenset(
            {
                "displayName",
                "description",
                "policyDefinitionId",
                "definitionVersion",
                "parameters",
                "metadata",
                "notScopes",
                "enforcementMode",
                "nonComplianceMessages",
                "overrides",
                "resourceSelectors",
                "assignmentType",
            }
        ),
        readonly=frozenset({"scope", "instanceId", "effectiveDefinitionVersion", "latestDefinitionVersion"}),
        required=("properties.policyDefinitionId",),
        members=frozenset({"identity"}),
        location="optional",
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Assignments(),
    ),
    Kind(
        type=LOCKS,
        versions=("2020-05-01", "2016-09-01"),
        at=("any",),
        properties=frozenset({"level", "notes", "owners"}),
        required=("properties.level",),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Locks(),
    ),
)

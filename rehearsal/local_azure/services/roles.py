"""Microsoft.Authorization: role definitions and role assignments.

Source: learn.microsoft.com/azure/role-based-access-control/{custom-roles,role-assignments,troubleshooting}.
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.local_azure import condition
from rehearsal.local_azure.address import Address, within
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import bad_request, conflict, not_found
from rehearsal.local_azure.kinds import GUID, Behaviour, Change, Kind
from rehearsal.local_azure.rbac import ROLE_ASSIGNMENTS, ROLE_DEFINITIONS, built_in
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

DEFINITION_VERSIONS = ("2022-05-01-preview", "2022-04-01", "2018-01-01-preview")
ASSIGNMENT_VERSIONS = ("2022-04-01", "2020-10-01-preview", "2020-08-01-preview")

_ACTION = re.compile(r"[\w.*/-]+")
_FILTER = re.compile(
    r"\s*(?:(atScope\(\))|(principalId|assignedTo|roleName|type)\W+eq\s*'([^']*)'|assignedTo\('([^']*)'\))\s*",
    re.I,
)


def built_in_item(guid: str, scope: str) -> Body:
    role = built_in()[guid]
    return {
        "id": f"{scope}/providers/{ROLE_DEFINITIONS}/{guid}",
        "name": guid,
        "type": ROLE_DEFINITIONS,
        "properties": {
            "roleName": role["roleName"],
            "type": "BuiltInRole",
            "description": "",
            "assignableScopes": ["/"],
            "permissions": role["permissions"],
        },
    }


class Definitions(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply | None:
        if address.collection or address.names[0].lower() not in built_in():
            return None
        if request.method not in ("GET", "HEAD"):
            raise bad_request("A built-in role cannot be changed.", "RoleDefinitionCannotBeChanged")
        world.rbac.demand(caller, f"{ROLE_DEFINITIONS}/read", address.scope or "/")
        scope = "/".join(address.scope.split("/")[:3])
        return Reply(200, built_in_item(address.names[0].lower(), scope))

    def prepare(self, change: Change) -> None:
        told, world = change.properties, change.world
        if GUID.fullmatch(change.item.name) is None:
            raise bad_request("The name of a role definition is a GUID.", "InvalidRoleDefinitionId")
        scopes = told.get("assignableScopes") or []
        if not scopes or any(not str(scope).startswith("/subscriptions/") for scope in scopes):
            raise bad_request(
                "A custom role is assignable in subscriptions or resource groups.", "InvalidAssignableScopes"
            )
        for scope in {*scopes, *((change.old.properties["assignableScopes"]) if change.old else ())}:
            # Who changes a role changes what it grants wherever it can be given.
            world.rbac.demand(change.caller, f"{ROLE_DEFINITIONS}/write", scope)
        for each in told.get("permissions") or []:
            unknown = set(each) - {"actions", "notActions", "dataActions", "notDataActions"}
            if unknown:
                raise bad_request(
                    f"A permission of a custom role has no '{sorted(unknown)[0]}'.", "InvalidRolePermissions"
                )
            for action in [action for listed in each.values() for action in listed or ()]:
                if _ACTION.fullmatch(action) is None or ("/" not in action and action != "*"):
                    raise bad_request(
                        f"'{action}' does not match any of the actions.", "InvalidActionOrNotAction"
                    )
        for other in world.store.of_type(ROLE_DEFINITIONS):
            same_name = str(other.properties["roleName"]).lower() == str(told["roleName"]).lower()
            if same_name and other.key != change.item.key:
                raise conflict(
                    f"A custom role with the same name '{told['roleName']}' already exists.",
                    "RoleDefinitionWithSameNameExists",
                )
        told["type"] = "CustomRole"
        told.setdefault("description", "")

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        for assignment in world.store.of_type(ROLE_ASSIGNMENTS):
            if assignment.properties["roleDefinitionId"].rpartition("/")[2].lower() == item.name.lower():
                raise bad_request(
                    f"There are existing role assignments referencing role '{item.name}'.",
                    "RoleDefinitionHasAssignments",
                )

    def listing(self, world: World, address: Address, request: Request, caller: str) -> list[Body]:
        world.rbac.demand(caller, f"{ROLE_DEFINITIONS}/read", address.scope or "/")
        filters = _filters(request)
        scope = address.scope.lower()
        shown = [built_in_item(guid, "/".join(address.scope.split("/")[:3])) for guid in built_in()]
        for item in world.store.of_type(ROLE_DEFINITIONS):
            if any(within(str(each).lower(), scope) for each in item.properties["assignableScopes"]):
                shown.append({"id": item.id, "name": item.name, "type": item.type, **item.body})
        wanted = {"rolename": "roleName", "type": "type"}
        return [
            each
            for each in shown
            if all(
                each["properties"].get(wanted[key]) == value
                for key, value in filters.items()
                if key in wanted
            )
        ]


class Assignments(Behaviour):
    def asked(self, change: Change) -> condition.Asked:
        action = "delete" if change.request.method == "DELETE" else "write"
        return condition.Asked(
            f"{ROLE_ASSIGNMENTS}/{action}".lower(),
            _attributes(change.world, change.item) if action == "write" else {},
            _attributes(change.world, change.old) if change.old else {},
        )

    def prepare(self, change: Change) -> None:
        told, world, old = change.properties, change.world, change.old
        if GUID.fullmatch(change.item.name) is None:
            raise bad_request("The role assignment ID must be a GUID.", "InvalidRoleAssignmentId")
        told["principalId"] = str(told["principalId"]).lower()
        check_role(world, told["roleDefinitionId"], change.address.scope)
        told["scope"] = change.address.scope
        told["principalType"] = principal_type(world, told["principalId"], told.get("principalType"))
        check_condition(told)
        same = ("principalId", "roleDefinitionId", "scope")
        if old is not None and any(str(old.properties[k]).lower() != str(told[k]).lower() for k in same):
            raise bad_request(
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
                "RoleAssignmentUpdateNotPermitted",
            )
        for other in world.store.of_type(ROLE_ASSIGNMENTS):
            if other.key != change.item.key and _identity(other) == _identity(change.item):
                raise conflict("The role assignment already exists.", "RoleAssignmentExists")
        now = text(world.clock.now())
        before = old.properties if old else {"createdOn": now, "createdBy": change.caller}
        told |= {
            "createdOn": before["createdOn"],
            "createdBy": before["createdBy"],
            "updatedOn": now,
            "updatedBy": change.caller,
        }

    def removed(self, world: World, item: Item) -> None:
        world.rbac.leaving(item)

    def listing(self, world: World, address: Address, request: Request, caller: str) -> list[Body]:
        """Those at, above and, unless `atScope()` asks otherwise, below the scope."""
        world.rbac.demand(caller, f"{ROLE_ASSIGNMENTS}/read", address.scope or "/")
        filters, scope = _filters(request), address.scope.lower()
        who = None
        if "assignedto" in filters:
            who = world.directory.identities(filters["assignedto"])
        elif "principalid" in filters:
            who = {filters["principalid"].lower()}
        shown = []
        for item in world.store.of_type(ROLE_ASSIGNMENTS):
            place = str(item.properties["scope"]).lower()
            if not within(place, scope) and ("atscope" in filters or not within(scope, place)):
                continue
            if who is None or item.properties["principalId"] in who:
                shown.append({"id": item.id, "name": item.name, "type": item.type, **item.body})
        return shown


def check_role(world: World, role_definition_id: Any, scope: str) -> None:
    """See that the role exists and may be given at the scope. Raises ArmError."""
    guid = str(role_definition_id).rpartition("/")[2].lower()
    if world.rbac.role(guid) is None or ROLE_DEFINITIONS.lower() not in str(role_definition_id).lower():
        raise not_found(
            f"The specified role definition with ID '{guid}' does not exist.", "RoleDefinitionDoesNotExist"
        )
    if guid in built_in():
        return
    item = next(i for i in world.store.of_type(ROLE_DEFINITIONS) if i.name.lower() == guid)
    if not any(within(str(each).lower(), scope.lower()) for each in item.properties["assignableScopes"]):
        raise bad_request(
            f"The role '{guid}' is not assignable at the scope '{scope}'.",
            "RoleDefinitionNotAssignableAtScope",
        )


def check_condition(told: Body) -> None:
    """See that a condition is one that will be understood. Raises ArmError."""
    if told.get("condition"):
        if told.get("conditionVersion") != "2.0":
            raise bad_request("Only version '2.0' of conditions is supported.", "InvalidConditionVersion")
        condition.parse(told["condition"])


def principal_type(world: World, id: str, told: Any) -> str:
    """The principal's type. People and groups are believed: no directory of them is played."""
    known = world.principal_type(id)
    if known is None:
        if GUID.fullmatch(id) is not None and told in ("User", "Group"):
            return str(told)
        raise bad_request(f"Principal {id} does not exist in the directory.", "PrincipalNotFound")
    if told is not None and told != known:
        raise bad_request(
            f"The PrincipalId '{id}' has type '{known}', which is different from specified"
            f" PrincipalType '{told}'.",
            "UnmatchedPrincipalType",
        )
    return known


def _attributes(world: World, item: Item) -> dict[str, str]:
    told = item.properties
    principal = str(told.get("principalId", "")).lower()
    return {
        "roledefinitionid": str(told.get("roleDefinitionId", "")).rpartition("/")[2].lower(),
        "principalid": principal,
        "principaltype": world.principal_type(principal) or str(told.get("principalType", "")),
    }


def _identity(item: Item) -> tuple[str, str, str]:
    told = item.properties
    return (
        told["principalId"].lower(),
        told["roleDefinitionId"].rpartition("/")[2].lower(),
        told["scope"].lower(),
    )


def _filters(request: Request) -> dict[str, str]:
    found = {}
    for part in re.split(r"\s+and\s+", request.query.get("$filter", "")):
        if not part.strip():
            continue
        match = _FILTER.fullmatch(part)
        if match is None:
            raise bad_request(f"The filter '{part}' is not supported.", "UnsupportedQuery")
        if match[1]:
            found["atscope"] = "true"
        elif match[2]:
            found[match[2].lower()] = match[3]
        else:
            found["assignedto"] = match[4]
    return found


KINDS = (
    Kind(
        type=ROLE_DEFINITIONS,
        versions=DEFINITION_VERSIONS,
        at=("any",),
        properties=frozenset({"roleName", "type", "description", "assignableScopes", "permissions"}),
        readonly=frozenset({"createdOn", "createdBy", "updatedOn", "updatedBy"}),
        required=("properties.roleName", "properties.assignableScopes", "properties.permissions"),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Definitions(),
    ),
    Kind(
        type=ROLE_ASSIGNMENTS,
        versions=ASSIGNMENT_VERSIONS,
        at=("any",),
        properties=frozenset(
            {
                "roleDefinitionId",
                "principalId",
                "principalType",
                "description",
                "condition",
                "conditionVersion",
            }
        ),
        readonly=frozenset(
            {
                "scope",
                "createdOn",
                "createdBy",
                "updatedOn",
                "updatedBy",
                "delegatedManagedIdentityResourceId",
            }
        ),
        required=("properties.roleDefinitionId", "properties.principalId"),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Assignments(),
    ),
)

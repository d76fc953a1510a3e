"""Microsoft.Authorization: eligibilities, their activation for a while, and who approves it.

An eligibility grants nothing. Activated by its holder, within what the role's policy demands, it becomes a
role assignment that ends by the clock.
Source: Azure/azure-rest-api-specs, authorization 2020-10-01 and 2021-01-01-preview;
learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-activate-your-roles.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

from rehearsal.local_azure.address import Address, within
from rehearsal.local_azure.clock import moment, text
from rehearsal.local_azure.errors import ArmError, bad_request, conflict, method_not_allowed, not_found
from rehearsal.local_azure.kinds import GUID, Behaviour, Kind
from rehearsal.local_azure.rbac import ROLE_ASSIGNMENTS
from rehearsal.local_azure.services.pim_policies import rule, seconds
from rehearsal.local_azure.services.roles import check_condition, check_role, principal_type
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

SPACE = "Microsoft.Authorization"
APPROVALS = f"{SPACE}/roleAssignmentApprovals"
VERSIONS = ("2022-04-01-preview", "2020-10-01", "2020-10-01-preview")
SHORTEST = timedelta(minutes=5)
"""How long an activation lasts at least before its holder can end it."""

ELIGIBLE, ACTIVE = "Eligibility", "Assignment"


def pim_type(what: str, kind: str) -> str:
    return f"{SPACE}/role{what}{kind}"


class Requests(Behaviour):
    """Requests to make somebody eligible, or active, or to end either."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.type = pim_type(what, "ScheduleRequests")

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if request.method == "GET":
            return self._read(world, address, request, caller)
        if request.method == "POST" and address.types[-1].lower() == "cancel":
            return self._cancel(world, address, caller)
        if request.method != "PUT" or address.collection:
            raise method_not_allowed(request.method, self.type)
        told = dict(request.json().get("properties") or {})
        name, scope = address.names[0], address.scope
        for member in ("principalId", "roleDefinitionId", "requestType"):
            if not told.get(member):
                raise bad_request(f"The request lacks '{member}'.", "InvalidRoleAssignmentRequest")
        told["principalId"] = str(told["principalId"]).lower()
        own = str(told["requestType"]).startswith("Self")
        if not own:
            world.rbac.demand(caller, f"{self.type}/write", scope)
        elif caller.lower() != told["principalId"]:
            raise ArmError(403, "InsufficientPermissions", "A self request is made by the principal itself.")
        if scope.count("/") != 2 and world.store.get(scope) is None:
            raise not_found(f"The Resource '{scope}' was not found.")
        id = f"{scope}/providers/{self.type}/{name}"
        if GUID.fullmatch(name) is None or world.store.get(id) is not None:
            raise conflict("The name of a request is a new GUID.", "RoleAssignmentRequestExists")
        check_role(world, told["roleDefinitionId"], scope)
        check_condition(told)
        told["principalType"] = principal_type(
            world, told["principalId"], told.get("principalType") or "User"
        )
        told |= {
            "scope": scope,
            "status": "Provisioned",
            "requestorId": str(caller),
            "createdOn": text(world.clock.now()),
        }
        item = Item(id, name, self.type, {"properties": told})
        self._carry_out(world, item, caller)
        world.store.put(item)
        return Reply(201, shown_item(item))

    def _read(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        if address.collection:
            return listed_at(world, self.type, address, request, caller)
        world.rbac.demand(caller, f"{self.type}/read", address.scope)
        item = world.store.get(address.id)
        if item is None:
            raise not_found(
                f"The request '{address.names[0]}' was not found.", "RoleAssignmentRequestNotFound"
            )
        return Reply(200, shown_item(item))

    def _cancel(self, world: World, address: Address, caller: str) -> Reply:
        item = world.store.get(Address(address.scope, address.namespace, address.types[:1], address.names).id)
        if item is None or item.properties["status"] != "PendingApproval":
            raise bad_request(
                "Only a request that waits can be cancelled.", "RoleAssignmentRequestNotCancellable"
            )
        if caller.lower() != item.properties["principalId"]:
            world.rbac.demand(caller, f"{self.type}/cancel/action", address.scope)
        item.properties["status"] = "Canceled"
        return Reply(200)

    def _carry_out(self, world: World, item: Item, caller: str) -> None:
        told = item.properties
        asked, eligible = told["requestType"], self.what == ELIGIBLE
        if asked in ("AdminAssign", "AdminUpdate", "AdminExtend", "AdminRenew"):
            self._check(world, item, caller, f"Admin_{self.what}")
            old = _schedule(world, self.what, told)
            if asked == "AdminAssign" and old is not None:
                raise conflict("The Role assignment already exists.", "RoleAssignmentExists")
            if asked != "AdminAssign" and old is None:
                raise not_found("The Role assignment does not exist.", "RoleAssignmentDoesNotExist")
            provide(world, item, self.what, old)
        elif asked == "SelfActivate" and not eligible:
            self._activate(world, item, caller)
        elif asked in ("AdminRemove",) or (asked == "SelfDeactivate" and not eligible):
            self._end(world, item)
        else:
            raise bad_request(
                f"The request type '{asked}' is not played here.", "InvalidRoleAssignmentRequestType"
            )

    def _activate(self, world: World, item: Item, caller: str) -> None:
        told = item.properties
        who = world.directory.identities(told["principalId"])
        eligible = [
            schedule
            for schedule in world.store.of_type(pim_type(ELIGIBLE, "Schedules"))
            if schedule.properties["principalId"] in who
            and _guid(schedule.properties) == _guid(told)
            and within(str(schedule.properties["scope"]).lower(), str(told["scope"]).lower())
        ]
        linked = str(told.get("linkedRoleEligibilityScheduleId") or "").rpartition("/")[2].lower()
        if linked:
            eligible = [schedule for schedule in eligible if schedule.name == linked]
        if not eligible:
            raise bad_request("The Role assignment does not exist.", "RoleAssignmentDoesNotExist")
        if _schedule(world, ACTIVE, told) is not None:
            raise conflict("The Role assignment already exists.", "RoleAssignmentExists")
        told["linkedRoleEligibilityScheduleId"] = eligible[0].id
        for name in ("condition", "conditionVersion"):
            if eligible[0].properties.get(name):
                told[name] = eligible[0].properties[name]
        governed = {**told, "scope": eligible[0].properties["scope"]}
        self._check(world, item, caller, "EndUser_Assignment", governed)
        setting = rule(world, governed["scope"], told["roleDefinitionId"], "Approval_EndUser_Assignment")[
            "setting"
        ]
        if setting["isApprovalRequired"]:
            told |= {
                "status": "PendingApproval",
                "approvalId": f"{told['scope']}/providers/{APPROVALS}/{item.name}",
            }
            item.hidden["approvers"] = [
                str(approver["id"]).lower()
                for stage in setting["approvalStages"]
                for approver in stage.get("primaryApprovers") or ()
            ]
            item.hidden["justified"] = any(
                stage.get("isApproverJustificationRequired") for stage in setting["approvalStages"]
            )
            return
        provide(world, item, ACTIVE, None)

    def _check(
        self, world: World, item: Item, caller: str, suffix: str, governed: Body | None = None
    ) -> None:
        """What the role's policy demands of the request. Raises ArmError with the rules that fail."""
        told = item.properties
        where = governed or told
        failed = []
        wanted = rule(world, where["scope"], told["roleDefinitionId"], f"Enablement_{suffix}")["enabledRules"]
        if "Justification" in wanted and not str(told.get("justification") or "").strip():
            failed.append("JustificationRule")
        if "MultiFactorAuthentication" in wanted and not getattr(caller, "mfa", True):
            failed.append("MfaRule")
        if "Ticketing" in wanted and not (told.get("ticketInfo") or {}).get("ticketNumber"):
            failed.append("TicketingRule")
        limit = rule(world, where["scope"], told["roleDefinitionId"], f"Expiration_{suffix}")
        start, end = _times(world, told)
        longest = (
            timedelta(seconds=seconds(limit["maximumDuration"])) if limit.get("maximumDuration") else None
        )
        if (end is None and limit["isExpirationRequired"]) or (end and longest and end - start > longest):
            failed.append("ExpirationRule")
        if failed:
            listed = ",".join(f'"{each}"' for each in failed)
            raise bad_request(
                f"The following policy rules failed: [{listed}]",
                "RoleAssignmentRequestPolicyValidationFailed",
            )

    def _end(self, world: World, item: Item) -> None:
        told = item.properties
        schedule = _schedule(world, self.what, told)
        if schedule is None:
            raise not_found("The Role assignment does not exist.", "RoleAssignmentDoesNotExist")
        started = moment(schedule.properties["startDateTime"])
        if told["requestType"] == "SelfDeactivate" and world.clock.now() - started < SHORTEST:
            raise bad_request(
                "The active duration is too short. Minimum required is 5 minutes.", "ActiveDurationTooShort"
            )
        told["status"] = "Revoked"
        world.store.remove(schedule.id)
        assignment = world.store.remove(schedule.hidden.get("assignment", ""))
        if assignment is not None:
            world.rbac.leaving(assignment)


def provide(world: World, item: Item, what: str, old: Item | None) -> None:
    """Make the schedule that a request asks for; for an active one the role assignment too."""
    told = item.properties
    start, end = _times(world, told)
    kept = {
        key: told[key]
        for key in (
            "scope",
            "roleDefinitionId",
            "principalId",
            "principalType",
            "condition",
            "conditionVersion",
        )
        if told.get(key)
    }
    now = text(world.clock.now())
    properties = kept | {
        f"role{what}ScheduleRequestId": item.id,
        "memberType": "Direct",
        "status": "Provisioned",
        "startDateTime": text(start),
        "endDateTime": text(end) if end else None,
        "createdOn": now,
        "updatedOn": now,
    }
    name = old.name if old else str(uuid.uuid4())
    type_name = pim_type(what, "Schedules")
    schedule = Item(
        f"{told['scope']}/providers/{type_name}/{name}",
        name,
        type_name,
        {"properties": properties},
        expires=end,
    )
    if what == ACTIVE:
        activated = told["requestType"] == "SelfActivate"
        properties["assignmentType"] = "Activated" if activated else "Assigned"
        if activated:
            properties["linkedRoleEligibilityScheduleId"] = told["linkedRoleEligibilityScheduleId"]
        guid = str(uuid.uuid4())
        id = f"{told['scope']}/providers/{ROLE_ASSIGNMENTS}/{guid}"
        by = {
            "createdOn": now,
            "createdBy": told["requestorId"],
            "updatedOn": now,
            "updatedBy": told["requestorId"],
        }
        world.store.put(Item(id, guid, ROLE_ASSIGNMENTS, {"properties": kept | by}, expires=end))
        schedule.hidden["assignment"] = id
        if old is not None:
            world.store.remove(old.hidden["assignment"])
    world.store.put(schedule)
    told["status"] = "Provisioned"
    told[f"targetRole{what}ScheduleId"] = name
    told[f"targetRole{what}ScheduleInstanceId"] = name


def _times(world: World, told: Body) -> tuple[datetime, datetime | None]:
    info = told.get("scheduleInfo") or {}
    now = world.clock.now()
    try:
        start = moment(info["startDateTime"]) if info.get("startDateTime") else now
        expiration = info.get("expiration") or {}
        kind = str(expiration.get("type") or "NoExpiration")
        if start > now + SHORTEST:
            raise bad_request(
                "A start in the future is not played here.", "InvalidRoleAssignmentRequestSchedule"
            )
        # A start in the past counts from now, as in Azure.
        start = max(start, now)
        if kind == "AfterDuration":
            return start, start + timedelta(seconds=seconds(expiration.get("duration")))
        if kind == "AfterDateTime":
            end = moment(expiration["endDateTime"])
            if end <= start:
                raise bad_request("The end lies before the start.", "InvalidRoleAssignmentRequestSchedule")
            return start, end
    except (KeyError, ValueError):
        raise bad_request("The schedule cannot be read.", "InvalidRoleAssignmentRequestSchedule") from None
    if kind != "NoExpiration":
        raise bad_request(f"'{kind}' is no kind of expiration.", "InvalidRoleAssignmentRequestSchedule")
    return start, None


def _guid(told: Body) -> str:
    return str(told["roleDefinitionId"]).rpartition("/")[2].lower()


def _schedule(world: World, what: str, told: Body) -> Item | None:
    for schedule in world.store.of_type(pim_type(what, "Schedules")):
        known = schedule.properties
        same = (known["principalId"], _guid(known), known["scope"].lower())
        if same == (told["principalId"], _guid(told), str(told["scope"]).lower()):
            return schedule
    return None


def shown_item(item: Item) -> Body:
    return {"id": item.id, "name": item.name, "type": item.type, **item.body}


def listed_at(world: World, type_name: str, address: Address, request: Request, caller: str) -> Reply:
    """At, above and below the scope; `asTarget()` and `principalId eq` narrow it to one principal."""
    wanted = request.query.get("$filter", "")
    if "astarget()" not in wanted.lower():
        world.rbac.demand(caller, f"{type_name}/read", address.scope or "/")
    match = re.search(r"(?:principalId eq |assignedTo\()'([^']+)'", wanted, re.I)
    who = (
        world.directory.identities(caller)
        if "astarget()" in wanted.lower()
        else {match[1].lower()}
        if match
        else None
    )
    scope, shown = address.scope.lower(), []
    for item in world.store.of_type(type_name):
        place = str(item.properties["scope"]).lower()
        below = within(scope, place) and "atscope()" not in wanted.lower()
        if (below or within(place, scope)) and (who is None or item.properties["principalId"] in who):
            shown.append(shown_item(item))
    return Reply(200, {"value": shown})


KINDS = tuple(
    Kind(
        type=pim_type(what, "ScheduleRequests"),
        versions=VERSIONS,
        at=("any",),
        properties=frozenset(),
        behaviour=Requests(what),
    )
    for what in (ELIGIBLE, ACTIVE)
)

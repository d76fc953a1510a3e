"""Microsoft.Authorization: role management policies, one for every role at every scope, always there.

They are read and patched, never created or deleted. What a new one says is what Azure says until somebody
changes it. Source: learn.microsoft.com/azure/role-based-access-control/pim-… and
learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-configure-role-settings.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from rehearsal.local_azure.address import Address
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import bad_request, method_not_allowed, not_found
from rehearsal.local_azure.kinds import Behaviour, Kind
from rehearsal.local_azure.names import policy_name
from rehearsal.local_azure.rbac import ROLE_DEFINITIONS, built_in
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

POLICIES = "Microsoft.Authorization/roleManagementPolicies"
ASSIGNMENTS = "Microsoft.Authorization/roleManagementPolicyAssignments"
VERSIONS = ("2024-09-01-preview", "2024-02-01-preview", "2020-10-01", "2020-10-01-preview")

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


def seconds(duration: Any) -> float:
    """The length of an ISO 8601 duration; a month counts 30 days. Raises ArmError."""
    match = _DURATION.fullmatch(str(duration))
    if match is None or not any(match.groups()):
        raise bad_request(f"'{duration}' is not a duration such as PT8H or P30D.", "InvalidDuration")
    return float(
        sum(int(value or 0) * length for value, length in zip(match.groups(), _SECONDS, strict=True))
    )


def _rule(kind: str, id: str, caller: str, level: str, **more: Any) -> Body:
    target = {
        "caller": caller,
        "operations": ["All"],
        "level": level,
        "targetObjects": None,
        "inheritableSettings": None,
        "enforcedSettings": None,
    }
    return {"id": id, "ruleType": f"RoleManagementPolicy{kind}Rule", "target": target, **more}


def default_rules() -> list[Body]:
    """Fresh rules, by their fixed ids."""
    expires, enables = "Expiration", "Enablement"
    rules = [
        _rule(
            expires,
            "Expiration_Admin_Eligibility",
            "Admin",
            "Eligibility",
            isExpirationRequired=True,
            maximumDuration="P365D",
        ),
        _rule(enables, "Enablement_Admin_Eligibility", "Admin", "Eligibility", enabledRules=[]),
        _rule(
            expires,
            "Expiration_Admin_Assignment",
            "Admin",
            "Assignment",
            isExpirationRequired=True,
            maximumDuration="P180D",
        ),
        _rule(enables, "Enablement_Admin_Assignment", "Admin", "Assignment", enabledRules=["Justification"]),
        _rule(
            expires,
            "Expiration_EndUser_Assignment",
            "EndUser",
            "Assignment",
            isExpirationRequired=True,
            maximumDuration="PT8H",
        ),
        _rule(
            enables,
            "Enablement_EndUser_Assignment",
            "EndUser",
            "Assignment",
            enabledRules=["MultiFactorAuthentication", "Justification"],
        ),
        _rule("Approval", "Approval_EndUser_Assignment", "EndUser", "Assignment", setting=_no_approval()),
        _rule(
            "AuthenticationContext",
            "AuthenticationContext_EndUser_Assignment",
            "EndUser",
            "Assignment",
            isEnabled=False,
            claimValue=None,
        ),
    ]
    for level, caller in (("Eligibility", "Admin"), ("Assignment", "Admin"), ("Assignment", "EndUser")):
        for recipient in ("Admin", "Requestor", "Approver"):
            rules.append(
                _rule(
                    "Notification",
                    f"Notification_{recipient}_{caller}_{level}",
                    caller,
                    level,
                    notificationType="Email",
                    recipientType=recipient,
                    isDefaultRecipientsEnabled=True,
                    notificationLevel="All",
                    notificationRecipients=None,
                )
            )
    return rules


def _no_approval() -> Body:
    return {
        "isApprovalRequired": False,
        "isApprovalRequiredForExtension": False,
        "isRequestorJustificationRequired": True,
        "approvalMode": "SingleStage",
        "approvalStages": [],
    }


def rule(world: World, scope: str, role_definition_id: str, id: str) -> Body:
    """One rule of the role's policy at the scope, by its fixed id."""
    rules: list[Body] = policy(world, scope, role_definition_id)["properties"]["rules"]
    return next(each for each in rules if each["id"] == id)


def policy(world: World, scope: str, role_definition_id: str) -> Body:
    """The role's policy at the scope, as a GET shows it."""
    name = policy_name(scope, role_definition_id)
    id = f"{scope}/providers/{POLICIES}/{name}"
    item = world.store.get(id)
    properties: Body = (
        copy.deepcopy(item.properties) if item else {"rules": default_rules(), "lastModifiedDateTime": None}
    )
    properties |= {"scope": scope, "isOrganizationDefault": item is None}
    properties["effectiveRules"] = copy.deepcopy(properties["rules"])
    return {"id": id, "name": name, "type": POLICIES, "properties": properties}


def _roles(world: World) -> list[str]:
    return [*built_in(), *(item.name.lower() for item in world.store.of_type(ROLE_DEFINITIONS))]


def _exists(world: World, scope: str) -> None:
    if scope.count("/") != 2 and world.store.get(scope) is None:
        raise not_found(f"The Resource '{scope}' was not found.")


class Policies(Behaviour):
    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        _exists(world, address.scope)
        verb = "read" if request.method == "GET" else "write"
        world.rbac.demand(caller, f"{POLICIES}/{verb}", address.scope)
        if address.collection:
            return Reply(200, {"value": [policy(world, address.scope, role) for role in _roles(world)]})
        role = next(
            (r for r in _roles(world) if policy_name(address.scope, r) == address.names[0].lower()), None
        )
        if role is None:
            raise not_found(
                f"The role management policy '{address.names[0]}' was not found.",
                "RoleManagementPolicyNotFound",
            )
        if request.method == "PATCH":
            self._patch(world, address, request, role, caller)
        elif request.method != "GET":
            raise method_not_allowed(request.method, POLICIES)
        return Reply(200, policy(world, address.scope, role))

    @staticmethod
    def _patch(world: World, address: Address, request: Request, role: str, caller: str) -> None:
        current = policy(world, address.scope, role)
        rules = {each["id"]: each for each in current["properties"]["rules"]}
        told = (request.json().get("properties") or {}).get("rules") or []
        for each in told:
            known = rules.get(each.get("id"))
            if known is None or each.get("ruleType") != known["ruleType"]:
                raise bad_request(
                    f"The policy has no rule '{each.get('id')}' of that type.", "InvalidPolicyRule"
                )
            unknown = set(each) - set(known)
            if unknown:
                raise bad_request(
                    f"The rule '{each['id']}' has no '{sorted(unknown)[0]}'.", "InvalidPolicyRule"
                )
            if each.get("maximumDuration"):
                seconds(each["maximumDuration"])
            wrong = set(each.get("enabledRules") or ()) - {
                "MultiFactorAuthentication",
                "Justification",
                "Ticketing",
            }
            if wrong:
                raise bad_request(
                    f"'{sorted(wrong)[0]}' is nothing that a rule can enable.", "InvalidPolicyRule"
                )
            setting = each.get("setting") or {}
            if setting.get("isApprovalRequired") and not any(
                stage.get("primaryApprovers") for stage in setting.get("approvalStages") or ()
            ):
                raise bad_request("An approval needs a stage with approvers.", "InvalidPolicyRule")
            rules[each["id"]] = {**known, **each, "target": {**known["target"], **(each.get("target") or {})}}
        modified = {"lastModifiedDateTime": text(world.clock.now()), "lastModifiedBy": {"id": caller}}
        body = {"properties": {"rules": list(rules.values()), **modified}}
        world.store.put(Item(current["id"], current["name"], POLICIES, body))


class PolicyAssignments(Behaviour):
    """Which policy is a role's at a scope: how to find a policy's GUID."""

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply:
        _exists(world, address.scope)
        if request.method != "GET":
            raise method_not_allowed(request.method, ASSIGNMENTS)
        world.rbac.demand(caller, f"{ASSIGNMENTS}/read", address.scope)
        shown = [self._shown(world, address.scope, role) for role in _roles(world)]
        if address.collection:
            wanted = re.search(r"roleDefinitionId eq '([^']+)'", request.query.get("$filter", ""), re.I)
            guid = wanted[1].rpartition("/")[2].lower() if wanted else None
            return Reply(
                200, {"value": [each for each in shown if guid is None or each["name"].endswith(guid)]}
            )
        for each in shown:
            if each["name"] == address.names[0].lower():
                return Reply(200, each)
        raise not_found(f"The role management policy assignment '{address.names[0]}' was not found.")

    @staticmethod
    def _shown(world: World, scope: str, role: str) -> Body:
        found = policy(world, scope, role)
        name = f"{found['name']}_{role}"
        subscription = "/".join(scope.split("/")[:3])
        return {
            "id": f"{scope}/providers/{ASSIGNMENTS}/{name}",
            "name": name,
            "type": ASSIGNMENTS,
            "properties": {
                "scope": scope,
                "roleDefinitionId": f"{subscription}/providers/{ROLE_DEFINITIONS}/{role}",
                "policyId": found["id"],
                "effectiveRules": found["properties"]["effectiveRules"],
            },
        }


KINDS = (
    Kind(
        type=POLICIES, versions=VERSIONS, at=("any",), properties=frozenset({"rules"}), behaviour=Policies()
    ),
    Kind(
        type=ASSIGNMENTS,
        versions=VERSIONS,
        at=("any",),
        properties=frozenset(),
        behaviour=PolicyAssignments(),
    ),
)

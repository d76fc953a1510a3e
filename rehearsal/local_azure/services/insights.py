"""Microsoft.Insights: diagnostic settings, action groups, and alert rules on queries and on the activity log.

Source: Azure/azure-rest-api-specs, monitor; learn.microsoft.com/azure/azure-monitor/reference/supported-logs
and /azure/azure-monitor/platform/diagnostic-settings.
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.local_azure.address import subscription_of
from rehearsal.local_azure.errors import ArmError, bad_request, conflict
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.services.operationalinsights import WORKSPACES
from rehearsal.local_azure.services.pim_policies import seconds
from rehearsal.local_azure.services.storage import ACCOUNTS
from rehearsal.local_azure.world import World

SETTINGS = "Microsoft.Insights/diagnosticSettings"
ACTION_GROUPS = "Microsoft.Insights/actionGroups"
MOST_SETTINGS = 5

_BLOB = frozenset({"StorageRead", "StorageWrite", "StorageDelete"})
LOGS: dict[str, frozenset[str]] = {
    "microsoft.quantum/workspaces": frozenset({"AuditEvent"}),
    "microsoft.keyvault/vaults": frozenset({"AuditEvent", "AzurePolicyEvaluationDetails"}),
    "microsoft.storage/storageaccounts": frozenset(),
    "microsoft.storage/storageaccounts/blobservices": _BLOB,
    "microsoft.operationalinsights/workspaces": frozenset({"Audit", "SummaryLogs", "Jobs"}),
    "subscription": frozenset(
        {
            "Administrative",
            "Security",
            "ServiceHealth",
            "Alert",
            "Recommendation",
            "Policy",
            "Autoscale",
            "ResourceHealth",
        }
    ),
}
"""Log categories by the type that has them."""
METRICS: dict[str, frozenset[str]] = {
    "microsoft.keyvault/vaults": frozenset({"AllMetrics"}),
    "microsoft.storage/storageaccounts": frozenset({"Transaction", "Capacity", "AllMetrics"}),
    "microsoft.storage/storageaccounts/blobservices": frozenset({"Transaction", "Capacity", "AllMetrics"}),
    "microsoft.operationalinsights/workspaces": frozenset({"AllMetrics"}),
}
GROUPS = frozenset({"allLogs", "audit"})


class Settings(Behaviour):
    def prepare(self, change: Change) -> None:
        told, world = change.properties, change.world
        of_type = self._type(world, change.address.scope)
        sinks = self._sinks(change)
        categories: set[str] = set()
        for log in told.get("logs") or []:
            categories |= self._categories(log, LOGS[of_type], GROUPS if LOGS[of_type] else frozenset())
        for metric in told.get("metrics") or []:
            categories |= self._categories(metric, METRICS.get(of_type, frozenset()), frozenset())
        if not categories:
            raise bad_request("At least one data category has to be enabled.")
        others = [
            other
            for other in world.store.children(change.address.scope, SETTINGS)
            if other.key != change.item.key
        ]
        if len(others) >= MOST_SETTINGS:
            raise bad_request(f"A resource has at most {MOST_SETTINGS} diagnostic settings.")
        for other in others:
            shared = sinks & other.hidden["sinks"]
            both = categories & other.hidden["categories"]
            if shared and both:
                raise conflict(
                    f"Data sink '{min(shared)}' is already used in diagnostic setting '{other.name}' for"
                    f" category '{min(both)}'. Data sinks can't be reused in different settings on the"
                    f" same category for the"
                    " same resource.",
                )
        change.item.hidden |= {"sinks": sinks, "categories": categories}

    @staticmethod
    def _type(world: World, scope: str) -> str:
        item = world.store.get(scope)
        found = item.type.lower() if item else "subscription" if scope.count("/") == 2 else ""
        if found not in LOGS:
            raise bad_request(f"'{scope}' does not support diagnostic settings.", "ResourceTypeNotSupported")
        return found

    @staticmethod
    def _sinks(change: Change) -> set[str]:
        """Where it goes; each place has to be there, and the caller to be allowed its keys."""
        told, world = change.properties, change.world
        places = (
            ("workspaceId", WORKSPACES, f"{WORKSPACES}/sharedKeys/action"),
            ("storageAccountId", ACCOUNTS, f"{ACCOUNTS}/listKeys/action"),
        )
        found = set()
        for name, type_name, action in places:
            if not told.get(name):
                continue
            item = world.store.get(str(told[name]))
            if item is None or item.type != type_name:
                raise bad_request(f"Resource ID '{told[name]}' was not found.", "ResourceNotFound")
            if not world.rbac.allowed(change.caller, action, item.id):
                raise ArmError(
                    403,
                    "LinkedAuthorizationFailed",
                    f"The client '{change.caller}' with object id '{change.caller}' does not have"
                    f" permission to"
                    f" perform action '{action}' on the linked scope(s) '{item.id}'.",
                )
            found.add(item.key)
        for name in (
            "eventHubAuthorizationRuleId",
            "eventHubName",
            "serviceBusRuleId",
            "marketplacePartnerId",
        ):
            if told.get(name):
                raise bad_request(f"'{name}' is not played here.")
        if not found:
            raise bad_request("At least one data sink needs to be specified.")
        return found

    @staticmethod
    def _categories(entry: Any, known: frozenset[str], groups: frozenset[str]) -> set[str]:
        category, group = entry.get("category"), entry.get("categoryGroup")
        if bool(category) == bool(group):
            raise bad_request("An entry has a category or a category group.")
        if (category and category not in known) or (group and group not in groups):
            raise bad_request(f"Category '{category or group}' is not supported.")
        if not isinstance(entry.get("enabled"), bool):
            raise bad_request("An entry says whether it is enabled.")
        if not entry["enabled"]:
            return set()
        return {category} if category else set(known)


class ActionGroups(Behaviour):
    def prepare(self, change: Change) -> None:
        short = str(change.properties["groupShortName"])
        if not 1 <= len(short) <= 12:
            raise bad_request("groupShortName has at most 12 characters.", "InvalidGroupShortName")
        for receiver in change.properties.get("emailReceivers") or []:
            if not receiver.get("name") or "@" not in str(receiver.get("emailAddress")):
                raise bad_request("An e-mail receiver has a name and an address.", "InvalidEmailReceiver")
            receiver.setdefault("status", "Enabled")


def _action_groups(world: World, ids: list[Any]) -> None:
    for id in ids:
        world.reference(id, ACTION_GROUPS)


class QueryRules(Behaviour):
    def prepare(self, change: Change) -> None:
        told, world = change.properties, change.world
        for scope in told["scopes"]:
            if world.store.get(scope) is None and str(scope).count("/") != 2:
                raise bad_request(f"The scope '{scope}' was not found.", "ScopeNotFound")
        _action_groups(world, (told.get("actions") or {}).get("actionGroups") or [])
        rules = (told.get("criteria") or {}).get("allOf") or []
        if len(rules) != 1:
            raise bad_request("A rule has exactly one criterion.", "InvalidCriteria")
        for name in ("query", "timeAggregation", "operator"):
            if name not in rules[0] and told.get("kind") != "LogToMetric":
                raise bad_request(f"The criterion lacks '{name}'.", "InvalidCriteria")
        if not 0 <= told.get("severity", 3) <= 4:
            raise bad_request("The severity is between 0 and 4.", "InvalidSeverity")
        every, window = seconds(told["evaluationFrequency"]), seconds(told["windowSize"])
        if not 60 <= every <= 86400 or not every <= window <= 2 * 86400:
            raise bad_request(
                "The window is as long as the frequency or longer, two days at most.", "InvalidWindowSize"
            )
        told.setdefault("enabled", True)
        told.setdefault("autoMitigate", True)


class ActivityAlerts(Behaviour):
    def prepare(self, change: Change) -> None:
        told = change.properties
        subscription = str(subscription_of(change.item.id)).lower()
        for scope in told["scopes"]:
            if str(subscription_of(scope)).lower() != subscription:
                raise bad_request(f"The scope '{scope}' is in another subscription.", "InvalidScope")
        leaves = told["condition"].get("allOf") or []
        if not any(leaf.get("field") == "category" for leaf in leaves):
            raise bad_request("The condition names a category.", "InvalidCondition")
        groups = (told["actions"] or {}).get("actionGroups") or []
        _action_groups(change.world, [group.get("actionGroupId") for group in groups])
        told.setdefault("enabled", True)


KINDS = (
    Kind(
        type=SETTINGS,
        versions=("2021-05-01-preview",),
        at=("any",),
        properties=frozenset(
            {
                "eventHubAuthorizationRuleId",
                "eventHubName",
                "logAnalyticsDestinationType",
                "logs",
                "marketplacePartnerId",
                "metrics",
                "serviceBusRuleId",
                "storageAccountId",
                "workspaceId",
            }
        ),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        created=200,
        behaviour=Settings(),
    ),
    Kind(
        type=ACTION_GROUPS,
        versions=("2024-10-01-preview", "2023-09-01-preview", "2023-01-01", "2022-06-01"),
        at=("group",),
        properties=frozenset(
            {
                "enabled",
                "groupShortName",
                "armRoleReceivers",
                "automationRunbookReceivers",
                "azureAppPushReceivers",
                "azureFunctionReceivers",
                "emailReceivers",
                "eventHubReceivers",
                "incidentReceivers",
                "itsmReceivers",
                "logicAppReceivers",
                "smsReceivers",
                "voiceReceivers",
                "webhookReceivers",
            }
        ),
        required=("properties.groupShortName", "properties.enabled"),
        members=frozenset({"identity"}),
        location="required",
        tracked=True,
        behaviour=ActionGroups(),
    ),
    Kind(
        type="Microsoft.Insights/scheduledQueryRules",
        versions=("2026-03-01", "2025-01-01-preview", "2023-12-01", "2022-06-15"),
        at=("group",),
        properties=frozenset(
            {
                "actions",
                "autoMitigate",
                "checkWorkspaceAlertsStorageConfigured",
                "criteria",
                "description",
                "displayName",
                "enabled",
                "evaluationFrequency",
                "muteActionsDuration",
                "overrideQueryTimeRange",
                "resolveConfiguration",
                "scopes",
                "severity",
                "skipQueryValidation",
                "targetResourceTypes",
                "windowSize",
            }
        ),
        required=(
            "properties.scopes",
            "properties.criteria",
            "properties.evaluationFrequency",
            "properties.windowSize",
        ),
        members=frozenset({"identity", "kind"}),
        location="required",
        tracked=True,
        name=re.compile(r"[^*<>%:?+/\\&#{}@]{1,260}(?<![. ])"),
        behaviour=QueryRules(),
    ),
    Kind(
        type="Microsoft.Insights/activityLogAlerts",
        versions=("2026-01-01", "2020-10-01"),
        at=("group",),
        properties=frozenset({"actions", "condition", "description", "enabled", "scopes"}),
        required=("properties.actions", "properties.condition", "properties.scopes"),
        location="required",
        tracked=True,
        behaviour=ActivityAlerts(),
    ),
)

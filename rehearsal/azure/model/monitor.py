"""azure-native:monitor, operationalinsights and consumption: what is written down, watched and counted.

https://learn.microsoft.com/rest/api/monitor/, https://learn.microsoft.com/rest/api/loganalytics/,
https://learn.microsoft.com/rest/api/consumption/budgets
"""

from __future__ import annotations

from typing import Final

from rehearsal.azure.model.arm import GROUP, arm_type
from rehearsal.provider.model import rules

_LOGS: Final = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}"
_INSIGHTS: Final = "providers/Microsoft.Insights"

LOG_WORKSPACE: Final = arm_type(
    "operationalinsights.Workspace",
    _LOGS,
    inside=("sku",),
    may_lack=("createdDate", "modifiedDate", "etag", "privateLinkScopedResources", "systemData"),
)
LOG_TABLE: Final = arm_type(
    "operationalinsights.Table",
    f"{_LOGS}/tables/{{tableName}}",
    inside=("plan",),
    may_lack=(
        *("archiveRetentionInDays", "lastPlanModifiedDate", "resultStatistics", "retentionInDaysAsDefault"),
        *("systemData", "totalRetentionInDaysAsDefault"),
    ),
)
DIAGNOSTIC_SETTING: Final = arm_type(
    "monitor.DiagnosticSetting",
    f"/{{resourceUri}}/{_INSIGHTS}/diagnosticSettings/{{name}}",
    may_lack=("systemData",),
)
ACTION_GROUP: Final = arm_type(
    "monitor.ActionGroup",
    f"{GROUP}/{_INSIGHTS}/actionGroups/{{actionGroupName}}",
    limits={"groupShortName": rules.longest(12)},
    may_lack=("systemData",),
    notes=("Nothing is sent to anybody.",),
)
QUERY_RULE: Final = arm_type(
    "monitor.ScheduledQueryRule",
    f"{GROUP}/{_INSIGHTS}/scheduledQueryRules/{{ruleName}}",
    may_lack=(
        *("createdWithApiVersion", "etag", "isLegacyLogAnalyticsRule"),
        *("isWorkspaceAlertsStorageConfigured", "systemData"),
    ),
    notes=("Queries are not run.",),
)
ACTIVITY_ALERT: Final = arm_type(
    "monitor.ActivityLogAlert",
    f"{GROUP}/{_INSIGHTS}/activityLogAlerts/{{activityLogAlertName}}",
    notes=("Nothing is watched.",),
)
BUDGET: Final = arm_type(
    "consumption.Budget",
    "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    may_lack=("currentSpend", "forecastSpend", "systemData"),
    notes=("Nothing is spent, and nobody is notified.",),
)

TYPES: Final = (
    LOG_WORKSPACE,
    LOG_TABLE,
    DIAGNOSTIC_SETTING,
    ACTION_GROUP,
    QUERY_RULE,
    ACTIVITY_ALERT,
    BUDGET,
)

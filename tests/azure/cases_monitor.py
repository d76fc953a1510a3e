"""Logs, alerts, budgets."""

from __future__ import annotations

from tests.azure.building import (
    SCOPE,
    Case,
    case,
    logs,
    vault_inputs,
)
from tests.azure.conftest import Make
from tests.azure.peer import LOCATION


@case("operationalinsights:Workspace")
def log_workspace(make: Make) -> Case:
    first = logs(make)
    return Case(first, {**first, "retentionInDays": 90})


@case("operationalinsights:Table")
def log_table(make: Make) -> Case:
    workspace = logs(make)
    make("azure-native:operationalinsights:Workspace", workspace)
    first = {
        "resourceGroupName": make.name,
        "workspaceName": workspace["workspaceName"],
        "tableName": "QuantumAudit_CL",
        "plan": "Analytics",
        "retentionInDays": 30,
        "totalRetentionInDays": 90,
        "schema": {"name": "QuantumAudit_CL", "columns": [{"name": "TimeGenerated", "type": "dateTime"}]},
    }
    return Case(first, {**first, "totalRetentionInDays": 180})


@case("monitor:DiagnosticSetting")
def diagnostic_setting(make: Make) -> Case:
    made = make("azure-native:operationalinsights:Workspace", logs(make))
    keys = make("azure-native:keyvault:Vault", {**vault_inputs(make)})
    first = {
        "resourceUri": keys.id,
        "name": "audit",
        "workspaceId": made.id,
        "logs": [{"category": "AuditEvent", "enabled": True}],
    }
    return Case(first, {**first, "logAnalyticsDestinationType": "Dedicated"})


@case("monitor:ActionGroup")
def action_group(make: Make) -> Case:
    make.group()
    mail = {"name": "on-call", "emailAddress": "quantum-oncall@example.org", "useCommonAlertSchema": True}
    first = {
        "resourceGroupName": make.name,
        "actionGroupName": make.name,
        "groupShortName": "quantum",
        "location": "global",
        "enabled": True,
        "emailReceivers": [mail],
    }
    return Case(first, {**first, "emailReceivers": [{**mail, "emailAddress": "others@example.org"}]})


@case("monitor:ScheduledQueryRule")
def query_rule(make: Make) -> Case:
    made = make("azure-native:operationalinsights:Workspace", logs(make))
    criterion = {
        "query": "QuantumWorkspaceJobAuditLogs | where OperationName == 'CreateJob'",
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 20,
        "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
    }
    first = {
        "resourceGroupName": make.name,
        "ruleName": "spike",
        "location": LOCATION,
        "kind": "LogAlert",
        "displayName": "Spike",
        "severity": 2,
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT5M",
        "scopes": [made.id],
        "criteria": {"allOf": [criterion]},
        "actions": {"actionGroups": [], "customProperties": {"a": "b"}},
        "skipQueryValidation": True,
    }
    return Case(first, {**first, "criteria": {"allOf": [{**criterion, "threshold": 30}]}})


@case("monitor:ActivityLogAlert")
def activity_alert(make: Make) -> Case:
    make.group()
    condition = {"allOf": [{"field": "category", "equals": "Administrative"}]}
    first = {
        "resourceGroupName": make.name,
        "activityLogAlertName": make.name,
        "location": "global",
        "scopes": [SCOPE],
        "condition": condition,
        "actions": {"actionGroups": []},
        "enabled": True,
    }
    return Case(first, {**first, "description": "what somebody did"})


@case("consumption:Budget")
def budget(make: Make) -> Case:
    make.group()
    first = {
        "scope": f"{SCOPE}/resourceGroups/{make.name}",
        "budgetName": make.name,
        "amount": 100,
        "category": "Cost",
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"},
        "notifications": {
            "most": {
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": 80,
                "contactEmails": ["quantum-oncall@example.org"],
                "thresholdType": "Actual",
            }
        },
    }
    return Case(first, {**first, "amount": 200})

"""Alarms by queries of the logs, thresholds from the charter (L4).

- spike: more jobs in an hour than agreed.
- other-target: a job for a target that the stack file does not name, though its plan reaches it.
- other-network: storage was used from an address outside the project's networks. The quantum audit log has no
  caller's address; inputs and results pass through storage, whose log has. The workspace's own accesses are
  left out, by RequesterObjectId: whether Azure fills that in for addresses signed with a user delegation key
  is not written anywhere we know of and was not tried; where it is empty, the workspace's accesses from
  outside the networks raise the alarm, and none is missed. A provider that fetches inputs by signed address
  does so from its own network: name that, too.
- denied and break-glass are the environment's: refused calls, and what the emergency account changed or was
  refused. The activity log records no reads.

An alert's query sees two days at most, whatever it says (Azure Monitor, "Log search alert rules"), so none
can tell that an identity was idle for weeks: ``idle_query`` is for a scheduled look by hand or pipeline.

Without an identity of its own a rule queries with the rights of whoever wrote it last (Azure Monitor, "Create
a log search alert rule"), and no pipeline of ours may query a log. So the environment has one identity that
reads both logs, which nobody can enter, and all rules query with it.
Tables and columns: azure-monitor/reference/tables (QuantumWorkspaceJobAuditLogs, StorageBlobLogs,
AzureActivity), read 2026-11. A table is there with its first record, so Azure is told not to try the query.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_range
from components.azure_quantum.ci_identity import identity
from components.azure_quantum.names import EnvironmentNames, ProjectNames
from components.azure_quantum.policy import BUILT_IN, Assignment, assign

_SEVERITY = {"other-target": 1, "other-network": 1, "spike": 2, "denied": 2, "break-glass": 0}


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is unusual for a project. networks: IPv4, from which its people and pipelines call."""

    submissions_per_hour: int
    networks: tuple[str, ...]
    idle_days: int

    def __post_init__(self) -> None:
        check_range("Unusual.submissions_per_hour", self.submissions_per_hour, 1, 72_000, "jobs")
        check_range("Unusual.idle_days", self.idle_days, 7, 365, "days")
        for network in self.networks:
            try:
                ipaddress.IPv4Network(network)
            except ValueError as error:
                raise ArgumentError("Unusual.networks", str(error), "IPv4 networks") from error
        if not self.networks:
            raise ArgumentError("Unusual.networks", "names none", "the networks people call from (L4)")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A query, and how many rows in ``window`` raise it. log: name of the Log Analytics workspace.

    every: how often it is asked; what came in since it was asked before is what ``_NEW`` leaves.
    """

    name: str
    description: str
    log: str
    query: pulumi.Input[str]
    above: int = 0
    window: str = "PT1H"
    every: str = "PT15M"


_NEW = "\n| where ingestion_time() > ago(15m)"
"""What came in since the query was last asked, so that it is told of once. Windows are of the time when it
happened, and rows come in minutes later: a window of 15 minutes would miss some."""


def text(value: str) -> str:
    """A KQL string literal."""
    return json.dumps(value, ensure_ascii=True)


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(map(text, values))


def project_alarms(
    names: ProjectNames, targets: tuple[str, ...], unusual: Unusual, workspace_principal: pulumi.Input[str]
) -> tuple[Alarm, ...]:
    """The alarms of a project. workspace_principal: object id of the workspace's own identity."""
    place = names.environment
    created = (
        f"QuantumWorkspaceJobAuditLogs\n| where _ResourceId =~ {text(names.workspace_id)}\n"
        '| where OperationName == "CreateJob"'
    )
    outside = pulumi.Output.concat(
        f"StorageBlobLogs\n| where AccountName == {text(names.account)}\n"
        "| where isnotempty(CallerIpAddress)\n"
        '| where RequesterObjectId != "',
        workspace_principal,
        '"\n| extend Caller = tostring(split(CallerIpAddress, ":")[0])\n'
        f"| where not(ipv4_is_in_any_range(Caller, {_texts(unusual.networks)})){_NEW}",
    )
    return (
        Alarm(
            "spike",
            "More jobs in an hour than agreed",
            place.operational_log,
            created,
            unusual.submissions_per_hour,
        ),
        Alarm(
            "other-target",
            "A job for a target that the stack file does not name",
            place.operational_log,
            f"{created}\n| where TargetId !in~ ({_texts(tuple(sorted(targets)))}){_NEW}",
        ),
        Alarm("other-network", "Results were used from another network", place.security_log, outside),
    )


def environment_alarms(
    names: EnvironmentNames, denied_calls_per_hour: int, break_glass: str
) -> tuple[Alarm, ...]:
    """The environment's alarms. break_glass: the emergency account's object id, or none."""
    check_range("EnvironmentArgs.denied_calls_per_hour", denied_calls_per_hour, 1, 10_000, "calls")
    denied = (
        "AzureActivity\n"
        '| where ActivityStatusValue in ("Failed", "Failure")\n| where ActivitySubstatusValue == "Forbidden"'
    )
    found = [
        Alarm(
            "denied",
            "Refused calls in the subscription",
            names.operational_log,
            denied,
            denied_calls_per_hour - 1,
            every="PT1H",
        )
    ]
    if break_glass:
        query = f"AzureActivity\n| where Claims has {text(break_glass)}{_NEW}"
        found.append(
            Alarm(
                "break-glass",
                "The emergency account changed something, or was refused",
                names.operational_log,
                query,
            )
        )
    return tuple(found)


def idle_query(names: ProjectNames, idle_days: int) -> str:
    """KQL that finds identities which came back after so many days; to be run over the operational log."""
    return (
        f"QuantumWorkspaceJobAuditLogs | where _ResourceId =~ {text(names.workspace_id)} "
        '| where OperationName == "CreateJob" | order by RequesterObjectId asc, TimeGenerated asc '
        "| extend Before = iff(prev(RequesterObjectId) == RequesterObjectId, prev(TimeGenerated), "
        f"datetime(null)) | where TimeGenerated - Before > {idle_days}d"
    )


def alarms_identity(
    names: EnvironmentNames,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> list[pulumi.Resource]:
    """Makes the identity that the alarms query with, and lets it read the two logs and nothing else."""
    user = identity("alarms", names.identity("alarms"), names.group, names, tags, parent, after)
    role = BUILT_IN["log-analytics-reader"]
    return [
        user,
        *(
            assign(
                Assignment(
                    f"alarms-{log}",
                    names.log_id(log),
                    role,
                    names.role_definition_id(role),
                    user.principal_id,
                    "ServicePrincipal",
                ),
                parent,
                (*after, user),
            )
            for log in (names.operational_log, names.security_log)
        ),
    ]


def trail_alarms(
    rows: tuple[Alarm, ...],
    prefix: str,
    group: str,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> list[pulumi.Resource]:
    """Makes the alarms in a resource group; names are PREFIX-NAME."""
    return [
        azure.monitor.ScheduledQueryRule(
            row.name,
            rule_name=f"{prefix}-{row.name}",
            resource_group_name=group,
            location=names.location,
            identity=azure.monitor.MicrosoftCommonIdentityArgs(
                type=azure.monitor.IdentityType.USER_ASSIGNED,
                user_assigned_identities=[names.alarms_identity_id],
            ),
            kind="LogAlert",
            display_name=f"{prefix}: {row.description}",
            description=row.description,
            severity=_SEVERITY[row.name],
            enabled=True,
            scopes=[names.log_id(row.log)],
            evaluation_frequency=row.every,
            window_size=row.window,
            criteria={
                "all_of": [
                    {
                        "query": row.query,
                        "time_aggregation": "Count",
                        "operator": "GreaterThan",
                        "threshold": row.above,
                        "failing_periods": {
                            "min_failing_periods_to_alert": 1,
                            "number_of_evaluation_periods": 1,
                        },
                    }
                ]
            },
            actions={"action_groups": [names.alert_group_id]},
            auto_mitigate=False,
            skip_query_validation=True,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
        )
        for row in rows
    ]

"""L4: the alarms that charter and environment ask for are there, with their thresholds."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import ACTIVITY_ALERT, QUERY_ALERT, low, need_azure, said, texts
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

# Operations that somebody hears of (Microsoft.Authorization and Microsoft.Insights, resource provider lists).
_WATCHED = (
    "microsoft.authorization/locks/delete",
    "microsoft.authorization/policyassignments/delete",
    "microsoft.authorization/policyassignments/write",
    "microsoft.authorization/roledefinitions/write",
    "microsoft.authorization/roleeligibilityschedulerequests/write",
    "microsoft.authorization/rolemanagementpolicies/write",
    "microsoft.insights/diagnosticsettings/delete",
    "microsoft.resources/tags/write",
)


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    if facts.need().is_environment:
        watched = {
            text.lower()
            for alert in stack.of_type(ACTIVITY_ALERT)
            for text in texts(said(alert, "condition"))
        }
        for operation in _WATCHED:
            if operation not in watched:
                yield fail(f"no alarm tells of {operation}")
    elif azure.alarms:
        yield from _project(stack, azure)


def _project(stack: Stack, azure: Azure) -> Iterator[Finding]:
    for ending, table in (
        ("spike", "QuantumWorkspaceJobAuditLogs"),
        ("other-target", "QuantumWorkspaceJobAuditLogs"),
        ("other-network", "StorageBlobLogs"),
    ):
        found = [
            alert
            for alert in stack.of_type(QUERY_ALERT)
            if low(said(alert, "ruleName")).endswith(f"-{ending}")
        ]
        if not found:
            yield fail(f"it has no alarm {ending}, which its charter asks for")
        for alert in found:
            yield from _judge(alert, ending, table, azure)


def _judge(alert: Resource, ending: str, table: str, azure: Azure) -> Iterator[Finding]:
    rows = said(alert, "criteria")["allOf"]
    most = azure.jobs_per_hour if ending == "spike" else 0
    for row in rows if rows.known else ():
        if not row["query"].text().startswith(table):
            yield fail(f"it does not look at {table}", alert)
        if ending == "other-target" and not all(f'"{name}"' in row["query"].text() for name in azure.targets):
            yield fail("its query names other targets than the stack file", alert)
        threshold = row["threshold"].plain()
        if row["operator"].text() != "GreaterThan" or not isinstance(threshold, int) or threshold > most:
            yield fail(f"it is raised above {row['threshold']}, the charter says {most}", alert)
    # The query on storage leaves the workspace itself out, whose id Azure has not assigned yet.
    if not rows.known and ending != "other-network":
        yield undecided(rows, alert)


CONTROL = Control(
    id="qlz-l4-azure-alarms",
    title="The alarms asked for are there",
    why="A spike, another target or a network nobody knows is how a stolen token shows itself.",
    fix="Declare the charter's alarms spike, other-target and other-network; in an environment the guards'.",
    requirements=("L4",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-4(5)", "AU-6"),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
        "iso-27001-2022-annex-a": ("A.8.16",),
        "ncsc-cloud-principles": ("13",),
    },
    types=(QUERY_ALERT, ACTIVITY_ALERT),
    judge_stack=judge_stack,
    cloud="azure",
)

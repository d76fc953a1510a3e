"""L4: the alarms that charter and environment ask for are there, with their thresholds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from policy_packs.controls.azure import ACTIVITY_ALERT, QUERY_ALERT, STORAGE, low, need_azure, one_of, said
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

# Operations that somebody hears of (Microsoft.Authorization and Microsoft.Insights, resource provider lists).
_WATCHED = (
    "microsoft.authorization/locks/delete",
    "microsoft.authorization/policyassignments/delete",
    "microsoft.authorization/policyassignments/write",
    "microsoft.authorization/policydefinitions/delete",
    "microsoft.authorization/policydefinitions/write",
    "microsoft.authorization/policyexemptions/write",
    "microsoft.authorization/roledefinitions/delete",
    "microsoft.authorization/roledefinitions/write",
    "microsoft.authorization/roleeligibilityschedulerequests/write",
    "microsoft.authorization/rolemanagementpolicies/write",
    "microsoft.insights/actiongroups/delete",
    "microsoft.insights/actiongroups/write",
    "microsoft.insights/activitylogalerts/delete",
    "microsoft.insights/activitylogalerts/write",
    "microsoft.insights/diagnosticsettings/delete",
    "microsoft.insights/diagnosticsettings/write",
    "microsoft.insights/scheduledqueryrules/delete",
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/delete",
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write",
    "microsoft.resources/subscriptions/resourcegroups/write",
    "microsoft.resources/tags/write",
)
_PROJECT = {
    "spike": "QuantumWorkspaceJobAuditLogs",
    "other-target": "QuantumWorkspaceJobAuditLogs",
    "other-network": "StorageBlobLogs",
}
_ENVIRONMENT = ("denied", "break-glass")
_OFTEN = ("PT5M", "PT10M", "PT15M", "PT30M", "PT1H")
_NEW = "ago(15m)"
"""In a query that looks at what came in last; it has to be asked as often."""
_TARGETS = re.compile(r"TargetId !in~ \(([^)]*)\)")
_ACCOUNT = re.compile(r'AccountName == "([^"]*)"')
_NETWORKS = re.compile(r"ipv4_is_in_any_range\(Caller, ([^)]*)\)")


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    place = f"{declared.project}-{azure.label}" if declared.is_project else azure.label
    own = {f"qlz-{place}-{ending}" for ending in (_PROJECT if declared.is_project else _ENVIRONMENT)}
    for alert in stack.of_type(QUERY_ALERT):  # a query reads whatever is in a log, and shows it to many
        if low(said(alert, "ruleName")) not in own:
            yield fail(f"it is none of {', '.join(sorted(own))}, the alarms that have been reviewed", alert)
    if declared.is_environment:
        watched = {text for alert in stack.of_type(ACTIVITY_ALERT) for text in _watches(alert)}
        for operation in _WATCHED:
            if operation not in watched:
                yield fail(f"no alarm tells of {operation}")
        yield from _asked_for(stack, {"denied": "AzureActivity"}, azure)
    elif azure.alarms:
        yield from _asked_for(stack, _PROJECT, azure)


def _watches(alert: Resource) -> Iterator[str]:
    """The operations of an alert whose condition is understood: administrative calls, and one of these."""
    rows = said(alert, "condition")["allOf"].elements()
    if not rows or any(set(row.keys()) not in ({"field", "equals"}, {"anyOf"}) for row in rows):
        return
    fixed = [(row["field"].text(), row["equals"].text()) for row in rows if "anyOf" not in row]
    any_of = [row["anyOf"].elements() for row in rows if "anyOf" in row]
    if fixed != [("category", "Administrative")] or len(any_of) != 1:
        return
    for each in any_of[0]:
        if set(each.keys()) == {"field", "equals"} and each["field"].text() == "operationName":
            yield low(each["equals"])


def _asked_for(stack: Stack, wanted: Mapping[str, str], azure: Azure) -> Iterator[Finding]:
    for ending, table in wanted.items():
        found = [
            alert
            for alert in stack.of_type(QUERY_ALERT)
            if low(said(alert, "ruleName")).endswith(f"-{ending}")
        ]
        if not found:
            yield fail(f"it has no alarm {ending}")
        accounts = {low(said(each, "accountName")) for each in stack.of_type(STORAGE)}
        for alert in found:
            yield from _judge_time(alert)
            yield from _judge(alert, ending, table, accounts, azure)


def _judge_time(alert: Resource) -> Iterator[Finding]:
    """Thresholds are of an hour: a shorter window never reaches them."""
    yield from expect(said(alert, "windowSize"), one_of("PT1H"), "it does not count an hour", alert)
    rows = said(alert, "criteria")["allOf"]
    often = _OFTEN[:3] if any(_NEW in row["query"].text() for row in rows) else _OFTEN
    yield from expect(said(alert, "evaluationFrequency"), one_of(*often), "it looks too seldom", alert)


def _judge(
    alert: Resource, ending: str, table: str, accounts: Collection[str], azure: Azure
) -> Iterator[Finding]:
    rows = said(alert, "criteria")["allOf"]
    # The query on storage leaves the workspace itself out, whose id Azure has not assigned yet.
    if not rows.known and ending != "other-network":
        yield undecided(rows, alert)
    if rows.known and not rows.elements():
        yield fail("it looks for nothing", alert)
    for row in rows if rows.known else ():
        if not row["query"].text().startswith(table):
            yield fail(f"it does not look at {table}", alert)
        if ending == "other-target" and _named(row["query"].text()) != set(map(str.lower, azure.targets)):
            yield fail("its query names other targets than the stack file", alert)
        if ending == "other-network":
            yield from _judge_network(row["query"].text(), alert, accounts, azure)
        threshold, most = (
            row["threshold"].plain(),
            {"spike": azure.jobs_per_hour, "denied": 10_000}.get(ending, 0),
        )
        if row["operator"].text() != "GreaterThan" or not isinstance(threshold, int) or threshold > most:
            yield fail(f"it is raised above {row['threshold']}, the stack file says {most}", alert)
        if row["timeAggregation"].text() != "Count" or row["failingPeriods"][
            "minFailingPeriodsToAlert"
        ].plain() not in (None, 1):
            yield fail("it does not count, or waits until it has happened again", alert)


def _judge_network(query: str, alert: Resource, accounts: Collection[str], azure: Azure) -> Iterator[Finding]:
    named = _ACCOUNT.findall(query)
    if len(named) != 1 or (
        accounts and named[0].lower() not in accounts
    ):  # none is left of a stack that goes
        yield fail("its query looks at another account than the stack's", alert)
    left_out = {network for text in _NETWORKS.findall(query) for network in _texts(text)}
    if not left_out <= azure.networks:
        yield fail("its query leaves out other networks than the charter's", alert)


def _texts(text: str) -> set[str]:
    return {name.strip().strip('"') for name in text.split(",")}


def _named(query: str) -> set[str]:
    """The targets that a query leaves out."""
    found = _TARGETS.findall(query)
    return {name.lower() for name in _texts(found[0])} if len(found) == 1 else set()


CONTROL = Control(
    id="qlz-l4-azure-alarms",
    title="The alarms asked for are there",
    why="A spike, another target or a network nobody knows is how a stolen token shows itself.",
    fix="Declare the charter's alarms spike, other-target and other-network; in an environment the guards'.",
    requirements=("L4",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-4(5)", "AU-6", "AC-2(12)"),
        "iso-27001-2022-annex-a": ("A.8.16",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
        "uk-gdpr": ("33",),
    },
    types=(QUERY_ALERT, ACTIVITY_ALERT),
    judge_stack=judge_stack,
    cloud="azure",
)

"""L4: alarms look at the environment's logs, are on, and tell the environment's action group."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import ACTION_GROUP, ACTIVITY_ALERT, QUERY_ALERT, low, need_azure
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    yield from expect(resource["enabled"], lambda on: on is True, "it is not turned on")
    if resource.type == ACTION_GROUP:
        found = resource["emailReceivers"]
        addresses = {low(each["emailAddress"]) for each in found}
        if not found.known:
            yield undecided(found)
        elif addresses != {email.lower() for email in azure.emails}:
            yield fail("it tells others than the stack's alerts.emails")
        for key, _ in resource.props.items():
            if key.endswith("Receivers") and key != "emailReceivers" and resource[key].elements():
                yield fail(f"it tells {key}, which the stack does not name")
        return
    groups = resource["actions"]["actionGroups"]
    rows = [each["actionGroupId"] if each.keys() else each for each in groups]
    yield from _told(groups, rows, azure)
    if resource.type == QUERY_ALERT:
        yield from _looks(resource, azure)
    else:
        yield from expect(
            resource["scopes"], lambda found: found == [azure.scope], "it looks at less than the subscription"
        )


def _told(groups: Value, rows: list[Value], azure: Azure) -> Iterator[Finding]:
    if not groups.known:
        yield undecided(groups)
    elif {low(row) for row in rows} != {azure.alert_group}:
        yield fail("it does not tell the environment's action group, and it alone")


def _looks(resource: Resource, azure: Azure) -> Iterator[Finding]:
    scopes = resource["scopes"]
    if not scopes.known:
        yield undecided(scopes)
    elif not {low(each) for each in scopes} or not {low(each) for each in scopes} <= {
        azure.operational_log,
        azure.security_log,
    }:
        yield fail(f"it looks at {scopes}, which is none of the environment's logs")
    reads = resource["identity"]["userAssignedIdentities"]
    if not reads.known:
        yield undecided(reads)
    elif {low(each) for each in reads} != {azure.alarms_identity}:
        yield fail("it does not query as the environment's identity for alarms, which reads the logs")
    if resource["muteActionsDuration"]:
        yield fail("it is mute for a time after it was raised")


CONTROL = Control(
    id="qlz-l4-azure-alarm-targets",
    title="Alarms reach somebody",
    why="An alarm that is off, looks elsewhere or tells nobody is found out about after the incident.",
    fix="Turn it on, over the environment's logs, as its identity for alarms, and name its action group.",
    requirements=("L4",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-4(5)", "AU-6", "AC-2(12)"),
        "iso-27001-2022-annex-a": ("A.8.16",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
        "uk-gdpr": ("33",),
    },
    types=(QUERY_ALERT, ACTIVITY_ALERT, ACTION_GROUP),
    judge=judge,
    cloud="azure",
)

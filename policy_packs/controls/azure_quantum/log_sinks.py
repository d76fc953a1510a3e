"""L1, L2: what is done in workspaces, vaults and stores is recorded, in the environment's logs alone."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import DIAGNOSTICS, STORAGE, VAULT, WORKSPACE, arm_id, low, need_azure, said
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_SENSITIVE = ("/microsoft.storage/", "/microsoft.keyvault/")
_ELSEWHERE = ("eventHubAuthorizationRuleId", "eventHubName", "marketplacePartnerId", "serviceBusRuleId")


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    own = {arm_id(account, azure) for account in stack.of_type(STORAGE)} - {""}
    for setting in stack.of_type(DIAGNOSTICS):
        logs = {azure.security_log}
        if not _sensitive(stack, setting):
            logs.add(azure.operational_log)
        yield from _judge_target(setting, logs, own if facts.need().is_environment else set())
    for resource in stack.of_type(WORKSPACE, VAULT, *([STORAGE] if facts.need().is_project else [])):
        yield from _recorded(stack, resource, azure)


def _sensitive(stack: Stack, setting: Resource) -> bool:
    """Whether it tells who read which result or used which key: for the restricted log alone (L3)."""
    source = said(setting, "resourceUri")
    if not source.known:
        return any(each.type in (STORAGE, VAULT) for each in stack.behind(setting, "resourceUri"))
    return any(part in low(source) for part in _SENSITIVE)


def _judge_target(setting: Resource, logs: set[str], trails: set[str]) -> Iterator[Finding]:
    log, account = said(setting, "workspaceId"), said(setting, "storageAccountId")
    for value, allowed in ((log, logs), (account, trails)):
        if not value.known:
            yield undecided(value, setting)
        elif value.text() and low(value) not in allowed:
            yield fail(f"it sends to {value}, which is none of the environment's logs for that", setting)
    for key in _ELSEWHERE:
        if said(setting, key):
            yield fail(f"it sends elsewhere, by {key}", setting)


def _recorded(stack: Stack, resource: Resource, azure: Azure) -> Iterator[Finding]:
    """Jobs go to the operational log, accesses to data and keys to the restricted one."""
    place, needed = arm_id(resource, azure), {"auditevent"}
    log, name = azure.security_log, "security"
    if resource.type == WORKSPACE:
        log, name = azure.operational_log, "operational"
    if resource.type == STORAGE:
        place, needed = f"{place}/blobservices/default", {"storageread", "storagewrite", "storagedelete"}
    recorded: set[str] = set()
    for setting in stack.of_type(DIAGNOSTICS):
        if low(said(setting, "resourceUri")) == place and low(said(setting, "workspaceId")) == log:
            recorded |= {
                low(row["category"])
                for row in said(setting, "logs")
                if row["enabled"] == True  # noqa: E712 - a Value
            }
    if missing := needed - recorded:
        yield fail(f"its {', '.join(sorted(missing))} is not recorded in the {name} log", resource)


CONTROL = Control(
    id="qlz-l1-azure-log-sinks",
    title="What is done is recorded",
    why="Without the record nobody can say who ran what, who read results, or who used a key.",
    fix="Give each workspace, vault and store a diagnostic setting into the environment's own log for it.",
    requirements=("L1", "L2", "L3", "D4", "D2"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-2", "AU-12"),
        "iso-27001-2022-annex-a": ("A.8.15",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-07", "LOG-11"),
    },
    types=(DIAGNOSTICS, WORKSPACE, VAULT, STORAGE),
    judge_stack=judge_stack,
    cloud="azure",
)

"""L3: sensitive metadata has a log of its own: other readers, and a shorter time."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import LOG, ROLE_ASSIGNMENT, arm_id, low, need_azure, said, who
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    if not facts.need().is_environment:
        return
    by_id = {arm_id(log, azure): log for log in stack.of_type(LOG)}
    operational, security = by_id.get(azure.operational_log), by_id.get(azure.security_log)
    if operational is None:
        yield fail("the environment has no operational log")
    if security is None:
        yield fail("the environment has no restricted security log")
    if operational and security:
        yield from _judge(operational, security)
    yield from _readers(stack, azure)


def _judge(operational: Resource, security: Resource) -> Iterator[Finding]:
    mine, theirs = said(security, "retentionInDays"), said(operational, "retentionInDays")
    if not (mine.known and theirs.known):
        yield undecided("how long the two logs are kept is unknown at preview", security)
    else:
        short, long = mine.plain(), theirs.plain()
        if not (isinstance(short, int) and isinstance(long, int) and 0 < short < long):
            yield fail(
                f"it is kept for {mine} days, not for less than the operational log ({theirs})", security
            )
    by_resource = said(security, "features")["enableLogAccessUsingOnlyResourcePermissions"]
    if by_resource.unknown:
        yield undecided(by_resource, security)
    elif by_resource.plain() is not False:
        yield fail("whoever reads a resource reads what this log holds of it", security)


def _readers(stack: Stack, azure: Azure) -> Iterator[Finding]:
    for made in stack.of_type(ROLE_ASSIGNMENT):
        scope = said(made, "scope")
        if not scope.known:
            yield undecided(scope, made)
        elif low(scope) == azure.security_log and who(stack, made) not in (
            azure.security,
            f"identity:{azure.alarms_identity.rpartition('/')[2]}",
        ):
            yield fail("it lets somebody else than the security group read the security log", made)


CONTROL = Control(
    id="qlz-l3-azure-security-log",
    title="Sensitive metadata has its own log",
    why="Who ran what, from where, is sensitive, and whoever reads the daily log should not read that.",
    fix="Keep the security log for less time, by its own permissions; let the security group and the "
    "alarms' own identity read it, and nobody else.",
    requirements=("L3", "T3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-9(4)", "AU-9"),
        "iso-27001-2022-annex-a": ("A.8.15",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-04", "LOG-09"),
        "uk-gdpr": ("25", "32"),
    },
    types=(LOG, ROLE_ASSIGNMENT),
    judge_stack=judge_stack,
    cloud="azure",
)

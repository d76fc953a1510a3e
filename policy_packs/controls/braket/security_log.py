"""L3: sensitive metadata has a log of its own: another key, kept for a shorter time than the operational
log.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import KEYS, LOG_GROUP
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    if not facts.need().is_environment:
        return
    operational, security = _named(stack, "/operational"), _named(stack, "/security")
    if not operational:
        yield fail("the environment has no operational log group (…/operational)")
    if not security:
        yield fail("the environment has no restricted security log group (…/security)")
    for log in security:
        for other in operational:
            yield from _judge_pair(stack, log, other)


def _named(stack: Stack, ending: str) -> tuple[Resource, ...]:
    return tuple(log for log in stack.of_type(LOG_GROUP) if log["name"].text().endswith(ending))


def _judge_pair(stack: Stack, log: Resource, other: Resource) -> Iterator[Finding]:
    mine, theirs = log["retentionInDays"], other["retentionInDays"]
    if not (mine.known and theirs.known):
        yield undecided("how long the two logs are kept is unknown at preview", log)
    else:
        short, long = mine.plain(), theirs.plain()
        if not (isinstance(short, int) and isinstance(long, int) and 0 < short < long):
            yield fail(f"it is kept for {mine} days, not for less than the operational log ({theirs})", log)
    keys, other_keys = _keys(stack, log), _keys(stack, other)
    if not keys or not other_keys:
        yield undecided(
            "which keys encrypt the two logs is unknown and does not follow from what they refer to", log
        )
    elif keys & other_keys:
        yield fail("it shares its key with the operational log", log)


def _keys(stack: Stack, log: Resource) -> set[str]:
    behind = {found.urn for found in stack.behind(log, "kmsKeyId") if found.type in KEYS}
    arn = log["kmsKeyId"].text()
    return behind or ({arn} if arn else set())


CONTROL = Control(
    id="qlz-l3-security-log",
    title="Sensitive metadata has its own log",
    why="Who ran what, from where, is sensitive, and whoever reads the daily log should not read that.",
    fix="Give …/security its own key and a shorter retention than …/operational.",
    requirements=("L3",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-9(4)", "AU-9"),
        "iso-27001-2022-annex-a": ("A.8.15",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-04", "LOG-09"),
        "uk-gdpr": ("25", "32"),
    },
    types=(LOG_GROUP,),
    judge_stack=judge_stack,
)

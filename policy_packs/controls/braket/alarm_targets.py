"""L4: an alarm is on, and reaches a topic of this account."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ALARM, TOPIC
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    for alarm in stack.of_type(ALARM):
        yield from expect(
            alarm["actionsEnabled"],
            lambda on: on in (None, True),
            "it tells nobody: its actions are off",
            alarm,
        )
        actions = alarm["alarmActions"]
        if not actions.unknown and not actions.elements():
            yield fail("it tells nobody", alarm)
        for name in ("alarmActions", "okActions", "insufficientDataActions"):
            for action in alarm[name]:
                yield from _judge(stack, alarm, name, action, declared)


def _judge(stack: Stack, alarm: Resource, name: str, action: Value, declared: Declared) -> Iterator[Finding]:
    if action.unknown:
        if not any(found.type == TOPIC for found in stack.behind(alarm, name)):
            yield undecided(action, alarm)
        return
    region = alarm["region"].text() or declared.region
    here = f"arn:aws:sns:{region}:{declared.account}:"
    if not action.text().startswith(here):
        yield fail(f"{name} tells {action}, which is no topic of this account and region", alarm)
    elif declared.is_environment and not any(_names(topic, action) for topic in stack.of_type(TOPIC)):
        yield fail(f"{name} tells {action}, a topic that this stack does not make", alarm)


def _names(topic: Resource, action: Value) -> bool:
    """By its name, for its ARN may not be known yet."""
    return topic["arn"] == action or topic["name"].text() == action.text().rpartition(":")[2]


CONTROL = Control(
    id="qlz-l4-alarm-targets",
    title="Alarms reach somebody here",
    why="An alarm that is off, or rings at a topic that does not exist, is found out after the incident.",
    fix="Give alarm_actions the environment's alert topic, and leave actions_enabled alone.",
    requirements=("L4",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-4(5)", "AU-6", "AC-2(12)"),
        "iso-27001-2022-annex-a": ("A.8.16",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
        "uk-gdpr": ("33",),
    },
    types=(ALARM,),
    judge_stack=judge_stack,
)

"""L4: the alarms that environment and charters ask for are there, count what they say, and in time."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ALARM
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
_OF_PROJECTS = ("spike", "source", "task-device", "job-device")
_REACHES = ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold")
_HOUR = 3600


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_environment:
        return
    for name, most in _wanted(declared):
        found = [
            alarm for alarm in stack.of_type(ALARM) if alarm["name"].text() == f"qlz-{declared.label}-{name}"
        ]
        if not found:
            yield fail(f"it has no alarm {name}")
        for alarm in found:
            yield from _judge(stack, alarm, most)


def _wanted(declared: Declared) -> Iterator[tuple[str, int | None]]:
    """Names of alarms, and the number at which each has to ring; None where the file says nothing."""
    yield "denied-calls", declared.need_spec().denied_per_hour
    if "idle-analyzer" not in declared.existing:
        yield "idle-role-active", 1
    if declared.break_glass:
        yield "break-glass", 1
    for project, jobs in declared.need_spec().watched.items():
        for name in _OF_PROJECTS:
            yield f"{project}-{name}", jobs + 1 if name == "spike" else 1


def _judge(stack: Stack, alarm: Resource, most: int | None) -> Iterator[Finding]:
    yield from expect(
        alarm["threshold"],
        lambda number: isinstance(number, int | float) and (most is None or number <= most),
        f"it rings at {alarm['threshold']}, the files say {most}",
        alarm,
    )
    yield from expect(alarm["comparisonOperator"], lambda how: how in _REACHES, "it rings at less", alarm)
    yield from expect(
        alarm["period"],
        lambda seconds: isinstance(seconds, int | float) and 0 < seconds <= _HOUR,
        "it counts over more than an hour",
        alarm,
    )
    yield from expect(
        alarm["evaluationPeriods"], lambda many: many == 1, "it waits until it happened again", alarm
    )
    name, space = alarm["metricName"], alarm["namespace"]
    if not (name.known and space.known):
        yield undecided(name if not name.known else space, alarm)
    elif not any(
        each["metricTransformation"]["name"] == name and each["metricTransformation"]["namespace"] == space
        for each in stack.of_type(FILTER)
    ):
        yield fail("nothing counts what it looks at", alarm)


CONTROL = Control(
    id="qlz-l4-alarms",
    title="Alarms asked for are there",
    why="A spike, a strange network or another device is how a stolen session shows itself.",
    fix="Declare the environment's alarms, and its projects' where their charters have alerts, with filters.",
    requirements=("L4",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-4(5)", "AU-6", "AC-2(12)"),
        "iso-27001-2022-annex-a": ("A.8.16",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
        "uk-gdpr": ("33",),
    },
    types=(ALARM, FILTER),
    judge_stack=judge_stack,
)

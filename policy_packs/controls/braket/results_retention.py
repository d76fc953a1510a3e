"""C2, T3: what a project stores ends when its tier says, old versions too."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET, BUCKET_LIFECYCLE, of_bucket
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_project:
        return
    for bucket in stack.of_type(BUCKET):
        settings = of_bucket(stack, bucket, BUCKET_LIFECYCLE)
        if not settings:
            yield fail("what it holds never ends", bucket)
        for setting in settings:
            yield from _judge(setting, declared.results_days)


def _judge(setting: Resource, most: int) -> Iterator[Finding]:
    rules = setting["rules"]
    if not rules.known:
        yield undecided(rules, setting)
        return
    whole = [rule for rule in rules if rule.get("status").text() == "Enabled" and _of_everything(rule)]
    current = _days(rule.get("expiration").get("days") for rule in whole)
    old = _days(rule.get("noncurrentVersionExpiration").get("noncurrentDays") for rule in whole)
    if current is None:
        yield fail("no rule that is enabled ends everything it holds", setting)
    elif old is None:
        yield fail("no rule that is enabled ends old versions, so nothing it held is ever gone", setting)
    elif current + old > most:
        yield fail(f"what it holds is gone after {current} and {old} days; the tier allows {most}", setting)
    if any(rule.get("noncurrentVersionExpiration").get("newerNoncurrentVersions") for rule in whole):
        yield fail("it keeps some old versions for ever", setting)


def _of_everything(rule: Value) -> bool:
    """Whether a rule holds for every object: its filter names nothing."""
    plain = rule.get("filter").plain()
    narrow = {} if not isinstance(plain, dict) else {name: part for name, part in plain.items() if part}
    return not narrow and not rule.get("prefix").text()


def _days(values: Iterator[Value]) -> int | None:
    """The shortest of these times, None where there is none."""
    found = [value.plain() for value in values]
    return min((days for days in found if isinstance(days, int) and days > 0), default=None)


CONTROL = Control(
    id="qlz-c2-results-retention",
    title="Stored results end",
    why="Results without an end stay to be stolen long after anybody needs them, against what was agreed.",
    fix=(
        "Give the bucket a lifecycle rule over everything: expiration and noncurrent_version_expiration,"
        " together within the tier's longest time."
    ),
    requirements=("C2", "T3"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("SI-12",),
        "iso-27001-2022-annex-a": ("A.8.10",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-16", "DSP-02"),
        "uk-gdpr": ("5", "17"),
    },
    types=(BUCKET, BUCKET_LIFECYCLE),
    judge_stack=judge_stack,
)

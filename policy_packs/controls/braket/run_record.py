"""D4, D2, L1: every run leaves its device, region, job and outcome in the operational log."""

from __future__ import annotations

import json
from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET, EVENT_TARGET, refers
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts

RULE = "aws:cloudwatch/eventRule:EventRule"
_TASKS, _JOBS = "Braket Task State Change", "Braket Job State Change"
_FIELDS = {
    "$.detail.deviceArn": "device",
    "$.region": "region",
    "$.detail.quantumTaskArn": "job",
    "$.detail.status": "outcome",
    "$.time": "time",
}
_LOG = ":log-group:"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if declared.kind == "organization" or declared.lifecycle == "decommissioned":
        return
    wanted = _TASKS if declared.is_project else _JOBS
    rules = [rule for rule in stack.of_type(RULE) if _tells(stack, rule, wanted)]
    for rule in stack.of_type(RULE):
        if not rule["eventPattern"].known:
            yield undecided(rule["eventPattern"], rule)
    targets = [
        target
        for target in stack.of_type(EVENT_TARGET)
        if target["arn"].text().partition(_LOG)[2].endswith("/operational")
        and any(refers(stack, target, "rule", rule, "name", "id") for rule in rules)
    ]
    if not targets:
        yield fail(f"no rule writes every {wanted} into the operational log")
    if declared.is_environment:
        yield from _home(stack, declared)
    if declared.is_project and targets and not any(_complete(target) for target in targets):
        told = min((_missing(target) for target in targets), key=len)
        yield fail(f"its run records do not say {', '.join(told)}", targets[0])


def _home(stack: Stack, declared: Declared) -> Iterator[Finding]:
    """Events come up where the device is: those of further regions have to be sent home."""
    bus = f"arn:aws:events:{declared.region}:{declared.account}:event-bus/default"
    for region in declared.also:
        rules = [
            rule
            for rule in stack.of_type(RULE)
            if rule["region"].text() == region and all(_tells(stack, rule, kind) for kind in (_TASKS, _JOBS))
        ]
        if not any(
            target["arn"].text() == bus
            and target["region"].text() == region
            and any(refers(stack, target, "rule", rule, "name", "id") for rule in rules)
            for target in stack.of_type(EVENT_TARGET)
        ):
            yield fail(f"nothing sends what runs in {region} home, where it would be recorded")


def _tells(stack: Stack, rule: Resource, kind: str) -> bool:
    """Whether a rule is on and takes every event of a kind; a project's, those of its own buckets."""
    try:
        pattern = json.loads(rule["eventPattern"].text() or "{}")
    except ValueError:
        return False
    if rule["state"].text() not in ("", "ENABLED") or not isinstance(pattern, dict):
        return False
    detail = pattern.get("detail", {})
    buckets = {bucket["bucket"].text() for bucket in stack.of_type(BUCKET)}
    return (
        set(pattern) <= {"source", "detail-type", "detail"}
        and pattern.get("source") == ["aws.braket"]
        and kind in pattern.get("detail-type", ())
        and (
            not detail
            or (set(detail) == {"outputS3Bucket"} and bool(set(detail["outputS3Bucket"]) & buckets))
        )
    )


def _missing(target: Resource) -> list[str]:
    transformer = target["inputTransformer"]
    template = transformer["inputTemplate"].text()
    told = {path.text() for name, path in transformer["inputPaths"].items() if f"<{name}>" in template}
    return [word for path, word in _FIELDS.items() if path not in told]


def _complete(target: Resource) -> bool:
    return not _missing(target)


CONTROL = Control(
    id="qlz-d4-run-record",
    title="Every run leaves a record",
    why="A result whose device nobody knows cannot be repeated, and a run nobody recorded cannot be missed.",
    fix="Send Braket's state changes to the operational log group, with device, region, job and status.",
    requirements=("D4", "D2", "L1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-2", "AU-3", "AU-12"),
        "iso-27001-2022-annex-a": ("A.8.15", "A.8.9"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-08", "LOG-11"),
    },
    types=(RULE, EVENT_TARGET, BUCKET),
    judge_stack=judge_stack,
)

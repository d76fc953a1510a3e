"""T4: settings, policies and attachments belong to something that this stack makes."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    ATTACHMENT,
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_LOCK,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
    refers,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts

_RULE = "aws:cloudwatch/eventRule:EventRule"
# Type: the property that says whose it is, and the type that property leads to.
_TARGETS = {
    **dict.fromkeys((ATTACHMENT, ROLE_POLICY), ("role", ROLE)),
    **dict.fromkeys(
        (
            BUCKET_ACCESS,
            BUCKET_ENCRYPTION,
            BUCKET_LIFECYCLE,
            BUCKET_LOCK,
            BUCKET_OWNERSHIP,
            BUCKET_POLICY,
            BUCKET_REPLICATION,
            BUCKET_VERSIONING,
        ),
        ("bucket", BUCKET),
    ),
    TOPIC_POLICY: ("arn", TOPIC),
    SUBSCRIPTION: ("topic", TOPIC),
    EVENT_TARGET: ("rule", _RULE),
}
_NAMES = {ROLE: ("name", "id"), BUCKET: ("bucket", "id"), TOPIC: ("arn", "id"), _RULE: ("name", "id")}
_WHAT = {ROLE: "role", BUCKET: "bucket", TOPIC: "topic", _RULE: "rule"}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    for setting in stack.of_type(*_TARGETS):
        prop, token = _TARGETS[setting.type]
        targets = stack.of_type(token)
        if any(
            refers(stack, setting, prop, target, *_NAMES[token]) or _by_arn(setting, prop, target, declared)
            for target in targets
        ):
            continue
        value = setting[prop]
        if value.unknown:
            yield undecided(value, setting)
        else:
            yield fail(f"it is for {_WHAT[token]} {value}, which this stack does not make", setting)


def _by_arn(setting: Resource, prop: str, topic: Resource, declared: Declared) -> bool:
    """A topic named by its computed ARN, before the cloud has said it."""
    name = topic["name"].text()
    return bool(name) and setting[prop] == f"arn:aws:sns:{declared.region}:{declared.account}:{name}"


CONTROL = Control(
    id="qlz-t4-own-targets",
    title="Settings are for what the stack makes itself",
    why=(
        "A policy put on another project's role or bucket opens or breaks it, and no control of that project"
        " sees it."
    ),
    fix="Declare it in the stack that makes what it is for, or make that here.",
    requirements=("T4", "W3"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-3", "AC-6"),
        "iso-27001-2022-annex-a": ("A.8.3",),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IAM-16", "DSP-17"),
        "uk-gdpr": ("32",),
    },
    types=tuple(_TARGETS),
    judge_stack=judge_stack,
    admits_exceptions=False,
)

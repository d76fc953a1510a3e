"""R1, L5: locks, logs and alarms exist before anybody can come in, guards of stores before what uses them."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    ACCOUNT_ACCESS,
    ALARM,
    ATTACHMENT,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_LOCK,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    DEFAULT_GROUP,
    EGRESS,
    EXTERNAL_KEY,
    FLOW_LOG,
    INGRESS,
    KEY,
    LOG_GROUP,
    LOG_POLICY,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    SAML_PROVIDER,
    TOPIC_POLICY,
    TRAIL,
)
from policy_packs.controls.control import Control, Finding, Severity, Stack
from policy_packs.controls.order import judge_order
from policy_packs.controls.stack_facts import StackFacts

_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
_RULE = "aws:cloudwatch/eventRule:EventRule"
_LIMIT = "aws:cloudcontrol/resource:Resource"
_GUARDS = (
    *(TRAIL, LOG_GROUP, LOG_POLICY, ALARM, ACCOUNT_ACCESS, POLICY, _LIMIT),
    *(FLOW_LOG, DEFAULT_GROUP, INGRESS, EGRESS),
)
_ENVIRONMENT = {
    OIDC_PROVIDER: _GUARDS,
    SAML_PROVIDER: _GUARDS,
    TRAIL: (BUCKET_LOCK, BUCKET_POLICY, BUCKET_LIFECYCLE, LOG_GROUP),
    FLOW_LOG: (BUCKET_POLICY, BUCKET_LIFECYCLE),
    _FILTER: (TRAIL, TOPIC_POLICY, LOG_POLICY),
    _RULE: (TRAIL, LOG_POLICY),
}
_STORE = {BUCKET_POLICY: (BUCKET_ACCESS, BUCKET_OWNERSHIP, BUCKET_ENCRYPTION, BUCKET_VERSIONING)}
_PROJECT = {ROLE: (POLICY,), KEY: (ATTACHMENT,), EXTERNAL_KEY: (ATTACHMENT,)}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    yield from judge_order(stack, _STORE)
    yield from judge_order(stack, _PROJECT if facts.need().is_project else _ENVIRONMENT)


CONTROL = Control(
    id="qlz-r1-locks-first",
    title="Locks come before what they lock",
    why=(
        "An update that stops half way leaves what was made until then: rights without locks, if those came"
        " last."
    ),
    fix="Let what grants depend on what guards (depends_on), as the components do.",
    requirements=("R1", "L5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-3", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.9",),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("CCC-04",),
        "uk-gdpr": ("44", "32"),
    },
    types=tuple(dict.fromkeys((*_ENVIRONMENT, *_STORE, *_PROJECT))),
    judge_stack=judge_stack,
)

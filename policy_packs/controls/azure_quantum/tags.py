"""C1: everything says whose it is, what it costs whom, what may be in it and when it ends."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    ACTION_GROUP,
    ACTIVITY_ALERT,
    GROUP,
    IDENTITY,
    LOG,
    QUERY_ALERT,
    STORAGE,
    VAULT,
    WORKSPACE,
)
from policy_packs.controls.braket.tags import judge_tag, tags_of
from policy_packs.controls.control import Control, Finding, Resource, Severity
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    for key, wanted in tags_of(facts.need()).items():
        yield from judge_tag(key, resource["tags"].get(key), wanted)


CONTROL = Control(
    id="qlz-c1-azure-tags",
    title="Everything on Azure says whose it is",
    why=(
        "What carries no owner, cost centre and end date, or another's, is kept, paid and forgotten; no"
        " clean-up sees it."
    ),
    fix="Give it the stack's tags, with the values of stack file and charter: lower case, with hyphens.",
    requirements=("C1", "T4"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-8",),
        "iso-27001-2022-annex-a": ("A.5.9", "A.5.13"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-04", "DCS-06"),
    },
    types=(ACTION_GROUP, ACTIVITY_ALERT, GROUP, IDENTITY, LOG, QUERY_ALERT, STORAGE, VAULT, WORKSPACE),
    judge=judge,
    cloud="azure",
)

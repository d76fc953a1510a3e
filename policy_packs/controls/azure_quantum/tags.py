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
from policy_packs.controls.braket.tags import ENVIRONMENT_TAGS, PROJECT_TAGS
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared, tags = facts.need(), resource["tags"]
    for key in PROJECT_TAGS if declared.is_project else ENVIRONMENT_TAGS:
        tag = tags.get(key)
        if tag.unknown:
            yield undecided(tag)
        elif not tag.text().strip():
            yield fail(f"it carries no tag {key}")
    own = tags.get("project").text()
    if declared.is_project and own and own != declared.project:
        yield fail(f"its tag project is {own!r}, the stack's project is {declared.project}")


CONTROL = Control(
    id="qlz-c1-azure-tags",
    title="Everything on Azure says whose it is",
    why="What carries no owner, cost centre and end date is kept, paid and forgotten; no clean-up sees it.",
    fix="Give it the stack's tags, spelt as they are: lower case, with hyphens.",
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

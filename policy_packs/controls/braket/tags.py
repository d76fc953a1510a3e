"""C1, G6: everything says whose it is, what it costs whom, what may be in it and when it ends."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    BUCKET,
    BUDGET,
    KEYS,
    LOG_GROUP,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    SAML_PROVIDER,
    SECRET,
    TOPIC,
    TRAIL,
    provider_data,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

ENVIRONMENT_TAGS = ("environment", "owner", "cost-centre")
PROJECT_TAGS = (*ENVIRONMENT_TAGS, "project", "tier", "classification", "end-date")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    own, default = resource["tags"], provider_data(resource.provider, "defaultTags").get("tags")
    needed = PROJECT_TAGS if declared.is_project else ENVIRONMENT_TAGS
    for key in needed:
        tag = own.get(key) or default.get(key)
        if tag.unknown:
            yield undecided(tag)
        elif not tag.text().strip():
            yield fail(f"it carries no tag {key}")
    if declared.is_project and declared.project:
        tag = own.get("project") or default.get("project")
        if tag.text() and tag.text() != declared.project:
            yield fail(f"its tag project is {tag}, the stack's project is {declared.project}")


CONTROL = Control(
    id="qlz-c1-tags",
    title="Everything says whose it is",
    why=(
        "What carries no owner, cost centre and end date is kept, paid and forgotten, and no clean-up finds"
        " it."
    ),
    fix="Give it the stack's tags, spelt as they are: lower case, with hyphens.",
    requirements=("C1", "T4"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-8",),
        "iso-27001-2022-annex-a": ("A.5.9", "A.5.13"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-04", "DCS-06"),
    },
    types=(
        BUCKET,
        BUDGET,
        *KEYS,
        LOG_GROUP,
        OIDC_PROVIDER,
        POLICY,
        ROLE,
        SAML_PROVIDER,
        SECRET,
        TOPIC,
        TRAIL,
    ),
    judge=judge,
)

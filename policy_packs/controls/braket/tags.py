"""C1, G6: everything says whose it is, what it costs whom, what may be in it and when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value


def tags_of(declared: Declared) -> Mapping[str, str]:
    """The tags that everything in a stack carries, by what its stack file and charter say; an empty one may
    say anything. CannotDecide where nobody read them."""
    spec = declared.need_spec()
    both = {"owner": spec.owner, "cost-centre": spec.cost_centre}
    if not declared.is_project:
        return {"environment": declared.label, **both}
    return {
        "environment": declared.environment,
        **both,
        "project": declared.project,
        "tier": spec.tier,
        "classification": spec.classification,
        "end-date": spec.end.isoformat() if spec.end else "",
    }


def judge_tag(key: str, tag: Value, wanted: str) -> Iterator[Finding]:
    if tag.unknown:
        yield undecided(tag)
    elif not tag.text().strip():
        yield fail(f"it carries no tag {key}")
    elif wanted and tag.text() != wanted:
        yield fail(f"its tag {key} is {tag}, the stack's {key} is {wanted}")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    own, default = resource["tags"], provider_data(resource.provider, "defaultTags").get("tags")
    for key, wanted in tags_of(facts.need()).items():
        yield from judge_tag(key, own.get(key) or default.get(key), wanted)


CONTROL = Control(
    id="qlz-c1-tags",
    title="Everything says whose it is",
    why=(
        "What carries no owner, cost centre and end date, or another's, is kept, paid and forgotten, and no"
        " clean-up finds it."
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

"""I4, I2: pipelines and groups of people are each for one thing."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail, undecided
from policy_packs.controls.declarations import Spec
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    seen: dict[tuple[str, str, str], str] = {}
    for place in (*spec.environment_places, *spec.places):
        key = (place.kind, place.repository.lower(), place.place.lower())
        if seen.setdefault(key, place.who) != place.who:
            yield fail(f"{place.who} and {seen[key]} come from the same place, {place.place}")
    people: dict[str, str] = {}
    for name, group in spec.groups.items():
        if people.setdefault(group.lower(), name) != name:
            yield fail(f"{name} and {people[group.lower()]} are the same group, {group}")
    yield from _between(spec)
    yield from _elsewhere(spec, declared.level)


def _elsewhere(spec: Spec, level: str) -> Iterator[Finding]:
    """Another environment, or a stack in one, lets in what comes from the same place."""
    told = {each.name for each in spec.siblings if each.level != level}  # by the rule of promotion
    own = {(place.kind, place.repository.lower(), place.place.lower()): place for place in spec.places}
    for other in spec.elsewhere:
        if other.stack in told:
            continue
        if other.place is None:
            yield undecided(f"the file of {other.stack}, which may let in the same pipelines, cannot be read")
            continue
        place = other.place
        mine = own.get((place.kind, place.repository.lower(), place.place.lower()))
        if mine is not None:
            who = f"{mine.who} and {place.who} of {other.stack}"
            yield fail(f"{who} come from the same place, {mine.place}")


def _between(spec: Spec) -> Iterator[Finding]:
    """Of an environment: whether two of its projects let in the same pipeline, or the same people."""
    pipelines: dict[tuple[str, str, str], str] = {}
    groups: dict[str, str] = {group.lower(): "the environment" for group in spec.groups.values()}
    for tenant in spec.tenants:
        place = tenant.place
        key = (place.kind, place.repository.lower(), place.place.lower())
        if pipelines.setdefault(key, tenant.name) != tenant.name:
            yield fail(f"{tenant.name} and {pipelines[key]} let in the same pipeline, {place.place}")
        for group in tenant.groups.values():
            if groups.setdefault(group.lower(), tenant.name) != tenant.name:
                yield fail(f"{tenant.name} and {groups[group.lower()]} let in the same group, {group}")


CONTROL = Control(
    id="qlz-i4-identities-apart",
    title="No identity is for two things",
    why="Whoever is plan and apply, or researcher and approver, at once has the rights of both and no check.",
    fix="Give each pipeline a place of its own in the CI system, and each role of people a group of its own.",
    requirements=("I4", "I2", "I3", "K7", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-5", "IA-2"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.5.16"),
        "ncsc-cloud-principles": ("9", "10"),
        "csa-ccm-4": ("IAM-04", "IAM-13"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

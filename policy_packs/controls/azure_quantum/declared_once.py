"""C1: what one resource sets as reviewed, no second one of the same id sets otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy_packs.controls.azure import (
    DIAGNOSTICS,
    ELIGIBILITY,
    PREFIX,
    ROLE_DEFINITION,
    low,
    need_azure,
    said,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail
from policy_packs.controls.stack_facts import StackFacts

_PLACES: Final = ("resourceGroupName", "scope")
_LABELS: Final = frozenset({"displayName", "groupShortName", "roleName"})
"""Names that are no part of an id."""
_OTHERWISE: Final = {
    DIAGNOSTICS: ("resourceUri", "name"),
    ELIGIBILITY: ("scope", "principalId", "roleDefinitionId"),
    ROLE_DEFINITION: ("scope", "roleDefinitionId"),
}
"""Types whose id is not made of names and a place."""


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    need_azure(facts)
    seen: dict[tuple[str, ...], Resource] = {}
    for resource in stack.resources:
        if not resource.type.startswith(PREFIX):
            continue
        keys = _OTHERWISE.get(resource.type) or _keys(resource)
        values = [low(said(resource, key)) for key in keys]
        if not values or not all(values):
            continue  # what is not known yet is judged once it is
        place = (resource.type, *values)
        if (other := seen.setdefault(place, resource)) is not resource:
            yield fail(f"it is declared twice: {other.name} is the same one in Azure", resource)


def _keys(resource: Resource) -> list[str]:
    """Where it is and what it is called; nothing where Azure is to find it a name."""
    written = (resource.inputs or resource.props).keys()
    names = sorted(key for key in written if key.endswith("Name") and key not in {*_PLACES, *_LABELS})
    return [*(key for key in _PLACES if key in written), *names] if names else []


CONTROL = Control(
    id="qlz-c1-azure-declared-once",
    title="No resource is declared twice",
    why="Azure takes whichever was written last: the second of the same name undoes the guard in the first.",
    fix="Leave one of them out.",
    requirements=("C1", "R1", "L1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-6", "CM-3"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.8.32"),
        "ncsc-cloud-principles": ("5",),
        "csa-ccm-4": ("CCC-04",),
    },
    types=(),
    judge_stack=judge_stack,
    cloud="azure",
)

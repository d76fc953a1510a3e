"""Mutants of a stack's resources: dropped, unprotected, in another order, with another's reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from policy_packs.controls.value import UNKNOWN_MARKERS
from tests.mutation.mutant import Change, changed, places
from tests.mutation.recording import Recorded, Recording

_REFERENCES = ("arn", "id", "keyId", "principalId", "name", "bucket")


def resource_changes(recording: Recording, resource: Recorded) -> Iterator[Change]:
    """Every change of a resource as a whole."""
    yield Change("drop-resource", "", None)
    if resource.protect:
        yield Change("unprotect", "", replace(resource, protect=False))
    by_urn = {each.urn: each for each in recording.resources}
    through = {urn for urns in resource.property_dependencies.values() for urn in urns}
    for urn in resource.depends_on:
        if urn not in through and urn in by_urn:
            rest = tuple(each for each in resource.depends_on if each != urn)
            yield Change(
                "drop-dependency",
                f"{by_urn[urn].type} {by_urn[urn].name}",
                replace(resource, depends_on=rest),
            )
    if resource.inputs is not None:
        yield from _other_references(recording, resource)


def _other_references(recording: Recording, resource: Recorded) -> Iterator[Change]:
    """A reference to another resource of the same type."""
    by_urn = {each.urn: each for each in recording.resources}
    for prop, urns in resource.property_dependencies.items():
        for urn in urns:
            mine = by_urn.get(urn)
            others = [
                each for each in recording.resources if mine and each.type == mine.type and each != mine
            ]
            if mine is None or not others:
                continue
            if recording.made:
                yield from _other_values(resource, prop, mine, others[0])
            elif any(str(value) in UNKNOWN_MARKERS for _, value in _below(resource, prop)):
                swapped = {**resource.property_dependencies, prop: (others[0].urn,)}
                yield Change("other-reference", prop, replace(resource, property_dependencies=swapped))


def _other_values(resource: Recorded, prop: str, mine: Recorded, other: Recorded) -> Iterator[Change]:
    swap = {
        mine.outputs[key]: other.outputs[key]
        for key in _REFERENCES
        if isinstance(mine.outputs.get(key), str) and isinstance(other.outputs.get(key), str)
    }
    for path, value in _below(resource, prop):
        if isinstance(value, str) and value in swap and swap[value] != value:
            yield changed(resource, path, swap[value], "other-reference")


def _below(resource: Recorded, prop: str) -> Iterator[tuple[Any, Any]]:
    return ((path, value) for path, value in places(resource.inputs or {}) if path[0] == prop)

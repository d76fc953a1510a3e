"""Mutants of a stack's resources: dropped, unprotected, in another order, with another's reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    yield from _other_order(recording, resource)
    if resource.inputs is not None:
        yield from _other_references(recording, resource)


def _other_order(recording: Recording, resource: Recorded) -> Iterator[Change]:
    """All that it waits for of one type is waited for no longer, not even by way of something else."""
    by_urn = {each.urn: each for each in recording.resources}
    waits = [by_urn[urn] for urn in resource.depends_on if urn in by_urn]
    for kind in dict.fromkeys(each.type for each in waits):
        rest = tuple(each.urn for each in waits if each.type != kind)
        dropped = {each.urn for each in waits if each.type == kind}
        if not dropped & _reached(by_urn, rest):
            through = {
                key: tuple(urn for urn in urns if urn not in dropped)
                for key, urns in resource.property_dependencies.items()
            }
            if through == dict(resource.property_dependencies):
                yield Change("drop-order", kind, replace(resource, depends_on=rest))


def _reached(by_urn: Mapping[str, Recorded], urns: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    todo = list(urns)
    while todo:
        urn = todo.pop()
        if urn not in seen and urn in by_urn:
            seen.add(urn)
            todo += by_urn[urn].depends_on
    return seen


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

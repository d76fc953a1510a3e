"""A mutant: a real stack with one thing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from policy_packs.controls.value import is_unknown_marker
from tests.mutation.recording import Json, Recorded

Path = tuple[str | int, ...]
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"


class _Gone:
    """In place of a value: there is none any more."""


GONE: Final = _Gone()


@dataclass(frozen=True)
class Change:
    """What becomes of one resource. kind: what was done, such as drop, flip, widen-action."""

    kind: str
    where: str
    """The place in the resource, indices of lists as `[]`, statements by their Sid; empty for the whole."""
    resource: Recorded | None
    """None where the resource is dropped."""


def changed(resource: Recorded, path: Path, value: Any, kind: str, where: str = "") -> Change:
    """The resource with another value at a path, in its inputs and, where they said the same, its outputs."""
    inputs = resource.inputs or {}
    same = at(resource.outputs, path) == at(inputs, path)
    new = put(inputs, path, value)
    top = str(path[0])
    dependencies = {
        key: urns
        for key, urns in resource.property_dependencies.items()
        if key != top or (top in new and has_unknown(new[top]) == has_unknown(inputs[top]))
    }
    made = replace(
        resource,
        inputs=new,
        outputs=put(resource.outputs, path, value) if same else resource.outputs,
        property_dependencies=dependencies,
    )
    return Change(kind, where or shown(path), made)


def shown(path: Path) -> str:
    """A path for people and patterns: `rule.filter[].prefix`."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text


def at(data: Any, path: Path) -> Any:
    """What is at a path; GONE where nothing is."""
    for part in path:
        named = isinstance(part, str) and isinstance(data, Mapping) and part in data
        numbered = isinstance(part, int) and isinstance(data, list) and part < len(data)
        if not (named or numbered):
            return GONE
        data = data[part]
    return data


def put(data: Any, path: Path, value: Any) -> Any:
    """A copy with another value at a path; GONE takes it away."""
    part, rest = path[0], path[1:]
    if isinstance(data, list):
        assert isinstance(part, int)
        new = [value] if not rest else [put(data[part], rest, value)]
        return [*data[:part], *([] if new == [GONE] else new), *data[part + 1 :]]
    if not rest and value is GONE:
        return {key: item for key, item in data.items() if key != part}
    return {**data, part: value if not rest else put(data[part], rest, value)}


def is_secret(data: Any) -> bool:
    return isinstance(data, Mapping) and _SIGNATURE in data


def has_unknown(data: Any) -> bool:
    return is_unknown_marker(json.dumps(data))


def places(data: Json) -> Iterator[tuple[Path, Any]]:
    """Every place in a resource's properties, objects and lists before what is in them."""
    for key, value in data.items():
        yield from _places((key,), value)


def _places(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if is_secret(value):
        return
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _places((*path, key), part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _places((*path, number), part)

"""Mutants of a resource's properties: dropped, emptied, flipped, more, less, another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy_packs.controls.value import is_unknown_marker
from tests.mutation.documents import document_changes, is_document
from tests.mutation.mutant import GONE, Change, Path, changed, is_secret, places, shown
from tests.mutation.recording import Recorded

_ACTIONS: Final = frozenset({"actions", "dataActions", "notActions", "notDataActions"})


def property_changes(resource: Recorded) -> Iterator[Change]:
    """Every change of one property, the smallest part that can be changed by itself."""
    for path, value in places(resource.inputs or {}):
        yield changed(resource, path, GONE, "drop")
        for kind, new in _others(path, value):
            yield changed(resource, path, new, kind)
        if isinstance(value, str) and value.startswith(("{", "[")):
            yield from _inside(resource, path, value)


def _others(path: Path, value: Any) -> Iterator[tuple[str, Any]]:
    if is_secret(value):
        return
    if isinstance(value, bool):
        yield "flip", not value
    elif isinstance(value, int | float):
        yield "more", value * 2 + 1
        yield "less", value // 2
        if value > 1:
            yield "none", 0
    elif isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, list):
        yield from _lists(path, value)
    elif isinstance(value, Mapping) and value:
        yield "empty", {}


def _texts(value: str) -> Iterator[tuple[str, str]]:
    if is_unknown_marker(value):
        yield "other", "another"
        return
    yield "other", f"{value}-x"
    if value:
        yield "empty", ""
    for pattern, kind in ((r"(?<![0-9])[0-9]{12}(?![0-9])", "other-account"), (_GUID, "other-id")):
        if found := re.search(pattern, value):
            last = "0" if found[0][-1] != "0" else "1"
            yield kind, value.replace(found[0], found[0][:-1] + last)
    for here, there in (("eu-west-2", "us-east-1"), ("westeurope", "eastus")):
        if here in value:
            yield "other-region", value.replace(here, there)


_GUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _lists(path: Path, value: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    if value:
        yield "empty", []
    if path[-1] in _ACTIONS:
        yield "add", [*value, "*"]
        yield "add-family", [*value, "Microsoft.Authorization/*"]
    elif value and isinstance(value[0], str):
        yield "add", [*value, f"{value[0]}-x"]


def _inside(resource: Recorded, path: Path, text: str) -> Iterator[Change]:
    """Of JSON in a text: a policy document, or any other data."""
    try:
        data = json.loads(text)
    except ValueError:
        return
    if is_document(data):
        for kind, where, document in document_changes(data):
            new = json.dumps(document)
            yield changed(resource, path, new, kind, f"{shown(path)}: {where}")
    elif isinstance(data, dict):
        held = Recorded(resource.urn, resource.type, resource.name, data, {})
        for each in property_changes(held):
            assert each.resource
            new = json.dumps(each.resource.inputs)
            yield changed(resource, path, new, each.kind, f"{shown(path)}: {each.where}")

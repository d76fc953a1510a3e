"""What of each type is emulated, only recorded, or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.provider.model.schema import Carried, Kind, Prop, TypeModel, Value, Values


@dataclass(frozen=True)
class PropertyCoverage:
    """One input by its path, such as rules.expiration.days: what becomes of it, and why if nothing does."""

    property: str
    carried: Carried
    note: str


@dataclass(frozen=True)
class TypeCoverage:
    """One type: all its inputs, and what else to know about it."""

    type: str
    properties: tuple[PropertyCoverage, ...]
    notes: tuple[str, ...]


def coverage_of(model: TypeModel) -> TypeCoverage:
    return TypeCoverage(model.token, tuple(_all(model.inputs, "")), model.notes)


def _all(props: tuple[Prop, ...], path: str) -> Iterator[PropertyCoverage]:
    for prop in props:
        if prop.carried is not Carried.EMULATED or not (prop.fields or prop.variants):
            note = prop.note if prop.carried is not Carried.EMULATED else ""
            yield PropertyCoverage(path + prop.name, prop.carried, note)
        else:
            yield from _all(prop.fields, f"{path}{prop.name}.")
            for name, fields in prop.variants.items():
                yield from _all(fields, f"{path}{prop.name}<{name}>.")


def recorded_in(props: tuple[Prop, ...], values: Values, path: str = "") -> Iterator[str]:
    """Yield the paths of what is set here and kept in the state only."""
    for prop in props:
        value = values.get(prop.name)
        if value is None or value == prop.default:
            continue
        if prop.carried is Carried.RECORDED:
            yield path + prop.name
        for item in _members(prop, value):
            yield from recorded_in(prop.fields_of(item), item, f"{path}{prop.name}.")


def _members(prop: Prop, value: Value) -> list[Values]:
    if prop.kind is Kind.OBJECT_MAP and isinstance(value, Mapping):
        value = list(value.values())
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]

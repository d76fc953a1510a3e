"""Between what a program says and what Resource Manager is told and tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.model.arm import ArmType, Shape, plain_location, same_location
from rehearsal.azure.model.facts import Facts
from rehearsal.provider.model.schema import UNKNOWN, Carried, Kind, Prop, Value, Values


def resource_path(arm: ArmType, facts: Facts, inputs: Values) -> str:
    """Return the resource id that follows from the inputs, all of which are known."""
    values = {name: str(inputs[name]).strip("/") for name in arm.placeholders if name in inputs}
    return arm.path.format_map({**values, "subscriptionId": facts.subscription})


def inputs_in(arm: ArmType, id: str) -> dict[str, Value]:
    """Return the inputs that an id tells (an import). Scopes get their slash back."""
    parts = re.split(r"\{(\w+)\}", arm.path)
    pattern = "".join(
        re.escape(part) if n % 2 == 0 else f"(?P<{part}>{'.+' if part in _SCOPES else '[^/]+'})"
        for n, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, id, re.IGNORECASE)
    told = found.groupdict() if found else {}
    told.pop("subscriptionId", None)
    return {name: f"/{value}" if name in _SCOPES else value for name, value in told.items()}


_SCOPES = frozenset({"scope", "resourceUri"})


def body_of(arm: ArmType, inputs: Values) -> dict[str, Any]:
    """Return the request that asks for these inputs."""
    body: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for prop in arm.model.inputs:
        value = inputs.get(prop.name)
        if value is None or prop.name in arm.placeholders:
            continue
        target = body if arm.beside(prop.name) else inner
        name = arm.wire.get(prop.name, prop.name).removeprefix("properties.")
        target[name] = _to_wire(arm, prop, value, prop.name)
    members = [p for p in arm.model.inputs if p.name not in arm.placeholders and not arm.beside(p.name)]
    return {**body, "properties": inner} if members else body


def _to_wire(arm: ArmType, prop: Prop, value: Value, path: str) -> Any:
    if arm.sets(path):
        return {str(item): {} for item in value}
    if prop.kind is Kind.OBJECT:
        return _object(arm, prop, value, path)
    if prop.kind is Kind.OBJECTS:
        return [_object(arm, prop, item, path) for item in value]
    if prop.kind is Kind.OBJECT_MAP:
        return {name: _object(arm, prop, item, path) for name, item in value.items()}
    return value


def _object(arm: ArmType, prop: Prop, value: Values, path: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for member in prop.fields_of(value):
        if value.get(member.name) is not None:
            here = f"{path}.{member.name}"
            result[arm.wire.get(here, member.name)] = _to_wire(arm, member, value[member.name], here)
    return result


def outputs_of(arm: ArmType, body: Mapping[str, Any]) -> dict[str, Value]:
    """Return what an answer says, as the SDK documents it. What it does not say is left out."""
    found: dict[str, Value] = {"azureApiVersion": arm.api_version}
    for name, said in arm.outputs.items():
        told, value = _pick(body, arm.wire.get(name, name))
        if told and name != "azureApiVersion":
            found[name] = _from_wire(arm, said, value, name)
    return found


def _pick(item: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    """Find a member beside `properties` or in it (the SDK flattens it where x-ms-client-flatten says so)."""
    inner = item.get("properties")
    inner = inner if isinstance(inner, Mapping) else {}
    if name.startswith("properties."):
        name = name.removeprefix("properties.")
    elif name in item:
        return True, item[name]
    return name in inner, inner.get(name)


def _from_wire(arm: ArmType, said: Shape, value: Any, path: str) -> Value:
    kind = said["kind"]
    if kind == "object" and isinstance(value, Mapping):
        return _members(arm, said, value, path)
    if kind == "objects" and isinstance(value, list):
        return [_members(arm, said, item, path) for item in value]
    if kind == "object map" and isinstance(value, Mapping):
        return {name: _members(arm, said, item or {}, path) for name, item in value.items()}
    return value


def _members(arm: ArmType, said: Shape, item: Mapping[str, Any], path: str) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for name, field in said["fields"].items():
        here = f"{path}.{name}"
        told, value = _pick(item, arm.wire.get(here, name))
        if told:
            result[name] = _from_wire(arm, field, value, here)
    return result


def inputs_of(arm: ArmType, outputs: Values) -> dict[str, Value]:
    """Return how what is there would have to be asked for."""
    result: dict[str, Value] = {}
    for prop in arm.model.inputs:
        if prop.name in arm.spread:
            value: Value = {f.name: outputs[f.name] for f in prop.fields if outputs.get(f.name) is not None}
        else:
            value = outputs.get(prop.name)
        if value is not None:
            result[prop.name] = _asked(arm, prop, value, prop.name)
    return result


def _asked(arm: ArmType, prop: Prop, value: Value, path: str) -> Value:
    if arm.sets(path):
        return sorted(value) if isinstance(value, Mapping) else value
    if prop.kind is Kind.OBJECT and isinstance(value, Mapping):
        return _asked_members(arm, prop, value, path)
    if prop.kind is Kind.OBJECTS and isinstance(value, list):
        return [_asked_members(arm, prop, item, path) for item in value]
    if prop.kind is Kind.OBJECT_MAP and isinstance(value, Mapping):
        return {name: _asked_members(arm, prop, item, path) for name, item in value.items()}
    return value


def _asked_members(arm: ArmType, prop: Prop, value: Values, path: str) -> dict[str, Value]:
    fields = prop.fields_of(value)
    return {
        f.name: _asked(arm, f, value[f.name], f"{path}.{f.name}")
        for f in fields
        if value.get(f.name) is not None
    }


def not_kept(arm: ArmType, asked: Values, live: Values) -> list[str]:
    """Return the SDK paths that were asked for and are not what is there."""
    missing: list[str] = []
    for prop in arm.model.inputs:
        if prop.name in arm.placeholders or prop.name in arm.echoed or asked.get(prop.name) is None:
            continue
        missing += _missing(arm, prop, asked[prop.name], live.get(prop.name), prop.name)
    return missing


def _missing(arm: ArmType, prop: Prop, asked: Value, live: Value, path: str) -> list[str]:
    if prop.carried is Carried.RECORDED or asked is None:
        return []
    if prop.kind is Kind.OBJECT and isinstance(live, Mapping):
        return _missing_members(arm, prop, asked, live, path)
    if prop.kind is Kind.OBJECT_MAP and isinstance(live, Mapping) and asked.keys() <= live.keys():
        return [said for name in asked for said in _missing_members(arm, prop, asked[name], live[name], path)]
    if prop.kind is Kind.OBJECTS and isinstance(live, list):
        pairs = _pairs(arm.part_of.get(path), asked, live)
        if pairs is None:
            return [path]
        return [said for one, other in pairs for said in _missing_members(arm, prop, one, other, path)]
    return [] if _alike(arm, path, asked, live) else [path]


def _missing_members(arm: ArmType, prop: Prop, asked: Values, live: Values, path: str) -> list[str]:
    return [
        said
        for f in prop.fields_of(asked)
        for said in _missing(arm, f, asked.get(f.name), live.get(f.name), f"{path}.{f.name}")
    ]


def _pairs(key: str | None, asked: list[Value], live: list[Value]) -> list[tuple[Value, Value]] | None:
    """Pair what was asked for with what is there: by order, or by a key where only a part is managed."""
    if key is None:
        return list(zip(asked, live, strict=True)) if len(asked) == len(live) else None
    there = {item.get(key): item for item in live}
    if not {item.get(key) for item in asked} <= there.keys():
        return None
    return [(item, there[item.get(key)]) for item in asked]


def _alike(arm: ArmType, path: str, asked: Value, live: Value) -> bool:
    """Compare as Resource Manager does: ids without case, empty like absent, numbers by value."""
    if path == "location" and isinstance(live, str):
        return same_location(asked, live)
    if arm.sets(path) or (isinstance(asked, list) and isinstance(live, list)):
        return sorted(map(_folded, asked or [])) == sorted(map(_folded, live or []))
    if isinstance(asked, str) and isinstance(live, str):
        return _folded(asked) == _folded(live)
    return bool(asked == live) or (asked in _EMPTY and live in _EMPTY)


_EMPTY: tuple[Value, ...] = (None, "", [], {})


def _folded(value: Value) -> str:
    text = str(value)
    return text.lower() if text.startswith("/") else text


def previewed(arm: ArmType, facts: Facts, inputs: Values, old: Values | None) -> dict[str, Value]:
    """Return every documented output: what is asked for, and UNKNOWN for all that only Azure can tell.

    In an update, what Azure once said stays.
    """
    result: dict[str, Value] = {}
    for name, said in arm.outputs.items():
        asked = inputs.get(name)
        before = None if old is None else old.get(name)
        if name == "azureApiVersion":
            result[name] = arm.api_version
        elif name in arm.part_of:
            result[name] = UNKNOWN
        elif name == "location" and (asked or facts.location):
            result[name] = asked if asked is UNKNOWN else plain_location(asked or facts.location)
        elif asked is None:
            result[name] = UNKNOWN if before is None else before
        else:
            result[name] = _foreseen(arm, said, asked, before, name)
    return result


def _foreseen(arm: ArmType, said: Shape, asked: Value, before: Value, path: str) -> Value:
    if said["kind"] == "object" and isinstance(asked, Mapping):
        there = before if isinstance(before, Mapping) else {}
        return {
            name: _foreseen(arm, field, asked[name], there.get(name), f"{path}.{name}")
            if asked.get(name) is not None
            else there.get(name, UNKNOWN)
            for name, field in said["fields"].items()
        }
    if arm.sets(path):
        return UNKNOWN
    if said["kind"] == "objects" and isinstance(asked, list):
        return [_foreseen(arm, {**said, "kind": "object"}, item, None, path) for item in asked]
    if said["kind"] == "object map" and isinstance(asked, Mapping):
        one = {**said, "kind": "object"}
        return {name: _foreseen(arm, one, item, None, path) for name, item in asked.items()}
    return asked

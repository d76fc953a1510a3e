"""What has changed in Azure since the state was written, in the words of the inputs."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.azure.model.arm import ArmType
from rehearsal.provider.model.schema import Value, Values


def drifted(type: ArmType, asked: Values, before: Values, now: Values) -> dict[str, Value]:
    """Return the inputs with every change applied that what is there has seen since.

    All three are inputs: as asked for, as they followed from the outputs so far, and from those of now.
    Azure's own defaults are in both of the latter, so that they are no change.
    """
    result = dict(asked)
    for name in {**before, **now}:
        then, there = before.get(name), now.get(name)
        if then == there or name in type.placeholders:
            continue
        key = type.part_of.get(name)
        if key is None:
            value = _changed(result.get(name), then, there)
        else:
            value = _changed_by_key(key, result.get(name) or [], then or [], there or [])
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def _changed(asked: Value, before: Value, now: Value) -> Value:
    if before == now:
        return asked
    if isinstance(asked, Mapping) and isinstance(before, Mapping) and isinstance(now, Mapping):
        found = {n: _changed(asked.get(n), before.get(n), now.get(n)) for n in {**asked, **before, **now}}
        return {name: value for name, value in found.items() if value is not None}
    lists = [value for value in (asked, before, now) if isinstance(value, list)]
    if len(lists) == 3 and len({len(items) for items in lists}) == 1:
        return [_changed(*items) for items in zip(*lists, strict=True)]
    return now


def _changed_by_key(key: str, asked: list[Value], before: list[Value], now: list[Value]) -> list[Value]:
    """Of a list of which only some members are managed, only those."""
    then, there = ({item.get(key): item for item in items} for items in (before, now))
    return [_changed(item, then.get(item.get(key)), there.get(item.get(key))) for item in asked]

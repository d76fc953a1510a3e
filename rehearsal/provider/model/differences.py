"""What has to happen so that a resource becomes what its inputs now say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.provider.model.outputs import planned, same
from rehearsal.provider.model.schema import Facts, Kind, Prop, TypeModel, Value, Values


@dataclass(frozen=True)
class Change:
    """One property path that differs; `kind` is add, delete or update; `replaces` when it cannot be
    updated.
    """

    kind: str
    replaces: bool


@dataclass(frozen=True)
class Diff:
    """All that differs. `delete_first`: the replacement has the same name, so that both cannot exist at
    once.
    """

    changes: Mapping[str, Change]
    replaces: tuple[str, ...]
    delete_first: bool

    @property
    def properties(self) -> tuple[str, ...]:
        """The top-level properties that differ, in the order of the table."""
        return tuple(dict.fromkeys(top(path) for path in self.changes))


def top(path: str) -> str:
    """Return the property a path begins with."""
    return path.split("[", 1)[0].split(".", 1)[0]


def diff(model: TypeModel, facts: Facts, old_inputs: Values, old_outputs: Values, inputs: Values) -> Diff:
    """Compare what was asked for with what is asked for now.

    Documents are compared by meaning, sets without order. Where a resource lands counts (its region), whether
    it was named by the resource or by its provider; so do default tags.
    """
    changes: dict[str, Change] = {}
    for prop in model.inputs:
        old, new = old_inputs.get(prop.name), inputs.get(prop.name)
        if prop.follows_provider and prop.otherwise and prop.otherwise.compute:
            old = old_outputs.get(prop.name) or old
            new = new or prop.otherwise.compute(facts, inputs)
        elif new is None and (old is None or prop.shared):
            continue
        if not same(prop, old, new):
            changes |= _paths(prop, old, new)
    for name in (name for name, out in model.outputs.items() if out.compared and name in old_outputs):
        tags = planned(model, facts, inputs)[name]
        if tags != (old_outputs[name] or {}):
            changes |= _paths(Prop(name, Kind.TEXT_MAP), old_outputs[name] or {}, tags)
    replaces = tuple(dict.fromkeys(top(path) for path, change in changes.items() if change.replaces))
    same_name = bool(model.identity) and all(
        old_inputs.get(name) == inputs.get(name) for name in model.identity
    )
    moved = any(prop.follows_provider and prop.name in replaces for prop in model.inputs)
    return Diff(changes, replaces, bool(replaces) and same_name and not moved)


def _paths(prop: Prop, old: Value, new: Value) -> dict[str, Change]:
    if prop.kind is Kind.TEXT_MAP and isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return {
            _key(prop.name, key): Change(_kind(old.get(key), new.get(key)), prop.replaces) for key in keys
        }
    replaces = prop.replaces or (prop.replaces_when is not None and prop.replaces_when(old, new))
    return {prop.name: Change(_kind(old, new), replaces)}


def _key(name: str, key: str) -> str:
    plain = key.replace("_", "").isalnum() and not key[0].isdigit()
    return f"{name}.{key}" if plain else f'{name}["{key}"]'


def _kind(old: Value, new: Value) -> str:
    if old is None:
        return "add"
    return "delete" if new is None else "update"

"""What a resource will give: at preview from facts and inputs, afterwards with what the cloud said."""

from __future__ import annotations

from rehearsal.provider.model.documents import same_document
from rehearsal.provider.model.schema import (
    UNKNOWN,
    Carried,
    Facts,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    has_unknown,
)


class MissingOutput(Exception):
    """The stand-in did not learn a documented output; a program would silently see None for it."""

    def __init__(self, token: str, names: list[str]) -> None:
        super().__init__(f"{token}: the stand-in cannot supply {', '.join(names)}")


def planned(model: TypeModel, facts: Facts, inputs: Values, old: Values | None = None) -> dict[str, Value]:
    """Return every documented output, UNKNOWN where only the cloud can tell, None where there is nothing.

    `old` are the outputs of the resource that is about to be updated: what the cloud once assigned stays.
    """
    facts = facts.of(inputs)
    known = dict(inputs)
    result: dict[str, Value] = {}
    for prop in model.inputs:
        value = inputs.get(prop.name)
        if value is None and prop.shared and old is not None:
            value = old.get(prop.name)
        elif value is None and prop.otherwise is not None:
            value = _value(prop.name, prop.otherwise, facts, known, old)
        known[prop.name] = value
        if prop.returned:
            result[prop.name] = value
    for name, out in model.outputs.items():
        result[name] = _value(name, out, facts, known, old)
    return result


def _value(name: str, out: Out, facts: Facts, inputs: Values, old: Values | None) -> Value:
    if out.compute is None:
        if old is None or name not in old:
            return UNKNOWN
        return UNKNOWN if any(inputs.get(need) != old.get(need) for need in out.needs) else old[name]
    if any(has_unknown(inputs.get(need)) for need in out.needs):
        return UNKNOWN
    return out.compute(facts, inputs)


def settled(model: TypeModel, plan: Values, live: Values) -> dict[str, Value]:
    """Return the plan with what the cloud really says; what means the same keeps the form it was written in.

    Raises MissingOutput when something is still unknown.
    """
    result = dict(plan)
    for name, value in live.items():
        prop = model.prop(name)
        if prop is None or not same(prop, plan.get(name), value, live=True):
            result[name] = value
    missing = sorted(name for name, value in result.items() if has_unknown(value))
    if missing:
        raise MissingOutput(model.token, missing)
    return result


def live_inputs(model: TypeModel, inputs: Values, plan: Values, live: Values) -> dict[str, Value]:
    """Return the inputs as they would have to be written to get what is really there (a refresh, an
    import).
    """
    result = {name: value for name, value in inputs.items() if value is not None}
    for prop in model.inputs:
        if prop.name not in result and plan.get(prop.name) is UNKNOWN:
            # Nobody asked for it: the cloud chose.
            continue
        if prop.name not in live or same(prop, plan.get(prop.name), live[prop.name], live=True):
            continue
        if live[prop.name] is None:
            result.pop(prop.name, None)
        else:
            result[prop.name] = live[prop.name]
    return result


def same(prop: Prop, one: Value, other: Value, *, live: bool = False) -> bool:
    """Tell whether two values of a property mean the same to the cloud.

    With `live`, `other` was read from the local cloud: what it does not keep is not compared.
    """
    if live and prop.carried is not Carried.EMULATED:
        return one is not UNKNOWN
    if one is UNKNOWN or other is UNKNOWN:
        return one is other
    if prop.alike is not None and one is not None and other is not None:
        return prop.alike(one, other)
    if prop.kind is Kind.JSON:
        return same_document(one, other)
    if prop.kind is Kind.FLAG and live:
        return bool(one) == bool(other)
    if prop.kind is Kind.OBJECT and prop.fields and (one or other) and (live or (one and other)):
        one, other = one or {}, other or {}
        return all(same(f, one.get(f.name), other.get(f.name), live=live) for f in prop.fields)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        if prop.kind is Kind.OBJECTS:
            return _same_objects(prop, one, other, live)
        if prop.unordered:
            return sorted(map(repr, one)) == sorted(map(repr, other))
    return bool(one == other) or (one in _EMPTY and other in _EMPTY)


_EMPTY: tuple[Value, ...] = (None, "", [], {})


def _same_objects(prop: Prop, one: list[Value], other: list[Value], live: bool) -> bool:
    member = Prop(prop.name, Kind.OBJECT, fields=prop.fields)
    if not prop.unordered:
        return all(same(member, a, b, live=live) for a, b in zip(one, other, strict=True))
    rest = list(other)
    for item in one:
        match = next(
            (n for n, candidate in enumerate(rest) if same(member, item, candidate, live=live)), None
        )
        if match is None:
            return False
        del rest[match]
    return True

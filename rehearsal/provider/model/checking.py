"""The check of inputs: names, forms, limits; and their defaults. No cloud is asked."""

from __future__ import annotations

from math import isfinite
from typing import Any

from rehearsal.provider.model.documents import as_text
from rehearsal.provider.model.rules import nearest
from rehearsal.provider.model.schema import (
    UNKNOWN,
    Carried,
    Failure,
    Kind,
    Prop,
    TypeModel,
    Value,
    Values,
    has_unknown,
)

INTERNAL = ("__defaults", "__internal", "__meta")
"""Keys engines and older states carry beside the properties."""


def check(model: TypeModel, inputs: Values) -> tuple[dict[str, Value], list[Failure]]:
    """Return the inputs as they will be used, defaults filled in, and everything that is wrong with them.

    What is not known yet is not judged; it is when it is known.
    """
    checked, failures = _members(model.inputs, inputs, "", what=model.token)
    if not failures:
        known = {name: value for name, value in checked.items() if value is not None}
        for rule in model.rules:
            failures += rule(known)
    return checked, failures


def _members(
    props: tuple[Prop, ...], given: Values, path: str, *, what: str
) -> tuple[dict[str, Value], list[Failure]]:
    checked: dict[str, Value] = {}
    failures: list[Failure] = []
    names = {prop.name for prop in props}
    for name in given:
        if name not in names and name not in INTERNAL:
            failures.append(
                Failure(path + name, f"{what} has no such property; nearest: {nearest(name, names)}")
            )
    for prop in props:
        value = given.get(prop.name)
        if value is None:
            if prop.required:
                said = "is required" + (f": {prop.note}" if prop.note else "")
                failures.append(Failure(path + prop.name, said))
            elif prop.default is not None:
                checked[prop.name] = prop.default
            continue
        if prop.carried is Carried.REFUSED:
            failures.append(Failure(path + prop.name, f"is not played by the stand-in: {prop.note}"))
            continue
        checked[prop.name], wrong = _one(prop, value, path + prop.name)
        failures += wrong
    return checked, failures


def _one(prop: Prop, value: Value, path: str) -> tuple[Value, list[Failure]]:
    if value is UNKNOWN:
        return UNKNOWN, []
    if prop.kind is Kind.JSON and isinstance(value, dict):
        value = as_text(value)
        if value is UNKNOWN:
            return UNKNOWN, []
    if prop.kind is Kind.OBJECT and isinstance(value, dict):
        value, failures = _object(prop, value, path)
    elif prop.kind is Kind.OBJECT_MAP and isinstance(value, dict):
        value, failures = _each_of(prop, value, path)
    elif prop.kind is Kind.OBJECTS and isinstance(value, list):
        value, failures = _each(prop, value, path)
    else:
        value, said = _FORMS[prop.kind](value)
        failures = [Failure(path, said)] if said else []
    if not failures and prop.rule is not None and not has_unknown(value):
        said = prop.rule(value)
        failures = [Failure(path, said)] if said else []
    return value, failures


def _object(prop: Prop, value: Values, path: str) -> tuple[dict[str, Value], list[Failure]]:
    if prop.by and value.get(prop.by) not in prop.variants:
        if value.get(prop.by) is UNKNOWN:
            return dict(value), []
        said = f"must be one of {', '.join(prop.variants)}; is {value.get(prop.by)!r}"
        return dict(value), [Failure(f"{path}.{prop.by}", said)]
    return _members(prop.fields_of(value), value, f"{path}.", what=prop.name)


def _each_of(prop: Prop, values: Values, path: str) -> tuple[dict[str, Value], list[Failure]]:
    names = list(values)
    checked, failures = _each(prop, [values[name] for name in names], path)
    for number, name in enumerate(names):
        here = f"{path}[{number}]"
        failures = [
            Failure(f"{path}.{name}" + f.property.removeprefix(here), f.reason)
            if f.property.startswith(here)
            else f
            for f in failures
        ]
    return dict(zip(names, checked, strict=True)), failures


def _each(prop: Prop, values: list[Value], path: str) -> tuple[list[Value], list[Failure]]:
    checked: list[Value] = []
    failures: list[Failure] = []
    for number, item in enumerate(values):
        here = f"{path}[{number}]"
        if item is UNKNOWN:
            checked.append(UNKNOWN)
        elif isinstance(item, dict):
            members, wrong = _object(prop, item, here)
            checked.append(members)
            failures += wrong
        else:
            failures.append(Failure(here, "must be an object"))
    return checked, failures


def _text(value: Any) -> tuple[Value, str | None]:
    return value, None if isinstance(value, str) else f"must be a text, is a {_form(value)}"


def _number(value: Any) -> tuple[Value, str | None]:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return value, f"must be a whole number, is a {_form(value)}"
    return int(value), None


def _decimal(value: Any) -> tuple[Value, str | None]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return value, f"must be a number, is a {_form(value)}"
    return value, None


def _flag(value: Any) -> tuple[Value, str | None]:
    return value, None if isinstance(value, bool) else f"must be true or false, is a {_form(value)}"


def _texts(value: Any) -> tuple[Value, str | None]:
    if isinstance(value, list) and all(isinstance(item, str) or item is UNKNOWN for item in value):
        return value, None
    return value, "must be a list of texts"


def _numbers(value: Any) -> tuple[Value, str | None]:
    if isinstance(value, list) and all(item is UNKNOWN or _number(item)[1] is None for item in value):
        return value, None
    return value, "must be a list of whole numbers"


def _any(value: Any) -> tuple[Value, str | None]:
    return value, None


def _text_map(value: Any) -> tuple[Value, str | None]:
    if isinstance(value, dict) and all(isinstance(v, str) or v is UNKNOWN for v in value.values()):
        return value, None
    return value, "must be a map from text to text"


def _wrong_form(expected: str) -> Any:
    return lambda value: (value, f"must be {expected}, is a {_form(value)}")


def _form(value: Any) -> str:
    names = {str: "text", bool: "flag", int: "number", float: "number", list: "list", dict: "map"}
    return names.get(type(value), type(value).__name__)


_FORMS = {
    Kind.TEXT: _text,
    Kind.JSON: _text,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _decimal,
    Kind.FLAG: _flag,
    Kind.TEXTS: _texts,
    Kind.TEXT_MAP: _text_map,
    Kind.NUMBERS: _numbers,
    Kind.ANY: _any,
    Kind.OBJECT: _wrong_form("an object"),
    Kind.OBJECT_MAP: _wrong_form("a map of objects"),
    Kind.OBJECTS: _wrong_form("a list of objects"),
}

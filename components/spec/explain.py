"""Turns what pydantic found into problems with file, line, key and a fix."""

from __future__ import annotations

import json
import re
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.spec.problems import Path, Problem, choices
from components.spec.strict_yaml import Document

ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(model: type[ModelT], document: Document, at: Path = ()) -> tuple[ModelT | None, list[Problem]]:
    """Build the model from what the document holds at a path; None and the problems when it is not right.

    Values go in as JSON: lists become tuples and words become enums there, and nothing else is coerced.
    """
    value: Any = document.value
    for part in at:
        value = value[part]
    try:
        return model.model_validate_json(json.dumps(value)), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [_problem(model, document, at, value, detail) for detail in found]


def _problem(
    model: type[BaseModel], document: Document, at: Path, value: Any, detail: ErrorDetails
) -> Problem:
    path = (*at, *detail["loc"])
    context = detail.get("ctx", {})
    kind = detail["type"]
    given = detail["input"]
    if kind == "qlz":
        where = (*path, context["at"]) if context.get("at") else path
        return document.problem(where, context["message"], context["fix"])
    if kind == "missing":
        what = _describe(model, detail["loc"])
        return document.problem(path, "is missing", f"add {detail['loc'][-1]}: ({what})")
    if kind == "extra_forbidden":
        allowed = _fields(model, detail["loc"][:-1])
        return document.problem(path, "is not a known key", choices(str(detail["loc"][-1]), allowed))
    if kind in {"enum", "literal_error"}:
        allowed = re.findall(r"'([^']*)'", str(context["expected"]))
        return document.problem(path, f"{_shown(given)} is not allowed", choices(str(given), allowed))
    if kind in _TYPES:
        return document.problem(
            path, f"is {_named(given)}, not {_TYPES[kind]}", _type_fix(document, path, kind, given)
        )
    if kind in _BOUNDS:
        limit = next(
            iter(v for k, v in context.items() if k in {"ge", "le", "gt", "lt", "min_length", "max_length"})
        )
        return document.problem(path, f"is {_BOUNDS[kind]} ({limit})", _describe(model, detail["loc"]))
    return document.problem(
        path, detail["msg"][:1].lower() + detail["msg"][1:], _describe(model, detail["loc"])
    )


_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": "less than the least that is allowed",
    "less_than_equal": "more than the most that is allowed",
    "string_too_short": "shorter than allowed",
    "string_too_long": "longer than allowed",
    "too_short": "shorter than allowed",
    "too_long": "longer than allowed",
}


def _named(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "a truth value"
        case int():
            return f"the number {value}"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _shown(value: Any) -> str:
    return value[:60] if isinstance(value, str) else _named(value)


def _type_fix(document: Document, path: Path, kind: str, given: Any) -> str:
    if kind == "string_type" and isinstance(given, bool | int) and (line := document.quoted_line(path)):
        return f"write it in quotes: {line}"
    if kind in {"int_type", "bool_type"} and isinstance(given, str):
        scalar = document.scalars.get(path)
        return "remove the quotes" if scalar is not None and scalar.quoted else ""
    if kind == "tuple_type":
        return "write it as a list: [one, two]"
    return ""


def _annotation_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside Optional[...], tuple[..., ...] and Annotated[...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in typing.get_args(annotation) if (m := _annotation_model(part))), None)


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        if current is None or part not in current.model_fields:
            return None
        current = _annotation_model(current.model_fields[part].annotation)
    return current


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    found = _model_at(model, path)
    return [name for name, info in found.model_fields.items() if not info.exclude] if found else []


def _describe(model: type[BaseModel], path: Path) -> str:
    """The field's own description, as the hint what to write."""
    names = [part for part in path if isinstance(part, str)]
    owner = _model_at(model, tuple(names[:-1])) if names else None
    info = owner.model_fields.get(names[-1]) if owner else None
    return (info.description or "").rstrip(".") if info else ""

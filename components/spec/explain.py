"""Turns what pydantic found into problems with file, line, key and a fix."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components.spec.descriptions import described
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
    loc, owner = _follow(model, detail["loc"])
    path = (*at, *loc)
    context = detail.get("ctx", {})
    kind = detail["type"]
    given = detail["input"]
    if kind == "qlz":
        where = (*path, context["at"]) if context.get("at") else path
        return document.problem(where, context["message"], context["fix"])
    if kind == "missing":
        return document.problem(path, "is missing", f"add {loc[-1]}: ({_describe(owner, loc)})")
    if kind == "extra_forbidden":
        return document.problem(path, "is not a known key", choices(str(loc[-1]), _fields(owner)))
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _tag_problem(document, path, kind, context, given)
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
        return document.problem(path, f"is {_BOUNDS[kind]} ({limit})", _describe(owner, loc))
    return document.problem(path, detail["msg"][:1].lower() + detail["msg"][1:], _describe(owner, loc))


def _tag_problem(
    document: Document, path: Path, kind: str, context: Mapping[str, Any], given: Any
) -> Problem:
    """The word that says which of several shapes a mapping has is missing, or is none of them."""
    key = str(context["discriminator"]).strip("'")
    if kind == "union_tag_not_found":
        return document.problem((*path, key), "is missing", f"add {key}: it says which shape this has")
    allowed = re.findall(r"'([^']*)'", str(context["expected_tags"]))
    return document.problem(
        (*path, key), f"{_shown(given.get(key))} is not allowed", choices(str(context["tag"]), allowed)
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


def _follow(model: type[BaseModel], loc: Path) -> tuple[Path, type[BaseModel] | None]:
    """Where an error is in the file, and the model that has (or lacks) the last key.

    Among several shapes pydantic names the one it took, which no file says in that place.
    """
    path: list[str | int] = []
    inside: type[BaseModel] | None = model
    owner: type[BaseModel] | None = None
    shapes: dict[str, type[BaseModel]] = {}
    for part in loc:
        if part in shapes:
            inside, shapes = shapes[str(part)], {}
            continue
        path.append(part)
        if isinstance(part, str):
            owner, info = inside, inside.model_fields.get(part) if inside else None
            shapes = _shapes(info)
            inside = _annotation_model(info.annotation) if info else None
    return tuple(path), owner


def _shapes(info: FieldInfo | None) -> dict[str, type[BaseModel]]:
    """The shapes a mapping may have, by the word that tells them apart."""
    if info is None or not isinstance(info.discriminator, str):
        return {}
    members: list[type[BaseModel]] = list(typing.get_args(info.annotation))
    return {
        str(word): member
        for member in members
        for word in typing.get_args(member.model_fields[info.discriminator].annotation)
    }


def _fields(owner: type[BaseModel] | None) -> list[str]:
    return [name for name, info in owner.model_fields.items() if not info.exclude] if owner else []


def _describe(owner: type[BaseModel] | None, path: Path) -> str:
    """The field's own description, as the hint what to write."""
    names = [part for part in path if isinstance(part, str)]
    return described(owner).get(names[-1], "").rstrip(".") if owner and names else ""

"""The field types that stack files and charters share, each with its own sentence when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """Base of all spec models: frozen, no unknown keys, no coercion of one type into another.

    The docstring below a field is its description: see `components.spec.descriptions`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def wrong(message: str, fix: str = "", *, at: str = "") -> PydanticCustomError:
    """An error whose text goes to the reader as it is; ``at`` names the key of a mapping it is about."""
    return PydanticCustomError("qlz", "{message}", {"message": message, "fix": fix, "at": at})


def _matching(pattern: str, message: str, fix: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)  # digits of other scripts look like ours and are none

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(message, fix)
        return value

    return AfterValidator(check)


_PLACEHOLDERS = re.compile(
    r"(to-?do|tbd|tba|fix-?me|change-?me|replace-?me|x{2,}|placeholder|your[-_. ]?\w*|example|foo|bar|none"
    r"|n/?a|unknown|\?+|…|\.+|-+)",
    re.IGNORECASE,
)


def _no_placeholder(value: str) -> str:
    local = value.partition("@")[0].strip()
    if _PLACEHOLDERS.fullmatch(local) or (value.startswith("<") and value.endswith(">")):
        raise wrong(f"{value} is a placeholder", "write the real value")
    return value


def _one_line(value: str) -> str:
    if value != value.strip() or "\n" in value:
        raise wrong("has spaces at its ends or more than one line", "one line, no spaces around it")
    return value


def _iso_date(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise wrong(f"{value} is not a date", 'write it as "YYYY-MM-DD", in quotes')
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise wrong(f"{value} is no day of the calendar", 'write it as "YYYY-MM-DD"') from error
    if not isinstance(value, date):
        raise wrong("is not a date", 'write it as "YYYY-MM-DD", in quotes')
    if not 2020 <= value.year < 2100:
        raise wrong(f"{value} is far from today", "a day between 2020 and 2099")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", value
    ):
        raise wrong("is not an instant", 'write it in UTC, as "YYYY-MM-DDThh:mm:ssZ", in quotes')
    try:
        found = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise wrong(f"{value} does not exist", 'write it as "YYYY-MM-DDThh:mm:ssZ"') from error
    if not 2020 <= found.year < 2100:
        raise wrong(f"{value} is far from today", "an instant between 2020 and 2099")
    return found


_T = TypeVar("_T")


def unique(key: Callable[[_T], object] = lambda item: item, *, what: str = "an entry") -> AfterValidator:
    """Refuses a list that says the same thing twice."""

    def check(items: tuple[_T, ...]) -> tuple[_T, ...]:
        seen: set[object] = set()
        for item in items:
            if (mark := key(item)) in seen:
                raise wrong(f"names {what} twice: {mark}", "keep one of them")
            seen.add(mark)
        return items

    return AfterValidator(check)


Date = Annotated[
    date,
    BeforeValidator(_iso_date),
    Field(json_schema_extra={"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
]
"""A day, written in quotes as "YYYY-MM-DD": the CLI turns an unquoted one into a timestamp."""

Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    Field(
        json_schema_extra={
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
        }
    ),
]
"""A second of UTC, written in quotes as "YYYY-MM-DDThh:mm:ssZ"."""

AccountId = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^\d{12}$"}),
    _matching(
        r"(?!(\d)\1{11})\d{12}",
        "is not an AWS account id",
        'twelve digits in quotes, such as "111122223333"',
    ),
]
"""Twelve digits, in quotes: unquoted, a leading zero is lost."""

_EMAIL = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,62}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"

Email = Annotated[
    str,
    Field(json_schema_extra={"format": "email"}, max_length=128),
    AfterValidator(_no_placeholder),
    _matching(_EMAIL, "is not an e-mail or group address", "an address such as team@example.org"),
]
"""The address of a person or, better, of a group."""

Sentence = Annotated[
    str,
    Field(min_length=1, max_length=400),
    AfterValidator(_one_line),
    AfterValidator(_no_placeholder),
    _matching(r".{8,}", "says too little", "one sentence that a reviewer understands"),
]
"""One sentence for people."""

Text = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(_one_line), AfterValidator(_no_placeholder)
]
"""A few words on one line."""

CostCentre = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"}),
    AfterValidator(_no_placeholder),
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}",
        "is not a cost centre",
        "letters, digits and . _ / -, at most 64, such as CC-1001",
    ),
]
"""Goes into tags as it is."""

MAX_NAME = 40
"""Longest name of a project or an environment; together they may be shorter still."""

_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"

Name = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^{_NAME}$"}, max_length=MAX_NAME),
    _matching(
        _NAME, "is not a name", "lower-case letters, digits and single hyphens, beginning with a letter"
    ),
]
"""Part of the names of resources, so lower case, digits and hyphens."""

Digits = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^[1-9]\d{0,18}$"}),
    _matching(r"[1-9]\d{0,18}", "is not a numeric id", 'digits in quotes, such as "123456789"'),
]
"""A numeric id of the CI system, in quotes."""

Usd = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^(0|[1-9]\d{0,6})(\.\d?[1-9])?$"}),
    _matching(
        r"(0|[1-9]\d{0,6})(\.\d?[1-9])?",
        "is not an amount as AWS writes it",
        'dollars in quotes, no zeros at the end of a fraction: "250", "0.5" or "0"',
    ),
]
"""US dollars, in quotes, in the one form that clouds give back: "250", "99.95" or "0"."""

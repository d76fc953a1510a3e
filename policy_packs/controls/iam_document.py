"""IAM policy documents, parsed and understood; never searched as text.

A document is read in all the forms AWS takes (one statement or a list, one action or a list, any letter case
of an action, escapes in the JSON) and refused, as CannotDecide, in any form it does not know. Wildcards mean
what they mean to IAM: `*` stands for any run of characters, `:` and `/` among them, `?` for one. Source: IAM
User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from policy_packs.controls.control import CannotDecide, why_unknown
from policy_packs.controls.value import Value, is_unknown_marker

_ELEMENTS: Final = frozenset(
    [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ]
)
# Operators by which a condition pins a key to the listed values, as long as no value holds a wildcard.
# Neither
# `ForAllValues` nor `...IfExists` does: both hold where the key is missing.
_PINNING: Final = frozenset(
    f"{qualifier}{operator}"
    for qualifier in ("", "foranyvalue:")
    for operator in ("stringequals", "stringlike", "arnequals", "arnlike")
)
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}?")
_WILDCARD: Final = re.compile(r"[*?]")
_SOURCES: Final = ("aws:sourceaccount", "aws:sourcearn", "kms:calleraccount")


@dataclass(frozen=True)
class Condition:
    """`operator` and `key` in lower case, as IAM compares them; a set qualifier stays in the operator."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    number: int
    sid: str
    allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: Mapping[str, tuple[str, ...]]  # AWS, Service, Federated, CanonicalUser; {"*": ("*",)} for all
    not_principals: bool
    conditions: tuple[Condition, ...]

    @property
    def label(self) -> str:
        return f"statement {self.sid}" if self.sid else f"statement {self.number}"

    def may(self, *actions: str) -> tuple[str, ...]:
        """Which of the named actions the statement speaks of. They are written out, without wildcards."""
        if self.not_actions:
            return tuple(a for a in actions if not any(covers(p, a, fold=True) for p in self.not_actions))
        return tuple(
            a
            for a in actions
            if a.lower() in self._written_out or any(overlap(p, a, fold=True) for p in self._patterns)
        )

    @cached_property
    def _written_out(self) -> frozenset[str]:
        """Its actions in lower case."""
        return frozenset(action.lower() for action in self.actions)

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(action for action in self.actions if _WILDCARD.search(action))

    def pinned(self, key: str) -> tuple[str, ...]:
        """The values to which conditions pin a key.

        Empty if it is open, or a value is a wildcard or a variable.
        """
        found = [c.values for c in self.conditions if c.key == key.lower() and c.operator in _PINNING]
        values = min(found, key=len, default=())
        return () if any(mark in value for value in values for mark in ("*", "?", "${")) else values

    def sourced(self, account: str) -> bool:
        """Whether a condition keeps a service to work on behalf of an account, whoever asks it.

        Its id or the ARN of something in it; patterns count as long as they leave the account alone.
        """
        return any(
            condition.operator in _PINNING
            and bool(condition.values)
            and (condition.key in _SOURCES or condition.key.startswith("kms:encryptioncontext:"))
            and all(account in (value, *value.split(":")[4:5]) for value in condition.values)
            for condition in self.conditions
        )

    def everyone(self) -> bool:
        """Whether a principal is everybody: `*` alone, or `*` as any kind of principal."""
        return self.not_principals or any("*" in name for names in self.principals.values() for name in names)


@dataclass(frozen=True)
class Document:
    statements: tuple[Statement, ...]
    version: str = field(default="2008-10-17", compare=False)
    """The older one, IAM's own default, takes a policy variable for plain text."""

    def allows(self) -> Iterator[Statement]:
        return (statement for statement in self.statements if statement.allow)

    def denies(self) -> Iterator[Statement]:
        return (statement for statement in self.statements if not statement.allow)

    def permits(self, action: str) -> bool:
        """Whether an identity policy lets an action through on some resource.

        Allowed, and not denied outright.
        """
        return not self.forbids(action) and any(each.may(action) for each in self.allows())

    def forbids(self, action: str) -> bool:
        """Whether an action is denied on every resource, whatever else is allowed."""
        return any(
            not each.allow
            and not each.conditions
            and "*" in each.resources
            and (
                any(covers(pattern, action, fold=True) for pattern in each.actions)
                or bool(each.not_actions and each.may(action))
            )
            for each in self.statements
        )


def read_document(value: Value) -> Document:
    """The document in a property, JSON text or an object.

    CannotDecide if unknown, malformed or of unknown form.
    """
    if not value.known:
        raise CannotDecide(why_unknown(value))
    if value.absent:
        raise CannotDecide(f"{value.path} is missing")
    data: object = value.plain()
    name = value.path or "the policy"
    return _read_text(data, name) if isinstance(data, str) else document_of(data, name)


@lru_cache(maxsize=4096)
def _read_text(text: str, name: str) -> Document:
    """Read once, however many controls look at it."""
    return document_of(_load(text, name), name)


def document_of(data: object, name: str) -> Document:
    """The document in JSON data. name: what it is called. CannotDecide if of unknown form."""
    if (
        not isinstance(data, dict)
        or not set(data) <= {"Version", "Id", "Statement"}
        or "Statement" not in data
    ):
        raise CannotDecide(f"{name} is not an IAM policy document")
    if data.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        raise CannotDecide(f"{name} has a Version that IAM does not know")
    statements = data["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    parsed = tuple(_statement(each, number, name) for number, each in enumerate(listed, 1))
    return Document(parsed, str(data.get("Version", "2008-10-17")))


def gives_to_notebooks(statement: Statement, region: str) -> bool:
    """Whether it allows grants on keys to nothing but SageMaker itself, for volumes of notebooks."""
    for_aws = any(
        (each.operator, each.key, each.values) == ("bool", "kms:grantisforawsresource", ("true",))
        for each in statement.conditions
    )
    through = {each.values for each in statement.conditions if each.key == "kms:viaservice"}
    return (
        {action.lower() for action in statement.actions} == {"kms:creategrant"}
        and not statement.not_actions
        and for_aws
        and through == {(f"sagemaker.{region}.amazonaws.com",)}
        and statement.pinned("kms:ViaService") != ()
    )


@lru_cache(maxsize=65536)
def covers(pattern: str, text: str, *, fold: bool = False) -> bool:
    """Whether an IAM pattern matches a whole text; `fold` where case does not count, as for actions."""
    return overlap(pattern, text.replace("*", "\x00").replace("?", "\x00"), fold=fold)


@lru_cache(maxsize=65536)
def overlap(one: str, other: str, *, fold: bool = False) -> bool:
    """Whether some text matches both of two IAM patterns."""
    return _meet(one.lower(), other.lower(), False) if fold else _meet(one, other, False)


def opened(pattern: str) -> str:
    """A pattern with its policy variables, `${aws:PrincipalTag/x}`, as the wildcards they may amount to."""
    return _VARIABLE.sub("*", pattern) if "${" in pattern else pattern


def reaches(pattern: str, shape: str) -> bool:
    """Whether an IAM pattern can match an ARN of a shape, whose own `*` stay within one segment (no `:`)."""
    return _meet(opened(pattern), shape, True)


@lru_cache(maxsize=65536)
def _meet(one: str, other: str, segmented: bool) -> bool:
    """Walk two patterns together; `segmented` keeps the second one's `*` from matching `:`."""
    plain = min(_plain_letters(one), _plain_letters(other))
    if one[:plain] != other[:plain]:
        return False
    seen: set[tuple[int, int]] = set()
    todo = [(plain, plain)]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        i, j = state
        a = one[i] if i < len(one) else ""
        b = other[j] if j < len(other) else ""
        if not a and not b:
            return True
        if a == "*":
            todo.append((i + 1, j))
            if b and b != "*":
                todo.append((i, j + 1))
        if b == "*":
            todo.append((i, j + 1))
            if a and a != "*" and not (segmented and a == ":"):
                todo.append((i + 1, j))
        if (
            a
            and b
            and "*" not in (a, b)
            and (a == b or a == "?" or (b == "?" and not (segmented and a == ":")))
        ):
            todo.append((i + 1, j + 1))
    return False


def _plain_letters(pattern: str) -> int:
    """How many letters stand before its first wildcard."""
    found = _WILDCARD.search(pattern)
    return found.start() if found else len(pattern)


def _load(text: str, name: str) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise CannotDecide(f"{name} says the same element twice")
        return found

    if is_unknown_marker(text):
        raise CannotDecide(f"{name} holds a part that is unknown at preview")
    try:
        return json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise CannotDecide(f"{name} is not valid JSON") from None


def _statement(data: object, number: int, name: str) -> Statement:
    where = f"{name}, statement {number},"
    if not isinstance(data, dict):
        raise CannotDecide(f"{where} is not an object")
    strange = sorted(set(data) - _ELEMENTS)
    if strange:
        raise CannotDecide(f"{where} has an element IAM does not know: {', '.join(strange)}")
    if data.get("Effect") not in ("Allow", "Deny"):
        raise CannotDecide(f"{where} has an Effect that is neither Allow nor Deny")
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")):
        if one in data and other in data:
            raise CannotDecide(f"{where} has both {one} and {other}")
    if "Action" not in data and "NotAction" not in data:
        raise CannotDecide(f"{where} names no action")
    sid = data.get("Sid", "")
    return Statement(
        number=number,
        sid=sid if isinstance(sid, str) else "",
        allow=data["Effect"] == "Allow",
        actions=_texts(data.get("Action", []), where),
        not_actions=_texts(data.get("NotAction", []), where),
        resources=_texts(data.get("Resource", []), where),
        not_resources=_texts(data.get("NotResource", []), where),
        principals=_principals(data.get("Principal", {}), where),
        not_principals="NotPrincipal" in data,
        conditions=tuple(_conditions(data.get("Condition", {}), where)),
    )


def _principals(data: object, where: str) -> dict[str, tuple[str, ...]]:
    if data == "*":
        return {"*": ("*",)}
    if not isinstance(data, dict):
        raise CannotDecide(f"{where} has a principal of unknown form")
    return {str(kind): _texts(names, where) for kind, names in data.items()}


def _conditions(data: object, where: str) -> Iterator[Condition]:
    if not isinstance(data, dict):
        raise CannotDecide(f"{where} has conditions of unknown form")
    for operator, tests in data.items():
        if not isinstance(tests, dict):
            raise CannotDecide(f"{where} has conditions of unknown form")
        for key, values in tests.items():
            yield Condition(str(operator).lower(), str(key).lower(), _texts(values, where))


def _texts(data: object, where: str) -> tuple[str, ...]:
    parts: Iterable[object] = data if isinstance(data, list) else [data]
    texts = []
    for part in parts:
        if isinstance(part, bool):
            texts.append("true" if part else "false")
        elif isinstance(part, str | int | float):
            texts.append(str(part))
        else:
            raise CannotDecide(f"{where} has an entry that is no text")
    return tuple(texts)

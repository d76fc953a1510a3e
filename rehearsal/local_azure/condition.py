"""Conditions of role assignments: which roles, and to whom, a principal may give or take.

Only what limits role assignments is understood: `ActionMatches` on writing and deleting them, and their
RoleDefinitionId, PrincipalId and PrincipalType, of the request or the resource. Anything else is refused
when the assignment is made, never ignored.
Source: learn.microsoft.com/azure/role-based-access-control/conditions-format and
conditions-authorization-actions-attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rehearsal.local_azure.errors import bad_request

WRITE = "microsoft.authorization/roleassignments/write"
DELETE = "microsoft.authorization/roleassignments/delete"
ATTRIBUTES = ("roledefinitionid", "principalid", "principaltype")


@dataclass(frozen=True)
class Asked:
    """What is being done: the action, and the attributes of the assignment asked for and of the one there.

    Keys of the attributes are in lower case; a GUID is written without its path.
    """

    action: str
    request: Mapping[str, str]
    resource: Mapping[str, str]


Test = Callable[[Asked], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<op>\(|\)|\{|\}|,|!|&&|\|\|)|(?P<attribute>@\w+\[[^\]]*\])|'(?P<string>[^']*)'|(?P<word>[\w:.\-]+))"
)
_ATTRIBUTE = re.compile(r"@(request|resource)\[microsoft\.authorization/roleassignments:(\w+)\]", re.I)

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "guidequals": lambda a, b: a.lower() == b.lower(),
    "guidnotequals": lambda a, b: a.lower() != b.lower(),
    "stringequals": lambda a, b: a == b,
    "stringequalsignorecase": lambda a, b: a.lower() == b.lower(),
    "stringnotequals": lambda a, b: a != b,
    "stringnotequalsignorecase": lambda a, b: a.lower() != b.lower(),
}


@lru_cache(maxsize=256)
def parse(text: str) -> Test:
    """Read a condition. Raises ArmError for what is not understood."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._at = 0

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._refusal(f"near {text[at : at + 30]!r}")
            tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            at = match.end()
        return tokens

    def _refusal(self, where: str) -> Exception:
        return bad_request(
            f"The condition is not one that the local Azure understands, {where}.",
            "RoleAssignmentConditionNotValid",
        )

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, *values: str) -> str:
        value = self._peek()[1]
        if values and value.upper() not in values:
            raise self._refusal(f"at {value!r} where {' or '.join(values)} should be")
        self._at += 1
        return value

    def whole(self) -> Test:
        test = self._or()
        if self._peek()[0] != "end":
            raise self._refusal(f"at {self._peek()[1]!r}")
        return test

    def _or(self) -> Test:
        tests = [self._and()]
        while self._peek()[1].upper() in ("OR", "||"):
            self._take()
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda asked: any(test(asked) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._peek()[1].upper() in ("AND", "&&"):
            self._take()
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else lambda asked: all(test(asked) for test in tests)

    def _not(self) -> Test:
        if self._peek()[1].upper() in ("!", "NOT"):
            self._take()
            inner = self._not()
            return lambda asked: not inner(asked)
        return self._one()

    def _one(self) -> Test:
        kind, value = self._peek()
        if value == "(" and kind == "op":
            self._take()
            inner = self._or()
            self._take(")")
            return inner
        if kind == "word" and value.lower() == "actionmatches":
            self._take()
            actions = {action.lower() for action in self._set()}
            if not actions <= {WRITE, DELETE}:
                raise self._refusal(f"at ActionMatches of {', '.join(sorted(actions))}")
            return lambda asked: asked.action in actions
        if kind == "attribute":
            return self._comparison()
        raise self._refusal(f"at {value!r}" if value else "at its end")

    def _set(self) -> list[str]:
        self._take("{")
        values = []
        while True:
            kind, value = self._peek()
            if kind not in ("string", "word"):
                raise self._refusal(f"at {value!r} where a value should be")
            values.append(self._take())
            if self._take(",", "}") == "}":
                return values

    def _comparison(self) -> Test:
        written = self._take()
        match = _ATTRIBUTE.fullmatch(written)
        if match is None or match[2].lower() not in ATTRIBUTES:
            raise self._refusal(f"at the attribute {written}")
        source, name = match[1].lower(), match[2].lower()
        quantifier, _, operator = self._take().rpartition(":")
        try:
            of_all_values = {"foranyofanyvalues": False, "foranyofallvalues": True, "": False}[
                quantifier.lower()
            ]
            same = _OPERATORS[operator.lower()]
        except KeyError:
            raise self._refusal(f"at the operator {quantifier}:{operator}") from None
        values = self._set() if self._peek()[1] == "{" else [self._take()]

        def test(asked: Asked) -> bool:
            attributes = asked.request if source == "request" else asked.resource
            told = attributes.get(name)
            # An attribute that is not there meets no condition, not even an inequality.
            if told is None:
                return False
            return (all if of_all_values else any)(same(told, value) for value in values)

        return test

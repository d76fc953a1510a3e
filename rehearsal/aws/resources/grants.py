"""Whether a resource policy admits an AWS service: AWS asks before it takes a trail or a log group's key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any


def admits(policy: str, service: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Tell whether some statement allows `service` the action on the resource, and none denies it by name.

    `context` holds the condition keys of the call in lower case. A condition on any other key, or with an
    operator that is not a plain comparison, counts as not met: what cannot be decided does not admit.
    """
    allowed = False
    for statement in _statements(json.loads(policy)):
        if not (_names_service(statement, service) and _matches(statement, "Action", action)):
            continue
        if not (_matches(statement, "Resource", resource) and _conditions_met(statement, context)):
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = True
    return allowed


def _statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    statements = document.get("Statement") or []
    yield from statements if isinstance(statements, list) else [statements]


def _names_service(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if principal == "*":
        return True
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return service in _list(named)


def _matches(statement: dict[str, Any], part: str, value: str) -> bool:
    ignore_case = re.IGNORECASE if part == "Action" else 0
    if part in statement:
        return any(_glob(pattern, value, ignore_case) for pattern in _list(statement[part]))
    excluded = statement.get(f"Not{part}")
    if excluded is None:
        return False
    return not any(_glob(pattern, value, ignore_case) for pattern in _list(excluded))


def _glob(pattern: str, value: str, flags: int = 0) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, value, flags | re.DOTALL) is not None


_EXACT = ("StringEquals", "ArnEquals", "ArnLike", "StringLike", "Bool")
_NEGATED = ("StringNotEquals", "ArnNotEquals", "ArnNotLike", "StringNotLike")


def _conditions_met(statement: dict[str, Any], context: Mapping[str, str]) -> bool:
    for operator, tests in (statement.get("Condition") or {}).items():
        for key, expected in tests.items():
            present = context.get(key.lower())
            base = operator.removesuffix("IfExists")
            if present is None:
                if base != operator or (base in _NEGATED):
                    continue
                return False
            hit = any(_glob(str(pattern), present) for pattern in _list(expected))
            if base not in _EXACT + _NEGATED or hit is (base in _NEGATED):
                return False
    return True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

"""A small evaluator of IAM policies, for tests: explicit deny, then allow, within a boundary.

It knows the operators our policies use and raises on any other: nothing passes by being misunderstood.
Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
Context = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Request:
    """One check: an action on a resource, with its context. Principal: an ARN, or a service's name."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)
    principal: str = ""


def decide(documents: Iterable[Document], request: Request) -> str:
    """deny, allow or none: what these policies say together."""
    found = "none"
    for document in documents:
        for statement in document["Statement"]:
            if applies(statement, request):
                if statement["Effect"] == "Deny":
                    return "deny"
                found = "allow"
    return found


def applies(statement: Document, request: Request) -> bool:
    """Whether a statement is about the request."""
    about_resources = "Resource" in statement or "NotResource" in statement
    return (
        _principal(statement, request)
        and _listed(statement, "Action", request.action, request, ignore_case=True)
        and (not about_resources or _listed(statement, "Resource", request.resource, request))
        and all(
            _condition(operator, key, values, request)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _principal(statement: Document, request: Request) -> bool:
    if "Principal" not in statement:
        return True
    named = statement["Principal"]
    if named == "*":
        return True
    names = [name for kind in named.values() for name in _list(kind)]
    account = re.match(r"arn:aws:(iam|sts)::(\d{12}):", request.principal)
    root = f"arn:aws:iam::{account[2]}:root" if account else ""
    return request.principal in names or root in names


def _listed(
    statement: Document, key: str, value: str, request: Request, *, ignore_case: bool = False
) -> bool:
    wanted = key in statement
    patterns = _list(statement[key if wanted else f"Not{key}"])
    return any(like(pattern, value, request, ignore_case=ignore_case) for pattern in patterns) is wanted


def like(pattern: str, value: str, request: Request, *, ignore_case: bool = False) -> bool:
    """IAM's wildcards, with variables filled in; a variable nobody set matches nothing."""
    text = ""
    for part in re.split(r"(\$\{[^}]+\}|[*?])", pattern):
        if part.startswith("${"):
            filled = request.context.get(part[2:-1])
            if not isinstance(filled, str):
                return False
            text += re.escape(filled)
        else:
            text += {"*": ".*", "?": "."}.get(part) or re.escape(part)
    return re.fullmatch(text, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _exact(pattern: str, value: str, request: Request) -> bool:
    return like(re.sub(r"[*?]", "\0", pattern), value.translate({42: "\0", 63: "\0"}), request)


_MATCH: dict[str, Callable[[str, str, Request], bool]] = {
    "StringEquals": _exact,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": _exact,
    "DateLessThan": lambda end, now, _: now < end,
    "DateGreaterThanEquals": lambda start, now, _: now >= start,
}
"""Instants are all written as YYYY-MM-DDThh:mm:ssZ, so that text compares as time does."""
_NEGATED = {"StringNotEquals": _exact, "StringNotLike": like, "ArnNotEquals": like, "ArnNotLike": like}


def _condition(operator: str, key: str, values: Any, request: Request) -> bool:
    wanted, given = _list(values), request.context.get(key)
    if operator == "Null":
        return (given is None) is (wanted == ["true"])
    if operator.startswith("ForAllValues:"):
        match = _MATCH[operator.partition(":")[2]]
        return all(any(match(want, value, request) for want in wanted) for value in _list(given or []))
    if operator.startswith("ForAnyValue:"):
        match = _MATCH[operator.partition(":")[2]]
        return any(any(match(want, value, request) for want in wanted) for value in _list(given or []))
    if operator.endswith("IfExists"):
        return given is None or _condition(operator.removesuffix("IfExists"), key, values, request)
    if operator in _NEGATED:
        match = _NEGATED[operator]
        return given is None or not any(match(want, str(given), request) for want in wanted)
    match = _MATCH[operator]
    return given is not None and any(match(want, str(given), request) for want in wanted)


@dataclass(frozen=True)
class Role:
    """A role with what is attached to it, its boundary and its tags."""

    arn: str
    identity: tuple[Document, ...]
    boundary: Document | None
    tags: Mapping[str, str]

    def may(
        self, action: str, *resources: str, resource_policy: Document | None = None, **context: Any
    ) -> bool:
        """Whether it may, on every resource. Context keys are written with __ for : and ___ for /."""
        return all(self._may(action, resource, resource_policy, context) for resource in resources)

    def _may(
        self, action: str, resource: str, resource_policy: Document | None, context: Mapping[str, Any]
    ) -> bool:
        request = Request(
            action,
            resource,
            {
                "aws:RequestedRegion": "eu-west-2",
                "aws:SecureTransport": "true",
                "aws:PrincipalArn": self.arn,
                **{f"aws:PrincipalTag/{key}": value for key, value in self.tags.items()},
                **{key.replace("___", "/").replace("__", ":"): value for key, value in context.items()},
            },
            self.arn,
        )
        decisions = [decide(self.identity, request)]
        if self.boundary is not None:
            decisions.append(decide([self.boundary], request))
        if resource_policy is not None and decide([resource_policy], request) == "deny":
            return False
        return all(decision == "allow" for decision in decisions)

    def with_policies(self, *documents: Document) -> Role:
        """The role with more attached."""
        return Role(self.arn, (*self.identity, *documents), self.boundary, self.tags)

"""Mutants of policy documents: each allows more, or denies less, than the document did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Weaker = tuple[str, str, Any]
"""What was done, where, and the new whole."""

_NEGATED: Final = {
    "StringEquals": "StringNotEquals",
    "StringNotEquals": "StringEquals",
    "StringLike": "StringNotLike",
    "StringNotLike": "StringLike",
    "ArnEquals": "ArnNotEquals",
    "ArnNotEquals": "ArnEquals",
    "ArnLike": "ArnNotLike",
    "ArnNotLike": "ArnLike",
    "IpAddress": "NotIpAddress",
    "NotIpAddress": "IpAddress",
}
_EXACT: Final = {"StringEquals": "StringLike", "ArnEquals": "ArnLike"}


def is_document(data: Any) -> bool:
    return isinstance(data, Mapping) and "Statement" in data and isinstance(data["Statement"], list)


def document_changes(document: Mapping[str, Any]) -> Iterator[Weaker]:
    """Every way to weaken one statement."""
    statements = document["Statement"]
    for number, statement in enumerate(statements):
        label = statement.get("Sid") or f"{statement['Effect']} {number}"
        rest = [*statements[:number], None, *statements[number + 1 :]]

        def whole(new: Any, rest: list[Any] = rest) -> dict[str, Any]:
            kept = [new if each is None else each for each in rest]
            return {**document, "Statement": [each for each in kept if each is not _NO_STATEMENT]}

        if statement["Effect"] == "Deny":
            yield "drop-statement", label, whole(_NO_STATEMENT)
            yield "allow", label, whole({**statement, "Effect": "Allow"})
        for kind, where, new in _statement_changes(statement):
            yield kind, f"{label} {where}", whole(new)


_NO_STATEMENT: Final = object()


def _statement_changes(statement: Mapping[str, Any]) -> Iterator[Weaker]:
    allows = statement["Effect"] == "Allow"
    for element in ("Action", "Resource", "Principal", "NotAction", "NotResource", "NotPrincipal"):
        if element in statement:
            broad = allows != element.startswith("Not")  # a longer list makes it weaker
            for kind, value in (_longer if broad else _shorter)(element, statement[element]):
                yield kind, element, {**statement, element: value}
    if allows:
        for element in ("Action", "Resource"):
            if element in statement and statement[element] != "*":
                others = {key: value for key, value in statement.items() if key != element}
                yield "all-but-one", element, {**others, f"Not{element}": ["nothing:Nothing"]}
    yield from _condition_changes(statement, allows)


def _longer(element: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Speak of more."""
    if element.endswith("Principal"):
        if value != "*":
            yield "everyone", "*"
            for kind, names in value.items():
                listed = names if isinstance(names, list) else [names]
                more = "arn:aws:iam::999999999999:root" if kind == "AWS" else f"{listed[0]}-x"
                yield "add-principal", {**value, kind: [*listed, more]}
        return
    listed = value if isinstance(value, list) else [value]
    if listed == ["*"]:
        return
    yield "all", "*"
    if element.endswith("Action"):
        service = listed[0].partition(":")[0]
        if f"{service}:*" not in listed:
            yield "all-of-service", [*listed, f"{service}:*"]
        for number, action in enumerate(listed):
            if not action.endswith("*"):
                verb = action[: action.index(":") + 4] + "*"
                yield "prefix", [*listed[:number], verb, *listed[number + 1 :]]
                break
        there = {each.partition(":")[0] for each in listed}
        yield "add-action", [*listed, "kms:CreateGrant" if "kms" not in there else "glue:CreateJob"]
    else:
        wider = listed[0].rsplit(":", 1)[0] + ":*"
        if wider not in listed:
            yield "add-resource", [*listed, wider]


def _shorter(element: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Speak of less."""
    if element.endswith("Principal"):
        if value in ("*", {"AWS": "*"}):
            yield "one-principal", {"AWS": "arn:aws:iam::999999999999:root"}
        return
    listed = value if isinstance(value, list) else [value]
    if len(listed) > 1:
        for number in range(len(listed)):
            yield "drop-one", [*listed[:number], *listed[number + 1 :]]
    yield "only-another", ["braket:Nothing"] if element.endswith("Action") else ["arn:aws:s3:::nothing"]


def _condition_changes(statement: Mapping[str, Any], allows: bool) -> Iterator[Weaker]:
    conditions = statement.get("Condition", {})
    if allows and conditions:
        others = {key: value for key, value in statement.items() if key != "Condition"}
        yield "drop-conditions", "Condition", others
    for operator, tests in conditions.items():
        for key, values in tests.items():
            where = f"{operator} {key}"
            rest = {name: each for name, each in tests.items() if name != key}
            kept = {
                **{k: v for k, v in conditions.items() if k != operator},
                **({operator: rest} if rest else {}),
            }
            if allows:
                yield "drop-key", where, {**statement, "Condition": kept}
            for kind, new, found in _tests(operator, values, allows):
                there = {**kept.get(new, {}), key: found}
                yield kind, where, {**statement, "Condition": {**kept, new: there}}
    if not allows:
        more = {
            **conditions,
            "StringEquals": {**conditions.get("StringEquals", {}), "aws:username": "nobody"},
        }
        yield "add-condition", "Condition", {**statement, "Condition": more}


def _another(value: str) -> str:
    """A value of the same form that nobody meant."""
    if value.startswith("arn:"):
        parts = value.split(":", 5)
        return ":".join([*parts[:4], "999999999999", f"{parts[5].partition('/')[0]}/another"])
    return "192.0.2.0/24" if re.fullmatch(r"[0-9./]+", value) else f"{value}-x"


def _tests(operator: str, values: Any, allows: bool) -> Iterator[tuple[str, str, Any]]:
    """Kind, operator and values of a test that holds more often (allows) or less often (denies)."""
    plain = operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:").removesuffix("IfExists")
    qualifier = operator.partition(":")[0] + ":" if ":" in operator else ""
    listed = values if isinstance(values, list) else [values]
    negative = "Not" in plain
    if plain in _NEGATED:
        suffix = "IfExists" if operator.endswith("IfExists") else ""
        yield "negate", f"{qualifier}{_NEGATED[plain]}{suffix}", values
    if allows and not operator.endswith("IfExists") and not qualifier and plain not in ("Null",):
        yield "if-exists", f"{operator}IfExists", values
    if not allows and operator.endswith("IfExists") and not negative:
        yield "only-if-exists", operator.removesuffix("IfExists"), values
    if qualifier == "ForAnyValue:" and allows:
        yield "for-all", operator.replace("ForAnyValue:", "ForAllValues:"), values
    if qualifier == "ForAllValues:" and not allows:
        yield "for-any", operator.replace("ForAllValues:", "ForAnyValue:"), values
    if plain in _EXACT and any(sign in str(each) for each in listed for sign in "*?"):
        yield "like", operator.replace(plain, _EXACT[plain]), values
    if plain in ("Bool", "Null"):
        yield "flip", operator, "false" if str(listed[0]).lower() == "true" else "true"
    elif allows != negative:
        yield "any-value", operator.replace("Equals", "Like"), "*"
        yield "add-value", operator, [*listed, _another(str(listed[0]))]
    else:
        for number in range(len(listed)) if len(listed) > 1 else ():
            yield "drop-value", operator, [*listed[:number], *listed[number + 1 :]]
        yield "other-value", operator, ["another"]

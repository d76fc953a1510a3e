"""Policy documents and other JSON texts: what they have to be."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from rehearsal.aws.model.rules import Rule


class Attached(Enum):
    """What a policy is attached to decides which parts its statements have."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"


def policy(limit: int, attached: Attached, *, ignore_space: bool = False) -> Rule:
    """Demand a policy document of at most `limit` characters (`ignore_space`: IAM does not count white
    space).
    """

    def rule(value: Any) -> str | None:
        said = json_text(value)
        if said:
            return said
        size = len("".join(value.split())) if ignore_space else len(value)
        if size > limit:
            return f"must have at most {limit} characters, has {size}"
        return _statements(json.loads(value), attached)

    return rule


def json_text(value: Any) -> str | None:
    """Demand JSON."""
    try:
        json.loads(value)
    except ValueError as error:
        return f"must be JSON: {error}"
    return None


def _statements(document: Any, attached: Attached) -> str | None:
    if not isinstance(document, dict):
        return "must be a policy document: a JSON object with Version and Statement"
    if document.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        return f"Version must be 2012-10-17 or 2008-10-17; is {document['Version']!r}"
    for extra in document.keys() - {"Version", "Id", "Statement"}:
        return f"{extra} is not a part of a policy document"
    statements = document.get("Statement")
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        said = _statement(statement, attached)
        if said:
            return f"Statement[{number}] {said}"
    return None if statements else "must have at least one Statement"


_PARTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"}
_PARTS |= {"Resource", "NotResource", "Condition"}


def _statement(statement: Any, attached: Attached) -> str | None:
    if not isinstance(statement, dict):
        return "must be an object"
    for extra in statement.keys() - _PARTS:
        return f"has {extra}, which is not a part of a statement"
    if statement.get("Effect") not in ("Allow", "Deny"):
        return "must have Effect Allow or Deny"
    if ("Action" in statement) == ("NotAction" in statement):
        return "must have Action or NotAction, one of them"
    named = "Principal" in statement or "NotPrincipal" in statement
    about = ("Resource" in statement) + ("NotResource" in statement)
    if attached is Attached.IDENTITY and named:
        return "may not have a Principal: it is attached to one"
    if attached is not Attached.IDENTITY and not named:
        return "must have a Principal"
    if attached is Attached.TRUST and about:
        return "may not have a Resource: it is attached to one"
    if attached is not Attached.TRUST and about != 1:
        return "must have Resource or NotResource, one of them"
    return None

"""JSON texts: writing them, and when two of them mean the same."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.provider.model.schema import UNKNOWN, Value, has_unknown


def as_text(value: Value) -> Value:
    """A document given as an object becomes JSON text; unknown as a whole when anything in it is."""
    if isinstance(value, str):
        return value
    if has_unknown(value):
        return UNKNOWN
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"))


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def same_document(one: Value, other: Value) -> bool:
    """Compare JSON texts by meaning: spacing, key order, and for policies a list of one against its member.

    AWS stores and returns policies in its own form; the real provider compares them like this, too.
    """
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        return bool(_canonical(json.loads(one)) == _canonical(json.loads(other)))
    except ValueError:
        return False


_SETS = {"Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated", "CanonicalUser"}


def _canonical(value: Any, key: str = "", inside_condition: bool = False) -> Any:
    if isinstance(value, dict):
        condition = inside_condition or key == "Condition"
        return {name: _canonical(item, name, condition) for name, item in value.items()}
    if key == "Principal" and value == "*":
        return {"AWS": ["*"]}
    if key in _SETS or inside_condition:
        members = value if isinstance(value, list) else [value]
        return sorted(
            (str(m).lower() if isinstance(m, bool) else str(m) for m in members),
        )
    if key == "Statement" and not isinstance(value, list):
        return [_canonical(value)]
    return [_canonical(item) for item in value] if isinstance(value, list) else value

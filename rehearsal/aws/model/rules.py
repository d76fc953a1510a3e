"""Rules for single values: AWS's own limits, from the API reference of the service named in each table."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.provider.model.rules import Rule, all_of, between, longest, matches, nearest, one_of

__all__ = [
    "ACCOUNT_ID",
    "REGION",
    "Rule",
    "all_of",
    "arn",
    "between",
    "longest",
    "matches",
    "nearest",
    "one_of",
    "tags",
]


def arn(*services: str) -> Rule:
    """Allow ARNs of these services."""
    start = re.compile(rf"arn:aws[a-z-]*:({'|'.join(services)}):\S*")
    return lambda value: (
        None if start.fullmatch(value) else f"must be an ARN of {' or '.join(services)}; is {value!r}"
    )


ACCOUNT_ID = matches(r"\d{12}", "must be an account id of 12 digits")
REGION = matches(r"[a-z]{2,3}(-[a-z]+)+-\d", "must be a region such as eu-west-2")


def tags(value: dict[str, Any]) -> str | None:
    """At most 50 tags, keys of 1 to 128 characters, values of at most 256, none beginning with aws:."""
    if len(value) > 50:
        return f"must be at most 50 tags, are {len(value)}"
    for key, text in value.items():
        if not 1 <= len(key) <= 128:
            return f"tag keys have 1 to 128 characters; {key[:20]!r}… has {len(key)}"
        if key.lower().startswith("aws:"):
            return f"tag keys may not begin with aws:; {key!r} does"
        if isinstance(text, str) and len(text) > 256:
            return f"tag values have at most 256 characters; that of {key!r} has {len(text)}"
    return None

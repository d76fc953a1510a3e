"""Rules for single values, and names that look alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

Rule = Callable[[Any], str | None]


def between(low: int, high: int, unit: str = "") -> Rule:
    """Allow low ≤ value ≤ high."""
    said = f"must be between {low} and {high}{f' {unit}' if unit else ''}"
    return lambda value: None if low <= value <= high else f"{said}, is {value}"


def one_of(*allowed: str | int) -> Rule:
    """Allow these values only."""
    said = "must be one of " + ", ".join(str(value) for value in allowed)
    return lambda value: None if value in allowed else f"{said}; is {value!r}"


def matches(pattern: str, said: str, longest: int | None = None) -> Rule:
    """Allow texts that match the whole pattern, up to a length."""
    compiled = re.compile(pattern)

    def rule(value: Any) -> str | None:
        if longest is not None and len(value) > longest:
            return f"must have at most {longest} characters, has {len(value)}"
        return None if compiled.fullmatch(value) else f"{said}; is {value!r}"

    return rule


def longest(limit: int) -> Rule:
    """Allow texts up to a length in characters."""
    return lambda value: (
        None if len(value) <= limit else f"must have at most {limit} characters, has {len(value)}"
    )


def all_of(*rules: Rule) -> Rule:
    """The first rule that objects speaks."""
    return lambda value: next((said for rule in rules if (said := rule(value)) is not None), None)


def nearest(name: str, known: Collection[str]) -> str:
    """Say which known names look like a wrong one."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return ", ".join(close) if close else ", ".join(sorted(known))

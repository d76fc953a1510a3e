"""Why a mutant may survive: one reason for a pattern of mutants, each of a class that says what it counts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final

from tests.mutation.running import Result

DATA: Final = Path(__file__).resolve().parent / "reasons.json"
CLASSES: Final = {
    "not a guard": "Nothing is safer or less safe by it.",
    "tightens": "It takes away, ends sooner or is told earlier; people notice it at work.",
    "same": "The cloud, or the engine, takes it for what it was.",
    "held": "Something beside the packs holds it, or another guard that stays says the same.",
    "open": "A guard that no control holds yet.",
}


@dataclass(frozen=True)
class Reason:
    """types and names: patterns as of file names; kinds: names; where: a regular expression for all of it."""

    of: str
    why: str
    types: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    where: str = ".*"
    names: tuple[str, ...] = ("*",)

    def matches(self, result: Result) -> bool:
        return (
            (not self.kinds or result.kind in self.kinds)
            and any(fnmatchcase(result.type, pattern) for pattern in self.types)
            and any(fnmatchcase(result.name, pattern) for pattern in self.names)
            and re.fullmatch(self.where, result.where) is not None
        )


@cache
def reasons() -> tuple[Reason, ...]:
    """All of them, in the order in which they are tried."""
    return tuple(
        Reason(
            row["class"],
            row["why"],
            tuple(row["types"]),
            tuple(row.get("kinds", ())),
            row.get("where", ".*"),
            tuple(row.get("names", ("*",))),
        )
        for row in json.loads(DATA.read_text(encoding="utf-8"))["reasons"]
    )


@cache
def reason_for(result: Result) -> Reason | None:
    """The first reason that a mutant may survive; None where there is none."""
    return next((each for each in reasons() if each.matches(result)), None)

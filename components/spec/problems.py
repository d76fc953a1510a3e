"""What is wrong in a stack file or charter, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    file: relative to the project's root, with forward slashes. line: from 1 (0: the file as a whole).
    key: the key path, such as ``config.qlz:spec.aws.account``; empty when no key is concerned.
    message: what is wrong. fix: what is allowed or what to write.
    blocks: False for what is only to be shown (an overdue review outside the regulated tiers, G3).
    """

    file: str
    line: int
    key: str
    message: str
    fix: str = ""
    blocks: bool = True

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = self.key.removeprefix("config.")
        text = ": ".join(part for part in (place, key, self.message) if part)
        return f"{text}\n    fix: {self.fix}" if self.fix else text


class SpecError(Exception):
    """A stack file, its charter or what they name is not right. Holds every problem found, in file order.

    ``str(error)`` is what a terminal prints, one problem after another.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def key_text(path: Path) -> str:
    """("config", "qlz:spec", "oidc", 0, "url") -> config.qlz:spec.oidc[0].url"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """'did you mean X? ' when a near word is allowed, else nothing, as for an allowed word."""
    allowed = list(allowed)
    if word in allowed:
        return ""  # to compare it with hundreds takes long
    near = difflib.get_close_matches(word.lower(), {a.lower(): a for a in allowed}, n=1, cutoff=0.6)
    names = {a.lower(): a for a in allowed}
    return f"did you mean {names[near[0]]}? " if near else ""


def choices(word: str, allowed: Iterable[str]) -> str:
    """A fix for a word outside a list: the nearest one first, then all of them."""
    names = list(allowed)
    return f"{did_you_mean(word, names)}allowed: {', '.join(names)}"

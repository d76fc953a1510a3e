"""Dates in stack files and charters that have passed: ends, reviews, contracts, retired devices (G3, R3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from components.spec import LoadedStack, Problem
from qlz.check.files.rules import TIME, finding
from qlz.check.report import Finding


def dates(stacks: Iterable[LoadedStack], tightening: Collection[str], today: date) -> Iterator[Finding]:
    """What is wrong because of the day, each once however many stacks go by the file.

    It blocks where the tier says so, unless every stack that it blocks is among those whose change only
    tightens.
    """
    found: dict[tuple[str, int, str, str], list[tuple[str, Problem]]] = {}
    for loaded in stacks:
        for problem in loaded.time_problems(today):
            place = (problem.file, problem.line, problem.key, problem.message)
            found.setdefault(place, []).append((loaded.name, problem))
    for (file, line, key, message), told in sorted(found.items()):
        blocked = sorted(name for name, problem in told if problem.blocks)
        hard = [name for name in blocked if name not in tightening]
        names = ", ".join(hard or sorted(name for name, _ in told))
        soft = "; it stops nothing here, for the change only tightens" if blocked and not hard else ""
        yield finding(
            TIME.id,
            f"{key.removeprefix('config.qlz:spec.')}: {message} ({names}){soft}",
            file,
            line,
            key=key,
            fix=told[0][1].fix,
            level="mandatory" if hard else "advisory",
        )

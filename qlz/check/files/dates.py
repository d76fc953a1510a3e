"""Dates in stack files and charters that have passed: ends, reviews, contracts, retired devices (G3, R3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from components.spec import AnyProject, LoadedStack, Problem
from qlz.check.files.rules import TIME, finding
from qlz.check.report import Finding, StackReport

_CONTROLS: Final = (
    (re.compile(r"next_review|last_review"), ("qlz-g3-review-overdue", "qlz-g3-review-planned")),
    (re.compile(r"start|end"), ("qlz-c1-lifetime",)),
    (re.compile(r"contract\.(expires|verified)"), ("qlz-r3-contract-current",)),
    (re.compile(r"accepted\[[0-9]+\]\.expires"), ("qlz-g4-accepted-current",)),
)
"""Keys whose days a policy judges, too."""


@dataclass(frozen=True)
class Dated(Finding):
    """What a policy says of the same day, where it is in force and the stack is judged.

    controls: that may say it. owners: the stacks whose own file or charter it stands in, of those that count.
    """

    controls: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def dates(stacks: Iterable[LoadedStack], tightening: Collection[str], today: date) -> Iterator[Finding]:
    """What is wrong because of the day, each once however many stacks go by the file.

    It blocks where the tier says so, unless every stack that it blocks is among those whose change only
    tightens.
    """
    found: dict[tuple[str, int, str, str], list[tuple[LoadedStack, Problem]]] = {}
    for loaded in stacks:
        for problem in loaded.time_problems(today):
            place = (problem.file, problem.line, problem.key, problem.message)
            found.setdefault(place, []).append((loaded, problem))
    for (file, line, key, message), told in sorted(found.items()):
        blocked = sorted(loaded.name for loaded, problem in told if problem.blocks)
        hard = [name for name in blocked if name not in tightening]
        counted = hard or sorted(loaded.name for loaded, _ in told)
        soft = "; it stops nothing here, for the change only tightens" if blocked and not hard else ""
        short = key.removeprefix("config.qlz:spec.")
        said = finding(
            TIME.id,
            f"{short}: {message} ({', '.join(counted)}){soft}",
            file,
            line,
            key=key,
            fix=told[0][1].fix,
            level="mandatory" if hard else "advisory",
        )
        controls = next((ids for keys, ids in _CONTROLS if keys.fullmatch(short)), ())
        owners = (loaded.name for loaded, _ in told if file in _own(loaded) and loaded.name in counted)
        yield Dated(**vars(said), controls=controls, owners=tuple(owners))


def once(findings: Iterable[Finding], reports: Sequence[StackReport]) -> list[Finding]:
    """The findings without those of days that a policy has told of every stack whose day it is.

    A policy that an exception covers has told it, and what it found is approved. One that was not asked, as
    of a program that breaks, or that counts less, has not.
    """
    said = {
        (report.stack, control, each.counts or bool(each.excepted))
        for report in reports
        for each in report.findings
        for control in (each.rule, each.message.partition(":")[0] if each.excepted else each.rule)
    }

    def is_told(one: Dated, owner: str) -> bool:
        enough = (True,) if one.counts else (True, False)
        return any((owner, control, much) in said for control in one.controls for much in enough)

    def is_double(one: Finding) -> bool:
        return isinstance(one, Dated) and bool(one.owners) and all(is_told(one, each) for each in one.owners)

    return [one for one in findings if not is_double(one)]


def _own(loaded: LoadedStack) -> tuple[str, ...]:
    stack = loaded.stack
    charter = (f"stacks/charters/{stack.spec.charter}.yaml",) if isinstance(stack, AnyProject) else ()
    return (loaded.file, *charter)

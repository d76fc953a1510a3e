"""What the mutants say, for people: the rates, and every survivor by its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tests.mutation.reasons import CLASSES, Reason, reason_for, reasons
from tests.mutation.running import Result

_HEAD = """# Mutants of the real stacks

Every stack in `stacks/` is changed in one place at a time: a resource dropped or unprotected, a property
dropped, emptied, flipped, raised, lowered or replaced, a statement of a policy widened, a condition loosened,
a reference bent to another resource, an order given up. Each change is judged by all mandatory controls, at
the first preview and once all is made; a mutant is killed where some control says no that did not before.
Guards are all mutants but those that survive for a reason that makes them none; of the guards {rate:.2%} are
killed.

This page is written by `python -m scripts.mutation --write`. The tests judge a sample of the mutants of five
stacks, always the same; `make exhaustive` judges all of them. The reasons are in
`tests/mutation/reasons.json`: a survivor without one fails the tests, and so does one that matches nothing.
"""


def guard_rate(results: Sequence[Result]) -> float:
    """Killed, of all that are a guard's: killed, or surviving without a reason that makes them none."""
    killed = sum(each.killed for each in results)
    left = sum(not each.killed and _class(each) in ("open", "") for each in results)
    if not killed + left:
        return 1.0 if results else 0.0  # nothing is a guard there
    return killed / (killed + left)


def summary(results: Sequence[Result]) -> str:
    """The rates as text."""
    undecided = sum(each.undecided for each in results)
    killed = sum(each.killed for each in results)
    lines = [
        f"{len(results)} mutants, {killed} killed ({undecided} of them because a control cannot decide)",
        f"of guards {guard_rate(results):.2%} killed",
        *(f"  {name}: {text}" for name, text in _by(results, _stack)),
        *(f"  {name}: {text}" for name, text in _by(results, lambda each: each.kind)),
    ]
    return "\n".join(lines) + "\n"


def page(results: Sequence[Result]) -> str:
    """docs/mutation.md."""
    parts = [
        _HEAD.format(rate=guard_rate(results)),
        "## By stack\n",
        _table(("Stack", "Killed of all, of guards"), _by(results, _stack)),
        "## By kind of change\n",
        _table(("Change", "Killed of all, of guards"), _by(results, lambda each: each.kind)),
        "## What survives, and why\n",
    ]
    for name, meaning in CLASSES.items():
        found = [each for each in reasons() if each.of == name]
        rows = [(each.why, _survivors(results, each)) for each in found]
        parts += [f"### {name.capitalize()}\n", f"{meaning}\n", _table(("Why", "Mutants, and where"), rows)]
    return "\n".join(parts).rstrip() + "\n"


def _class(result: Result) -> str:
    reason = reason_for(result)
    return reason.of if reason else ""


def _stack(result: Result) -> str:
    return f"{result.stack}, {'made' if result.made else 'first preview'}"


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> list[tuple[str, str]]:
    groups: dict[str, list[Result]] = {}
    for each in results:
        groups.setdefault(key(each), []).append(each)
    return [
        (name, f"{sum(e.killed for e in group)} of {len(group)}, {guard_rate(group):.1%}")
        for name, group in sorted(groups.items())
    ]


def _survivors(results: Sequence[Result], reason: Reason) -> str:
    mine = [each for each in results if not each.killed and reason_for(each) is reason]
    places = Counter(f"{_short(each.type)} {each.where.partition(': ')[0] or each.kind}" for each in mine)
    return f"{len(mine)}: {', '.join(f'`{place}` ({count})' for place, count in sorted(places.items()))}"


def _short(type_token: str) -> str:
    return type_token.rpartition(":")[2]


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    def line(cells: tuple[str, str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    return "\n".join([line(head), "|---|---|", *(line(row) for row in rows)]) + "\n"

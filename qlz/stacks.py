"""Reading the stacks a command names, in the order in which they must come up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from components.spec import AnyProject, LoadedStack, Problem, SpecError, load_stack
from policy_packs.controls.exceptions import tightens


def load_all(root: Path, names: Sequence[str]) -> list[LoadedStack]:
    """The named stacks, environments before the projects in them.

    Raises SpecError with the problems of all of them: a person mends them in one go.
    """
    loaded: list[LoadedStack] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        try:
            loaded.append(load_stack(root, name))
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return sorted(loaded, key=lambda stack: isinstance(stack.stack, AnyProject))


def blocking_time_problems(loaded: LoadedStack, today: date) -> tuple[Problem, ...]:
    """What refuses, because of the day, whatever widens or adds (G3): nothing, where the operator says that
    the change of the stack only tightens."""
    if tightens(loaded.name):
        return ()
    return tuple(problem for problem in loaded.time_problems(today) if problem.blocks)

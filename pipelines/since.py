"""What a branch brought since a commit, merge by merge.

    python -m pipelines.since COMMIT…

is given what was applied, or tried, from now back to what succeeded. It prints that last commit where this
branch itself was at each of them lately, and nothing where that cannot be told: a manual run, a first push, a
forced one, a commit of a branch that was merged. Then every stack is meant, and none that only tightens.

The files now are compared with those of every commit since, not with the first alone: an apply that ended
half-way may have made what a later merge took back, and that differs from the first in nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from qlz.check.changed import touched
from qlz.check.git import Base, line
from qlz.check.selection import Selection
from qlz.exit_codes import CommandError

ROOT: Final = Path(__file__).parents[1]
MOST: Final = 100
"""Commits that are looked back."""


def commits(root: Path, since: str) -> tuple[str, ...]:
    """That commit and all after it but HEAD, newest first; none where it is not one of this branch's own.

    Raises CommandError (bad input) where git cannot tell.
    """
    before = line(root, MOST + 1)[1:]
    return before[: before.index(since) + 1] if since in before else ()


def selection(root: Path, there: Sequence[str], before: Sequence[str]) -> Selection:
    """The stacks that differ from any of these commits; those tighten that widen none of them.

    Raises CommandError (bad input) where git cannot tell.
    """
    found = [touched(root, there, Base.of(root, each)) for each in before]
    names = tuple(name for name in there if any(name in each.names for each in found))
    return Selection(
        names,
        tightening=frozenset(
            name for name in names if all(name in each.tightening or name not in each.names for each in found)
        ),
    )


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    tried = sys.argv[1:] if arguments is None else arguments
    try:
        head = line(root, 1)
        known = bool(tried) and all(each in head or commits(root, each) for each in tried)
        if known and commits(root, tried[-1]):
            print(tried[-1])
            return 0
    except CommandError as problem:
        print(f"since: {problem}", file=sys.stderr)
        return 2
    print("since: what came before cannot be told, so every stack is meant", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

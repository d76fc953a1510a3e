"""Mutants of the real stacks: one guard removed or weakened at a time, and whether some control says no.

``python -m scripts.mutation`` prints how many are killed, by stack and kind, and lists the survivors that no
reason explains; ``--write`` writes docs/mutation.md, ``--check`` says whether that page is still true.
``--stack sandbox`` looks at one stack and, to stand alone, brings its environment up first;
``--one-of 10`` takes every tenth mutant.

Exit code 1 where a survivor has no reason, or the page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from components.spec import load_stack
from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.mutation.page import page, summary
from tests.mutation.reasons import reason_for
from tests.mutation.recording import every_stack, record
from tests.mutation.running import Result, run, survivors

PAGE = Path(__file__).parents[1] / "docs" / "mutation.md"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mutation",
        description="Change the real stacks, one guard at a time, and see whether some control says no.",
        epilog="Example: python -m scripts.mutation --stack optimus-sandbox --one-of 10",
    )
    parser.add_argument("--stack", action="append", default=[], help="only this stack; may be repeated")
    parser.add_argument("--one-of", type=int, default=1, metavar="N", help="one of so many mutants")
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    parser.add_argument("--check", action="store_true", help="say whether docs/mutation.md is true")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.stack) - set(every_stack()))
    if unknown or given.one_of < 1 or ((given.write or given.check) and (given.stack or given.one_of > 1)):
        parser.error(
            f"no such stack: {unknown[0]}" if unknown else "the page is about all mutants of all stacks"
        )
    results = collect(given.stack, given.one_of)
    sys.stdout.write(summary(results))
    left = [each for each in survivors(results) if reason_for(each) is None]
    for each in left:
        sys.stdout.write(f"no reason: {each}\n")
    if given.write:
        PAGE.write_text(page(results), encoding="utf-8")
    stale = given.check and PAGE.read_text(encoding="utf-8") != page(results)
    if stale:
        sys.stderr.write("docs/mutation.md is out of date: python -m scripts.mutation --write\n")
    return 1 if left or stale else 0


def collect(stacks: Sequence[str] = (), one_of: int = 1) -> list[Result]:
    """Record the stacks, with the environments that they read, and judge their mutants."""
    wanted = tuple(stacks) or every_stack()
    needed = {load_stack(PROJECT_ROOT, each).environments[0].name for each in stacks} | set(wanted)
    recordings = record([each for each in every_stack() if each in needed])
    return [each for found in recordings if found.stack in wanted for each in run(found, one_of)]


if __name__ == "__main__":
    sys.exit(main())

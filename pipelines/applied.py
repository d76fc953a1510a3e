"""Whether a change of a stack only tightens what is there, by what its own state says was applied.

    pulumi stack history --stack NAME --json | python -m pipelines.applied STACK

prints the stack where every apply, from the last that succeeded, ran the pipeline's command on a clean commit
that this one comes after, and the files now widen none of those commits. It prints nothing where one of these
cannot be told. The state is written by the identities that apply, so no pull request, event or variable has a
word in it.

Exit codes: 0 fine, 1 what is applied is later than this commit, 2 the history cannot be read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.spec import stack_names
from pipelines.since import ROOT, selection
from qlz.check.git import Base, line
from qlz.exit_codes import CommandError

OURS: Final = frozenset({"stack", "non-interactive", "yes"})
"""Options of `pulumi up` in cloud.sh. With another, such as --target, it may apply less than is written."""
_FLAG: Final = "pulumi.flag."
_OPTION: Final = "pulumi.env.PULUMI_OPTION_"


@dataclass(frozen=True)
class Attempt:
    """One apply. commit: empty where the state does not name one. plain: done as the pipelines do it."""

    commit: str
    plain: bool


class Unreadable(Exception):
    """The history has another shape."""


def attempts(history: object) -> tuple[Attempt, ...]:
    """The applies from the last that succeeded on, newest first; none where none is known to have succeeded.

    history: what `pulumi stack history --json` prints, newest first. Raises Unreadable.
    """
    found = []
    for entry in history if isinstance(history, list) else [None]:
        if not isinstance(entry, dict) or not isinstance(entry.get("environment"), dict):
            raise Unreadable
        if entry.get("kind") == "refresh":
            continue  # brings nothing of the files into the cloud
        found.append(_attempt(entry.get("kind"), entry["environment"]))
        if entry.get("result") == "succeeded":
            return tuple(found)
    return tuple(Attempt(each.commit, plain=False) for each in found)


def _attempt(kind: object, environment: dict[str, Any]) -> Attempt:
    head = environment.get("git.head")
    flags = {key.removeprefix(_FLAG) for key in environment if key.startswith(_FLAG)}
    options = {key.removeprefix(_OPTION) for key in environment if key.startswith(_OPTION)}
    plain = kind == "update" and environment.get("git.dirty") == "false"
    return Attempt(
        head if isinstance(head, str) and re.fullmatch(r"[0-9a-f]{40}", head) else "",
        plain and flags <= OURS and options <= {"POLICY_PACK"},
    )


def tightens(root: Path, stack: str, found: Sequence[Attempt]) -> bool:
    """Whether the files now only tighten the stack, compared with each of these applies.

    Raises CommandError (bad input) where git cannot tell.
    """
    bases = [_base(root, each) for each in found]
    if not found or any(
        base is None or base.commit != each.commit for base, each in zip(bases, found, strict=True)
    ):
        return False
    return stack in selection(root, stack_names(root), [each.commit for each in found]).tightening


def later(root: Path, found: Sequence[Attempt]) -> str:
    """The commit of one of these applies that came after this one, if there is any."""
    (head,) = line(root, 1)
    for each in found:
        base = _base(root, Attempt(each.commit, plain=True))
        if base is not None and base.commit == head != each.commit:
            return each.commit
    return ""


def _base(root: Path, attempt: Attempt) -> Base | None:
    if not attempt.plain or not attempt.commit:
        return None
    try:
        return Base.of(root, attempt.commit)
    except CommandError:
        return None  # a commit that this clone does not have


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    if len(words) != 1:
        print("applied: needs a stack. Example: python -m pipelines.applied optimus-dev", file=sys.stderr)
        return 2
    stack = words[0]
    try:
        found = attempts(json.load(sys.stdin))
        if newer := later(root, found):
            print(
                f"applied: {stack} was applied from {newer}, which is later than this commit; run the "
                "pipeline of the newest commit, and take a change back by reverting it there",
                file=sys.stderr,
            )
            return 1
        if tightens(root, stack, found):
            print(stack)
    except CommandError as problem:
        print(f"applied: {problem}", file=sys.stderr)
        return 2
    except (ValueError, Unreadable):
        print("applied: what `pulumi stack history --json` says cannot be read", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

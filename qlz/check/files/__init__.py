"""What `qlz check` finds in the project's files by themselves, without running a program or a policy."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from components.spec import LoadedStack, SpecError, load_stack, stack_names
from qlz.check.changed import touched
from qlz.check.files.dates import dates, once
from qlz.check.files.excepted import with_exceptions
from qlz.check.files.omission import omitted
from qlz.check.files.outputs import outputs
from qlz.check.files.rules import RULES, UNCOMPARED, finding
from qlz.check.files.secrets import secrets, secrets_before
from qlz.check.files.strays import strays
from qlz.check.files.unseen import unseen
from qlz.check.git import Base, tracked
from qlz.check.report import Finding
from qlz.check.selection import Selection

__all__ = ["RULES", "file_findings", "once"]

_NOT_OURS: Final = frozenset({".git", ".venv", ".tools", ".qlz", "__pycache__", "node_modules"})


def file_findings(
    root: Path,
    base: str | None,
    today: date,
    *,
    stacks: Sequence[LoadedStack] | None = None,
    tightening: Collection[str] = (),
) -> list[Finding]:
    """All checks by file.

    base: a commit or branch; then what is gone since is told, and only changed files are looked through for
    secrets and outputs; else all that git would commit, or all there are where there is no git. stacks: those
    whose dates are judged, and tightening the names of those whose change only tightens; None to look at
    every stack, with a base those that the branch touches. Raises CommandError (bad input) where base is
    given and git cannot tell.
    """
    compared = Base.of(root, base) if base is not None else None
    if stacks is None:
        names = stack_names(root)
        chosen = touched(root, names, compared) if compared else Selection(names)
        stacks, tightening = _loadable(root, chosen.names), chosen.tightening
    everything = tracked(root) or _walked(root)
    found = [*strays(root, everything), *unseen(everything)]
    if compared is None:
        message = "no BASE was given, so whether a stack's file is gone was not looked at"
        found.append(finding(UNCOMPARED.id, message, level="advisory"))
        looked_at = everything
    else:
        looked_at = tuple(path for path in compared.changed() if (root / path).is_file())
        found += omitted(root, compared)
        found += secrets_before(root, compared)
    found += secrets(root, looked_at)
    found += outputs(root, looked_at)
    found += dates(stacks, tightening, today)
    return with_exceptions(root, found, looked_at, today)


def _loadable(root: Path, names: Sequence[str]) -> list[LoadedStack]:
    """What is wrong with the others is told where they are judged."""
    found = []
    for name in names:
        try:
            found.append(load_stack(root, name))
        except SpecError:
            continue
    return found


def _walked(root: Path) -> tuple[str, ...]:
    found = []
    for where, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _NOT_OURS]
        found += [(Path(where) / name).relative_to(root).as_posix() for name in files]
    return tuple(sorted(found))

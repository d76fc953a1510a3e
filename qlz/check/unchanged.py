"""Notices when files that the check itself relies on change while programs run.

A program is another process, but it may write where its user may. What judges it is loaded before it begins;
what is read later (a data file, a stack's neighbour) could be made to say something else. So any change of
these files, even one that is taken back, leaves everything undecided: the time of an inode's last change is
the system's to set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qlz.check.report import FILES_RULE, Finding

INSTALLED = Path(__file__).resolve().parents[2]
OWN = ("components", "policy_packs", "qlz", "rehearsal")
SHOWN = 5
"""Files that a message names."""


class Watch:
    """The files as they are when it is made."""

    def __init__(self, root: Path) -> None:
        places = [*(INSTALLED / name for name in OWN), root / "components", root / "stacks"]
        self._places = tuple(dict.fromkeys(places))
        self._single = (root / "Pulumi.yaml", root / "__main__.py")
        self._root = root
        self._before = dict(self._all())

    def findings(self) -> list[Finding]:
        """That something has changed since, or nothing."""
        now = dict(self._all())
        paths = {path for path in {*self._before, *now} if self._before.get(path) != now.get(path)}
        if not paths:
            return []
        names = sorted(os.path.relpath(path, self._root).replace(os.sep, "/") for path in paths)
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        message = f"files of the project changed while it was judged: {', '.join(names[:SHOWN])}{more}"
        fix = "find out what writes there, then run the check again; a program changes nothing in its project"
        return [
            Finding(FILES_RULE, message, verdict="undecided", source="check", fix=fix, severity="critical")
        ]

    def _all(self) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
        for place in self._places:
            yield from _below(str(place))
        for path in self._single:
            if path.exists():
                yield str(path), _mark(path.stat())


def _below(folder: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":  # Python writes there, and what is loaded is not read again
                yield from _below(entry.path)
        else:
            yield entry.path, _mark(entry.stat(follow_symlinks=False))


def _mark(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

"""Every file in stacks/ is where a reader looks for it, by itself and not through a link (C1)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from qlz.check.files.rules import STRAY, finding
from qlz.check.report import Finding

_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_READ: Final = re.compile(
    rf"Pulumi\.{_NAME}\.yaml|charters/{_NAME}\.yaml|exceptions/.*|identity/.*\.xml|(.*/)?README\.md"
)
"""Exceptions are looked at by their own reader, which says what is wrong with their names."""
_STACK_FILE: Final = re.compile(r"Pulumi\..+\.(ya?ml|json)", re.IGNORECASE)


def strays(root: Path, everything: tuple[str, ...]) -> Iterator[Finding]:
    """Links and files of other names in stacks/, and stack files elsewhere. everything: files, relative."""
    folder = root / "stacks"
    if folder.is_symlink():
        yield finding(STRAY.id, "is a link, so what it holds is not what was reviewed", "stacks")
        return
    for where, folders, files in os.walk(folder):
        for name in sorted((*folders, *files)):
            path = Path(where) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                message = "is a link, so what it holds is not what was reviewed"
                yield finding(STRAY.id, message, f"stacks/{relative}")
            elif name in files and not name.startswith(".") and not _READ.fullmatch(relative):
                yield finding(STRAY.id, "is read by nothing, so nothing judges it", f"stacks/{relative}")
    for file in everything:
        if "/" not in file and _STACK_FILE.fullmatch(file):
            yield finding(STRAY.id, "is a stack file outside stacks/, which nothing judges", file)

"""Every file in stacks/ is where a reader looks for it, by itself and not through a link; a charter that no
stack goes by yet, so that no reader comes by, is right by itself (C1)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from components.spec import SpecError, stack_names
from components.spec.files import Files
from components.spec.loader import charter_problems
from qlz.check.files.rules import STRAY, finding
from qlz.check.report import Finding

_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_READ: Final = re.compile(
    rf"Pulumi\.{_NAME}\.yaml|charters/{_NAME}\.yaml|exceptions/.*|identity/.*\.xml|(.*/)?README\.md"
)
"""Exceptions are looked at by their own reader, which says what is wrong with their names."""
_STACK_FILE: Final = re.compile(r"Pulumi\..+\.(ya?ml|json)", re.IGNORECASE)


_CHARTER: Final = re.compile(rf"charters/({_NAME})\.yaml")


def strays(root: Path, everything: tuple[str, ...]) -> Iterator[Finding]:
    """Links and files of other names in stacks/, and stack files elsewhere. everything: files, relative."""
    folder = root / "stacks"
    if folder.is_symlink():
        yield finding(STRAY.id, "is a link, so what it holds is not what was reviewed", "stacks")
        return
    used = _charters(folder.parent)
    for where, folders, files in os.walk(folder):
        for name in sorted((*folders, *files)):
            path = Path(where) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                message = "is a link, so what it holds is not what was reviewed"
                yield finding(STRAY.id, message, f"stacks/{relative}")
            elif name in files and not name.startswith(".") and not _READ.fullmatch(relative):
                yield finding(STRAY.id, "is read by nothing, so nothing judges it", f"stacks/{relative}")
            elif (found := _CHARTER.fullmatch(relative)) and found[1] not in used:
                yield from _charter(folder.parent, found[1])
    for file in everything:
        if "/" not in file and _STACK_FILE.fullmatch(file):
            yield finding(STRAY.id, "is a stack file outside stacks/, which nothing judges", file)


def _charters(root: Path) -> set[str]:
    """Those that stacks go by: what is wrong with them is told there."""
    files, found = Files(root), set()
    for name in stack_names(root):
        try:
            value = files.document(f"stacks/Pulumi.{name}.yaml").value
        except SpecError:
            continue
        for key in ("config", "qlz:spec", "charter"):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            found.add(value)
    return found


def _charter(root: Path, name: str) -> Iterator[Finding]:
    for problem in charter_problems(root, name):
        message = f"no stack goes by it, and it is wrong: {problem.message}"
        fix = problem.fix or "write what a charter says, as the schema has it, or remove the file"
        yield finding(STRAY.id, message, problem.file, problem.line, key=problem.key, fix=fix)

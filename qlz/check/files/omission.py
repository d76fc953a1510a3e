"""A stack ends by being decommissioned and destroyed, not by its file being gone (C3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from components.spec import SpecError
from components.spec.strict_yaml import read_yaml
from qlz.check.files.rules import OMITTED, finding
from qlz.check.git import Base
from qlz.check.report import Finding

_STACK: Final = re.compile(r"stacks/Pulumi\.([^/]+)\.yaml")
_CHARTER: Final = re.compile(r"stacks/charters/([^/]+)\.yaml")


def omitted(root: Path, base: Base) -> Iterator[Finding]:
    """Files of stacks and charters that were there at base and are gone, though they were not to go."""
    now = {f"stacks/{name}" for name in _names(root / "stacks")}
    now |= {f"stacks/charters/{name}" for name in _names(root / "stacks/charters")}
    before = base.paths()
    for path in before:
        if path not in now and (found := _STACK.fullmatch(path)):
            yield from _gone(root, base, path, found[1], sorted(now - {*before}))
        elif path not in now and (found := _CHARTER.fullmatch(path)):
            users = [
                name for name in sorted(now) if found[1] == _named(_value(_bytes(root, name)), "charter")
            ]
            if users:
                message = f"is gone, and {', '.join(users)} go by it"
                yield finding(OMITTED.id, message, path, fix="put it back until those stacks are gone")


def _gone(root: Path, base: Base, path: str, stack: str, new: list[str]) -> Iterator[Finding]:
    old = _value(base.read(path))
    lifecycle = _named(old, "lifecycle")
    if lifecycle == "decommissioned":
        return
    if not lifecycle:
        message = f"stack {stack} has lost its file, and whether it was to go cannot be read at {base.name}"
        yield finding(OMITTED.id, message, path, stack=stack, verdict="undecided")
        return
    same = next((name for name in new if _value(_bytes(root, name)) == old), "")
    renamed = f"; {same} says the same, but a stack of another name is another stack" if same else ""
    message = f"stack {stack} has lost its file, and was {lifecycle} at {base.name}{renamed}"
    yield finding(OMITTED.id, message, path, stack=stack)


def _names(folder: Path) -> set[str]:
    """By their exact letters, also where the disk takes two cases for one."""
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def _bytes(root: Path, path: str) -> bytes | None:
    try:
        return (root / path).read_bytes()
    except OSError:
        return None


def _value(data: bytes | None) -> Any:
    try:
        return read_yaml("file", data or b"").value
    except SpecError:
        return None


def _named(value: Any, key: str) -> str:
    for part in ("config", "qlz:spec", key):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""

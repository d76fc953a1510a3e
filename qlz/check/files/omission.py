"""A stack ends by being decommissioned and destroyed: not by losing its file, nor by naming another place.

The exit of a project is planned and shown (C3). Whether it was destroyed only its state tells. An environment
adds up and watches what is spent by the projects in it, so what has left it is told of the environment, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from components.spec import SpecError
from components.spec.strict_yaml import read_yaml
from qlz.check.files.rules import OMITTED, finding
from qlz.check.git import Base
from qlz.check.report import Finding

_STACK: Final = re.compile(r"stacks/Pulumi\.([^/]+)\.yaml")
_PLACES: Final = (
    ("environment",),
    ("aws", "account"), ("aws", "region"),
    ("azure", "tenant"), ("azure", "subscription"), ("azure", "location"),
)  # fmt: skip
_CHARTER: Final = re.compile(r"stacks/charters/([^/]+)\.yaml")


def omitted(root: Path, base: Base) -> Iterator[Finding]:
    """Stacks and charters that were there at base and are gone or elsewhere, though they were not to go.

    A project is told once more under the environment that it was in, where that is still there.
    """
    now = {f"stacks/{name}" for name in _names(root / "stacks")}
    now |= {f"stacks/charters/{name}" for name in _names(root / "stacks/charters")}
    before = base.paths()
    for path in before:
        if path not in now and (found := _STACK.fullmatch(path)):
            for one in _gone(root, base, path, found[1], sorted(now - {*before})):
                yield one
                yield from _left(one, _named(_value(base.read(path)), "environment"), now)
        elif found := _STACK.fullmatch(path):
            for one in _moved(root, base, path, found[1]):
                yield one
                if one.key == "environment":
                    yield from _left(one, _named(_value(base.read(path)), "environment"), now)
        elif path not in now and (found := _CHARTER.fullmatch(path)):
            users = [
                name for name in sorted(now) if found[1] == _named(_value(_bytes(root, name)), "charter")
            ]
            if users:
                message = f"is gone, and {', '.join(users)} go by it"
                yield finding(OMITTED.id, message, path, fix="put it back until those stacks are gone")


def _left(one: Finding, environment: str, now: set[str]) -> Iterator[Finding]:
    """The same, of the environment that loses the project."""
    if f"stacks/Pulumi.{environment}.yaml" in now:
        yield replace(one, stack=environment)


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


def _moved(root: Path, base: Base, path: str, stack: str) -> Iterator[Finding]:
    before, after = base.read(path), _bytes(root, path)
    if before == after:
        return
    old, new = _value(before), _value(after)
    if new is None or _named(old, "lifecycle") in ("", "decommissioned"):
        return  # what cannot be read is told where the stack is
    for place in _PLACES:
        was, now = _named(old, *place), _named(new, *place)
        if was and was != now:
            message = f"stack {stack} was in {place[-1]} {was}, and would leave there what it holds"
            fix = "decommission and destroy it there first; a stack in another place has another name"
            yield finding(OMITTED.id, message, path, stack=stack, key=".".join(place), fix=fix)


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


def _named(value: Any, *keys: str) -> str:
    for part in ("config", "qlz:spec", *keys):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""

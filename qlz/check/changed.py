"""Which stacks a branch touches.

A stack is touched by its own file, its charter, its exceptions and its environment; an environment also by
the files of projects in it, whose spending it adds up. What every stack is built or judged by touches all of
them, and so does whatever is not known to touch none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.spec import SpecError
from components.spec.exceptions import read_exceptions
from components.spec.files import Files
from components.spec.strict_yaml import read_yaml
from components.spec.tightening import only_tightens
from qlz.check.git import Base
from qlz.check.report import LeftOut
from qlz.check.selection import Selection

_NONE: Final = re.compile(
    r"(docs|tests|benchmarks|pipelines|\.github|\.gitlab|schemas)/.*|[^/]*\.(md|txt~)|LICENSE|NOTICE|Makefile"
    r"|\.git(ignore|attributes)|\.editorconfig|\.pre-commit-[a-z]+\.yaml|\.gitlab-ci\.yml|azure-pipelines\.yml"
)
"""Files by which no stack is built or judged."""
_STACK: Final = re.compile(r"stacks/Pulumi\.([^/]+)\.yaml")
_CHARTER: Final = re.compile(r"stacks/charters/([^/]+)\.yaml")
_EXCEPTION: Final = re.compile(r"stacks/exceptions/[^/]+\.ya?ml")
_IDENTITY: Final = re.compile(r"stacks/(identity/.+)")


@dataclass(frozen=True)
class _Outline:
    """What a stack file names, as far as it can be read. readable: whether it is YAML at all."""

    environment: str = ""
    charter: str = ""
    metadata: str = ""
    readable: bool = True


def touched(root: Path, there: Sequence[str], base: Base) -> Selection:
    """The stacks, of those that have a file, that this branch touches since it left the base.

    Raises CommandError (bad input) where git cannot tell.
    """
    changed = base.changed()
    if any(map(_reaches_all, changed)) or _has_links(root / "stacks"):
        return Selection(tuple(there))
    finder = _Finder(root, there, base)
    files: dict[str, set[str]] = {}
    for path in changed:
        for stack in finder.by(path):
            files.setdefault(stack, set()).add(path)
    why = f"untouched since this branch left {base.name} ({base.commit[:12]})"
    return Selection(
        tuple(stack for stack in there if stack in files),
        tuple(LeftOut(stack, why) for stack in there if stack not in files),
        frozenset(stack for stack, its in files.items() if _only_tightens(root, its, base)),
    )


def _only_tightens(root: Path, files: Iterable[str], base: Base) -> bool:
    """Whether all that touches a stack takes away or narrows; what cannot be read does not."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for path in files:
        for versions, data in ((old, base.read(path)), (new, _text(root, path))):
            if data is not None:
                versions[path] = _value(data)
    if any(not isinstance(value, dict) for value in (*old.values(), *new.values())):
        return False
    return only_tightens(old, new)


def _has_links(stacks: Path) -> bool:
    """Whether one file may be read by another's name, so that no name tells whom it touches."""
    return stacks.is_symlink() or any(path.is_symlink() for path in stacks.rglob("*"))


def _reaches_all(path: str) -> bool:
    known = (_STACK, _CHARTER, _EXCEPTION, _IDENTITY, _NONE)
    if path.endswith(".py") and not path.startswith(("tests/", "docs/", "benchmarks/")):
        return True
    return not any(each.fullmatch(path) for each in known)


class _Finder:
    def __init__(self, root: Path, there: Sequence[str], base: Base) -> None:
        self._root, self._base = root, base
        self._now = {stack: _outline(_text(root, f"stacks/Pulumi.{stack}.yaml")) for stack in there}

    def by(self, path: str) -> set[str]:
        """The stacks that a file touches."""
        if found := _STACK.fullmatch(path):
            return self._stack(found[1], path)
        if found := _CHARTER.fullmatch(path):
            projects = [name for name, each in self._now.items() if each.charter == found[1]]
            return self._with_environments(projects)
        if found := _IDENTITY.fullmatch(path):
            return {
                name for name, each in self._now.items() if found[1] == each.metadata or not each.readable
            }
        if _EXCEPTION.fullmatch(path):
            return self._exception(path)
        return set()

    def _stack(self, name: str, path: str) -> set[str]:
        projects = [other for other, each in self._now.items() if each.environment == name]
        before = _outline(self._base.read(path)).environment
        if name not in self._now and any(
            each.document and each.document.value.get("stack") == name for each in read_exceptions(self._root)
        ):
            return set(self._now)  # an exception that is nobody's any more is told of every stack
        return {name, before, *projects, *self._with_environments([name])} - {""}

    def _with_environments(self, names: Iterable[str]) -> set[str]:
        """Stacks and what they live in; a file that cannot be read may be about any of them."""
        found = set(names)
        unreadable = {name for name, each in self._now.items() if not each.readable}
        return found | {self._now[name].environment for name in found if name in self._now} | unreadable

    def _exception(self, path: str) -> set[str]:
        """Its stack, then and now; every one where it is nobody's: then each stack is told of it."""
        before = self._base.read(path)
        named = {_stack_in(before)} if before is not None else set()
        if (self._root / path).exists():
            recorded = {each.file: each.stack for each in read_exceptions(self._root)}
            named.add(recorded.get(path, ""))
        return set(self._now) if "" in named else named


def _stack_in(data: bytes) -> str:
    """The stack an exception is about, "" where that cannot be read."""
    value = _value(data)
    stack = value.get("stack") if isinstance(value, dict) else None
    return stack if isinstance(stack, str) else ""


def _outline(data: bytes | None) -> _Outline:
    value = _value(data)
    config = value.get("config") if isinstance(value, dict) else None
    spec = config.get("qlz:spec") if isinstance(config, dict) else None
    if not isinstance(spec, dict):
        return _Outline(readable=False)
    return _Outline(
        _named(spec, "environment"),
        _named(spec, "charter"),
        _named(spec, "identity", "saml", "metadata_file"),
    )


def _named(value: Any, *keys: str) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _value(data: bytes | None) -> Any:
    try:
        return read_yaml("file", data or b"").value
    except SpecError:
        return None


def _text(root: Path, path: str) -> bytes | None:
    try:
        return Files(root).read(path, 1 << 20)
    except SpecError:
        return None

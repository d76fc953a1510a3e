"""Which stacks a branch only tightens: nothing that a day decides may stop those (G3, G4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from components.spec import LoadedStack, SpecError
from components.spec.exceptions import FOLDER
from components.spec.strict_yaml import read_yaml
from components.spec.tightening import only_tightens
from qlz.check.git import Base

_DESCRIBES: Final = re.compile(r"stacks/(Pulumi\.[^/]+|charters/[^/]+)\.yaml")
_EXCEPTION: Final = re.compile(rf"{FOLDER}/[^/]+\.yaml")
_NO_MATTER: Final = re.compile(r"(docs|tests|benchmarks)/.*|[^/]+\.md|stacks/exceptions/README\.md")
"""Files by which no stack is built or judged."""


def tightened(root: Path, base: Base, stacks: Iterable[LoadedStack]) -> frozenset[str]:
    """The names of the stacks that the branch only tightens.

    Of none where it touches anything but stack files, charters and exceptions: what a program or a policy does
    with an unchanged file may have changed.
    """
    changed = [path for path in base.changed() if not _NO_MATTER.fullmatch(path)]
    if not all(_DESCRIBES.fullmatch(path) or _EXCEPTION.fullmatch(path) for path in changed):
        return frozenset()
    if any(_DESCRIBES.fullmatch(path) and not (root / path).is_file() for path in changed):
        return frozenset()  # what has lost its file may have belonged to any of them
    exceptions = [path for path in changed if _EXCEPTION.fullmatch(path)]
    return frozenset(loaded.name for loaded in stacks if _tightens(root, base, loaded, exceptions))


def _tightens(root: Path, base: Base, loaded: LoadedStack, exceptions: Iterable[str]) -> bool:
    old: dict[str, Any] = {}
    new: dict[str, Any] = {file: document.value for file, document in loaded.documents.items()}
    for file in new:
        if (before := base.read(file)) is not None:
            old[file] = _value(before)
    for file in exceptions:
        before, after = base.read(file), _read(root, file)
        versions = [_value(data) for data in (before, after) if data is not None]
        if all(_is_of_another(version, loaded.name) for version in versions):
            continue
        if before is not None:
            old[file] = _value(before)
        if after is not None:
            new[file] = _value(after)
    return None not in old.values() and None not in new.values() and only_tightens(old, new)


def _is_of_another(exception: Any, stack: str) -> bool:
    named = exception.get("stack") if isinstance(exception, dict) else None
    return isinstance(named, str) and named != stack


def _read(root: Path, file: str) -> bytes | None:
    try:
        return (root / file).read_bytes()
    except OSError:
        return None


def _value(data: bytes) -> Any:
    """None where it cannot be read, or not in one way only."""
    try:
        document = read_yaml("file", data)
    except SpecError:
        return None
    return None if document.problems else document.value

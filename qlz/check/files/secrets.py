"""No secret in a file of the project, nor in an earlier version of one on the branch (K1)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from qlz.check.files.rules import SECRET, finding, marked
from qlz.check.files.scanner import MOST_BYTES, Hit, hits
from qlz.check.git import Base
from qlz.check.report import Finding

MOST_VERSIONS: Final = 5000
_ANEW: Final = "make the branch anew without that commit, or let it be squashed"


def secrets(root: Path, paths: Iterable[str]) -> Iterator[Finding]:
    """What looks like a secret in these files. paths: relative to root."""
    for path in paths:
        data = read(root, path)
        if data is None:
            continue
        if len(data) > MOST_BYTES:
            message = f"is longer than {MOST_BYTES} bytes, and was not looked through for secrets"
            yield finding(SECRET.id, message, path, fix="keep it out of the repository", verdict="undecided")
            continue
        for hit in hits(path, data):
            found = finding(SECRET.id, f"holds what looks like a secret: {hit.kind}", path, hit.line)
            yield marked(found, path, _bytes(hit))


def secrets_before(root: Path, base: Base) -> Iterator[Finding]:
    """The same in versions that later commits of the branch replaced or removed: the history keeps them.

    What is still in the file is told there; another secret of the same kind is another.
    """
    versions = dict.fromkeys(base.versions())
    if len(versions) > MOST_VERSIONS:
        message = (
            f"the branch holds {len(versions)} versions of files, which were not looked through for secrets"
        )
        yield finding(SECRET.id, message, fix="check it in smaller parts", verdict="undecided")
        return
    told: dict[str, set[str]] = {}
    for path, version in versions:
        data = base.blob(version)
        current = read(root, path)
        if data is None or data == current:
            continue
        if len(data) > MOST_BYTES:
            message = (
                f"a version of this branch is longer than {MOST_BYTES} bytes, and was not looked through"
            )
            yield finding(SECRET.id, message, path, fix=_ANEW, verdict="undecided")
            continue
        if path not in told:
            told[path] = {hit.value for hit in hits(path, current or b"")}
        for hit in hits(path, data):
            if hit.value not in told[path]:
                told[path].add(hit.value)
                yield marked(_kept(path, version, hit), path, _bytes(hit))


def _bytes(hit: Hit) -> bytes:
    return hit.value.encode("utf-8", "surrogateescape")


def _kept(path: str, version: str, hit: Hit) -> Finding:
    message = (
        f"held what looks like a secret ({hit.kind}) in line {hit.line} of a version of this branch, "
        f"which the history keeps (git cat-file blob {version[:12]})"
    )
    return finding(SECRET.id, message, path, 0, fix=f"revoke it; then {_ANEW}")


def read(root: Path, path: str) -> bytes | None:
    """The start of a file, a byte more than is looked through; of a link where it leads; None for none."""
    where = root / path
    try:
        if where.is_symlink():
            return os.fsencode(where.readlink())
        if not where.is_file():
            return None
        with where.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError:
        return None

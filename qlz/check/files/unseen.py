"""No code that runs without being named, or that nobody can read (D3).

An interpreter loads some files by their names alone, before any program and whoever's it is; compiled code
goes before its source; and a module at the root called like one that is installed is loaded in its place,
also by a policy pack, which has the root on its path. What a reviewer does not see, no check makes up for.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from qlz.check.files.rules import UNSEEN, finding
from qlz.check.report import Finding

_BY_ITSELF: Final = re.compile(
    r"(sitecustomize|usercustomize)(\.[^/]*)?|pyvenv\.cfg|[^/]*\.(pth|_pth|egg-link)"
    r"|[^/]*\.(dist-info|egg-info|egg)",
    re.IGNORECASE,
)
"""Names that Python's site module or its look at installed packages heeds, in any folder on the path.
https://docs.python.org/3/library/site.html"""
_COMPILED: Final = re.compile(r"[^/]*\.(py[co]|so|pyd|dll|dylib)(\.[0-9.]+)?", re.IGNORECASE)
_OURS: Final = frozenset(
    {"benchmarks", "components", "docs", "pipelines", "policy_packs", "qlz", "rehearsal", "schemas"}
    | {"scripts", "stacks", "tests", "__main__"}
)
"""What the project itself has at its root."""


def unseen(paths: Iterable[str]) -> Iterator[Finding]:
    """Such files, one finding each. paths: all that git would commit, relative to the root."""
    for path in paths:
        parts = PurePosixPath(path).parts
        if any(_BY_ITSELF.fullmatch(part) for part in parts):
            yield finding(UNSEEN.id, "is loaded by Python itself, whatever program runs", path)
        elif _COMPILED.fullmatch(parts[-1]):
            yield finding(UNSEEN.id, "is compiled, so nobody can read what it does", path)
        elif path.endswith(".py") and (name := parts[0].removesuffix(".py")) in _installed():
            message = f"is loaded in place of the installed {name}, wherever the root is on the path"
            yield finding(UNSEEN.id, message, path, fix="Call it otherwise.")


@cache
def _installed() -> frozenset[str]:
    """Names of modules that are Python's own, or installed beside this."""
    beside = {entry.name.partition(".")[0] for entry in Path(sysconfig.get_path("purelib")).iterdir()}
    return frozenset({*sys.stdlib_module_names, *beside} - _OURS)

"""The copy of a project that the CLI runs: it rewrites stack files, and the user's own must not change."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

LEFT_OUT: Final = frozenset({"tests", "docs", "benchmarks", "build", "node_modules", "__pycache__"})
"""Folders that no program needs, beside those whose name begins with a dot."""
LINKED: Final = ".venv"


def copy_project(root: Path, target: Path) -> None:
    """Copy the project's files; `.venv` becomes a link, and other names that begin with a dot stay behind.

    So do `.git`, `.qlz` (other rehearsals' state), `.env` and the like. Links in the project are kept.
    """
    root = root.resolve()

    def left_out(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        unwanted = {name for name in names if name.startswith(".") or name.endswith(".egg-info")}
        if here == root:
            unwanted |= LEFT_OUT & set(names)
        return unwanted | ({"__pycache__"} & set(names)) | {n for n in names if (here / n) == target}

    shutil.copytree(root, target, symlinks=True, ignore=left_out, dirs_exist_ok=True)
    environment = root / LINKED
    if environment.exists():
        (target / LINKED).symlink_to(environment.resolve(), target_is_directory=True)

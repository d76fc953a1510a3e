"""This project's own policy packs, asked in this process."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import policy_packs
from rehearsal.engine.analyzers import PackSource


def in_process(folder: Path) -> PackSource:
    """The pack itself where the folder is one of those that belong to this command; else the folder.

    A folder's pack gets a process of its own, as under the Pulumi CLI: it may be written for another project,
    or by somebody else.
    """
    if folder.resolve().parent not in {Path(path).resolve() for path in policy_packs.__path__}:
        return folder
    pack: PackSource = import_module(f"policy_packs.{folder.name}.policies").analyzer()
    return pack

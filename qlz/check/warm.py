"""Loads once what many programs are about to use, in the process that they are forked from.

The SDKs load each service when it is first named, and some take a second. What the project's components name
is found in their source; what is missed here is loaded by the program itself. For a single stack and its
environment, what few components name is left to those that need it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType

SDKS = ("pulumi_aws", "pulumi_azure_native")
_USE = re.compile(r"\b([a-z_]+)\.([a-z0-9_]+)\.([A-Z][A-Za-z0-9]+)")


def warm(names: tuple[str, ...], *, often: int) -> None:
    """Import modules by name, and of each service of the SDKs that so many components name what they name.

    What cannot be imported is left to the program, which fails with its own words.
    """
    for name in names:
        with suppress(Exception, SystemExit):
            import_module(name)
    uses: dict[tuple[str, str], list[set[str]]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("components."):
            for use, words in _uses(module).items():
                uses.setdefault(use, []).append(words)
    for (sdk, service), found in uses.items():
        if len(found) >= often:
            for word in sorted({word for words in found for word in words}):
                with suppress(Exception):
                    getattr(getattr(sys.modules[sdk], service), word)


def read(root: Path, stacks: Sequence[str]) -> None:
    """Read stack files, so that each is parsed once for all programs. What is wrong is told elsewhere."""
    from components.spec import load_stack

    for stack in stacks:
        with suppress(Exception):
            load_stack(root, stack)


def _uses(module: ModuleType) -> dict[tuple[str, str], set[str]]:
    """What a component names of an SDK, by SDK and service."""
    file = getattr(module, "__file__", None)
    sdks = {
        alias: found.__name__
        for alias, found in vars(module).items()
        if isinstance(found, ModuleType) and found.__name__ in SDKS
    }
    uses: dict[tuple[str, str], set[str]] = {}
    if sdks and file:
        for alias, service, word in _USE.findall(Path(file).read_text(encoding="utf-8")):
            if alias in sdks:
                uses.setdefault((sdks[alias], service), set()).add(word)
    return uses

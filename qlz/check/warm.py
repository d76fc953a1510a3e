"""Loads once what many programs are about to use, in the process that they are forked from.

The SDKs load each service when it is first named, and some take a second. What the project's components name
is found in their source; what is missed here is loaded by the program itself.
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


def warm(names: tuple[str, ...], *, services: bool) -> None:
    """Import modules by name, and with `services` what they and their like name of the SDKs.

    What cannot be imported is left to the program, which fails with its own words.
    """
    for name in names:
        with suppress(Exception, SystemExit):
            import_module(name)
    if services:
        for name, module in list(sys.modules.items()):
            if name.startswith("components."):
                _services(module)


def read(root: Path, stacks: Sequence[str]) -> None:
    """Read stack files, so that each is parsed once for all programs. What is wrong is told elsewhere."""
    from components.spec import load_stack

    for stack in stacks:
        with suppress(Exception):
            load_stack(root, stack)


def _services(module: ModuleType) -> None:
    file = getattr(module, "__file__", None)
    sdks = {
        alias: found
        for alias, found in vars(module).items()
        if isinstance(found, ModuleType) and found.__name__ in SDKS
    }
    if not sdks or not file:
        return
    for alias, service, word in sorted(set(_USE.findall(Path(file).read_text(encoding="utf-8")))):
        if alias in sdks:
            with suppress(Exception):
                getattr(getattr(sdks[alias], service), word)

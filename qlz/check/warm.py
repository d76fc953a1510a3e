"""Loads once what many programs are about to use, in the process that they are forked from.

The SDKs load each service when it is first named, and some take a second. What the project's components name
is found in their source; what is missed here is loaded by the program itself. For a single stack and its
environment, what few components name is left to those that need it.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_args

from pulumi import Resource, _types

SDKS = ("pulumi_aws", "pulumi_azure_native")
_USE = re.compile(r"\b([a-z_]+)\.([a-z0-9_]+)\.([A-Z][A-Za-z0-9]+)")


def warm(names: tuple[str, ...], *, many: bool) -> None:
    """Import modules by name, and what components name of the SDKs.

    many: whether for many programs; for few, only of services that several components name. What cannot be
    imported is left to the program, which fails with its own words.
    """
    for name in names:
        with suppress(Exception, SystemExit):
            import_module(name)
    uses: dict[tuple[str, str], list[set[str]]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("components."):
            for use, words in _uses(module).items():
                uses.setdefault(use, []).append(words)
    known: set[type] = set()
    for (sdk, service), found in uses.items():
        if many or len(found) > 1:
            for word in sorted({word for words in found for word in words}):
                with suppress(Exception):
                    named = getattr(getattr(sys.modules[sdk], service), word)
                    if many:
                        _know_types(named, known)
                        _know_arguments(named, known)


def _know_arguments(cls: type, known: set[type]) -> None:
    """The same for what a resource's properties are collected in, whose name is one of two."""
    for name in (f"{cls.__name__}Args", f"{cls.__name__}InitArgs"):
        if arguments := getattr(sys.modules[cls.__module__], name, None):
            _know_types(arguments, known)


def _know_types(cls: object, known: set[type]) -> None:
    """Have the SDK find out the types of a class's properties, which it remembers, and of theirs."""
    if not isinstance(cls, type):
        for part in get_args(cls):  # the items of a list, the choices of a union
            _know_types(part, known)
    elif cls not in known:
        known.add(cls)
        types: dict[str, type] = {}
        if _types.is_input_type(cls):
            types = _types.input_type_types(cls)
        elif _types.is_output_type(cls):
            types = _types.output_type_types(cls)
        elif issubclass(cls, Resource):
            types = _types.resource_types(cls)
        for each in types.values():
            _know_types(each, known)


def read(root: Path) -> None:
    """Read all stack files and charters, so that each is parsed once for all programs. What is wrong in one
    is told elsewhere."""
    from components.spec.files import STACKS, Files

    files = Files(root)
    for path in (root / STACKS).rglob("*.yaml"):
        with suppress(Exception):
            files.document(path.relative_to(root).as_posix())


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

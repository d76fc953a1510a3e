"""Loads the classes of a provider's SDK one by one.

The generated SDKs load a service of the cloud when something of it is asked for, and then all of it: some 300
modules of EC2 for one VPC. Here a service brings the module in which a class is by its name (`VpcEndpoint` in
`vpc_endpoint`, its arguments too); for anything it does not find so, it loads as it always would.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

SDKS: Final = ("pulumi_aws", "pulumi_azure_native")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def load_class_by_class() -> None:
    """From now on. What has been imported before stays as it is; again: nothing happens."""
    if not any(isinstance(finder, _Services) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Services())


class _Services(MetaPathFinder):
    """Finds the services of the SDKs, as packages that begin empty."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.rpartition(".")[0] not in SDKS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations:
            spec.loader = _Piecemeal(spec.loader, Path(spec.submodule_search_locations[0]))
        return spec


class _Piecemeal(Loader):
    """Stands before a package's own loader."""

    def __init__(self, own: Loader, folder: Path) -> None:
        self._own, self._folder = own, folder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(
            __getattr__=lambda name: self._attribute(module, name), __dir__=lambda: self._all_of(module)
        )

    def _attribute(self, module: ModuleType, name: str) -> Any:
        for stem in _stems(name):
            if not (self._folder / f"{stem}.py").is_file():
                continue
            found = import_module(f"{module.__name__}.{stem}")
            if name in getattr(found, "__all__", ()):
                vars(module)[name] = getattr(found, name)
                return vars(module)[name]
            if stem == name:
                return found
        self._all_of(module)
        try:
            return vars(module)[name]
        except KeyError:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}") from None

    def _all_of(self, module: ModuleType) -> list[str]:
        """Load the package as it always would."""
        if vars(module).pop("__getattr__", None) is not None:
            del vars(module)["__dir__"]
            self._own.exec_module(module)
        return list(vars(module))


def _stems(name: str) -> Iterator[str]:
    """Modules in which something of this name may be."""
    if name.startswith("__"):
        return
    yield name
    bare = name.removesuffix("Dict").removesuffix("Args")
    yield _WORDS.sub("_", bare).lower()
    yield "_enums" if bare == name else "_inputs"

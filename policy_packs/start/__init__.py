"""How a pack starts without the Pulumi SDK, of which it needs nothing but the protocol's messages.

Engines run `python -m pulumi.policy` in the pack's folder, where Python looks first. The SDK would be loaded
for that command's sake, which takes longer than all else until a pack is ready. Where Python does not look
there (PYTHONSAFEPATH), the SDK is loaded and the pack starts like any other.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

_PARENTS = ("pulumi", "pulumi.runtime")


def without_sdk() -> None:
    """Have `pulumi.policy` be this package's, and `pulumi.runtime.proto` the SDK's own with nothing around.

    Raises ModuleNotFoundError where the SDK is not installed.
    """
    found = PathFinder.find_spec(_PARENTS[0])
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the Pulumi SDK is not installed where this pack runs", name=_PARENTS[0])
    installed = Path(found.origin).parents[1]
    for name in _PARENTS:
        package = ModuleType(name)
        package.__path__ = [str(installed.joinpath(*name.split(".")))]
        sys.modules[name] = package
    sys.modules[_PARENTS[0]].__path__.insert(0, str(Path(__file__).parent))

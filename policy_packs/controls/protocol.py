"""The messages that engines and packs exchange, without the SDK around them.

They lie within the SDK, which is for programs: to load it takes a pack half of the time until it is ready.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_PARENTS = ("pulumi", "pulumi.runtime")


def messages_alone() -> None:
    """From now on `pulumi.runtime.proto` brings nothing else of the SDK into this process.

    For a pack's own process, before it imports anything. Where the SDK is loaded already, nothing happens.
    """
    found = find_spec(_PARENTS[0])
    if _PARENTS[0] in sys.modules or found is None or found.origin is None:
        return
    home = Path(found.origin).parents[1]
    for name in _PARENTS:
        package = ModuleType(name)
        package.__path__ = [str(home.joinpath(*name.split(".")))]
        sys.modules[name] = package

"""What makes a process begin quickly, and end quickly; called before it loads anything else."""

from __future__ import annotations

import atexit
import gc
import os

ALLOCATIONS = 400_000
"""Between two looks for garbage (some 40 MB). A command loads more than a thousand modules, which all stay:
with Python's 700, a quarter of its time is spent on looking at them again and again."""


def begin_quickly() -> None:
    """Look for garbage seldom, and not once more on the way out (where Python spends a tenth of a command on
    it); for plugins of Pydantic never: there are none, and it would look through every installed
    distribution."""
    gc.set_threshold(ALLOCATIONS)
    atexit.register(gc.freeze)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

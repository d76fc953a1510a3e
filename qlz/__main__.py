"""The operator's command line."""

from __future__ import annotations

import gc
import os

ALLOCATIONS = 400_000
"""Between two looks for garbage (some 40 MB). A command loads more than a thousand modules, which all stay:
with Python's 700, a quarter of its time is spent on looking at them again and again."""


def main() -> None:
    """Entry point of `qlz`."""
    gc.set_threshold(ALLOCATIONS)
    # Pydantic would look for plugins of its own in every installed distribution. There are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from qlz import app  # loaded after that

    app.run()


if __name__ == "__main__":
    main()

"""Whether somebody asked this command to stop.

Python may lose the KeyboardInterrupt of a signal handler: one raised while an object is finalised is only
printed. So what was asked for is remembered, and looked at where a command goes on to its next stack.
"""

from __future__ import annotations

import signal
from types import FrameType

_asked = False


def obey() -> None:
    """From here on SIGTERM and Ctrl-C stop at once; Ctrl-C not where it is ignored, as under nohup."""
    signal.signal(signal.SIGTERM, _stop)  # a pipeline's stop is as orderly as Ctrl-C
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)


def look() -> None:
    """Stop here where it was asked for and did not happen. Raises KeyboardInterrupt."""
    if _asked:
        raise KeyboardInterrupt


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop at once. Python's own handler asyncio replaces by one that cancels, which a program survives."""
    global _asked
    _asked = True
    raise KeyboardInterrupt

"""Standard streams that are closed, or that nobody reads to the end."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def reserve() -> None:
    """Keep the numbers of closed streams, so that no file or channel is opened under one of them."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


def silence(name: str) -> None:
    """What is still to be written to stdout or stderr, as on the way out, goes nowhere: it has been told."""
    stream = getattr(sys, name)
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

"""What a program's process tells its judge through a pipe: frames of a kind, a length and that many bytes.

The judge takes nothing else from that process, and believes no frame more than the message in it says.
"""

from __future__ import annotations

import os
import selectors
import struct
import threading
import time
from collections.abc import Iterator
from typing import Final

RESOURCE: Final = b"R"
"""An AnalyzeRequest: a resource's checked inputs."""
STACK: Final = b"S"
"""An AnalyzeStackRequest: all resources with their outputs."""
OUTPUTS: Final = b"O"
"""A Struct: the stack's outputs."""
END: Final = b"E"
"""JSON: how it ended. Nothing after it counts, and without it nothing before it does."""

LARGEST: Final = 400 * 1024 * 1024
"""Bytes of one frame, as much as an engine allows a message."""
_HEAD: Final = struct.Struct(">cI")
_READ: Final = 1 << 20


class Broken(Exception):
    """What came is not whole: the text says why."""


class TimeUp(Broken):
    """Nothing more came in time."""


class Sender:
    """The program's end. Safe from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        self._lock = threading.Lock()

    def __call__(self, kind: bytes, payload: bytes) -> None:
        """Send one frame whole."""
        with self._lock:
            view = memoryview(_HEAD.pack(kind, len(payload)) + payload)
            while view:
                view = view[self._file.write(view) or 0 :]


def received(descriptor: int, deadline: float) -> Iterator[tuple[bytes, bytes]]:
    """Frames until END, which is the last one. Raises Broken where they end before it.

    deadline: on the clock of time.monotonic().
    """
    waiting = selectors.DefaultSelector()
    waiting.register(descriptor, selectors.EVENT_READ)
    had = bytearray()
    try:
        while True:
            while (frame := _taken(had)) is not None:
                yield frame
                if frame[0] == END:
                    return
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise TimeUp("took too long")
            part = os.read(descriptor, _READ)
            if not part:
                raise Broken("ended before it was done")
            had += part
    finally:
        waiting.close()


def _taken(had: bytearray) -> tuple[bytes, bytes] | None:
    """Take the first whole frame, if there is one."""
    if len(had) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack_from(had)
    if kind not in (RESOURCE, STACK, OUTPUTS, END) or length > LARGEST:
        raise Broken("sent what cannot be read")
    if len(had) < _HEAD.size + length:
        return None
    payload = bytes(had[_HEAD.size : _HEAD.size + length])
    del had[: _HEAD.size + length]
    return kind, payload

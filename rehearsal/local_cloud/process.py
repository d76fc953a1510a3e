"""The life of a background server: leave the caller, say that it is ready, stop when idle or told."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal.local_cloud.idle import IdleWatch
from rehearsal.local_cloud.record import Record, log_file, remove_record, write_record

LOG_LIMIT = 1_000_000
"""Bytes of log kept before it starts again from nothing."""

Ready = Callable[[Record], None]


class BoundedLog(io.TextIOBase):
    """A text stream over one file that begins again when it has grown past its limit."""

    def __init__(self, path: Path, limit: int = LOG_LIMIT) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._limit = limit
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        data = text.encode("utf-8", "replace")[-self._limit :]
        with self._lock:
            if os.fstat(self._descriptor).st_size + len(data) > self._limit:
                os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, data)
        return len(text)


def stay(home: Path, record: Record, idle: IdleWatch, ready: Ready, start: Callable[[], None]) -> None:
    """Write the record, start serving, call `ready`, and return when idle for too long or told to stop."""
    # The kernel may hand the signal to any thread; only the wake-up socket surely wakes this one.
    told_to_stop, wake_up = socket.socketpair()
    wake_up.setblocking(False)
    signal.set_wakeup_fd(wake_up.fileno())
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    write_record(home, record)
    try:
        start()
        ready(record)
        while (remaining := idle.remaining()) > 0 and not select.select([told_to_stop], [], [], remaining)[0]:
            pass
    finally:
        remove_record(home, record)


def detached(arguments: list[str], serve: Callable[[Path, float, Ready], None]) -> None:
    """`MODULE HOME IDLE_SECONDS READY_FD LOCK_FD`: leave the caller at once, serve in a child."""
    home, idle_seconds = Path(arguments[0]), float(arguments[1])
    ready_fd, lock_fd = int(arguments[2]), int(arguments[3])
    if os.fork():
        os._exit(0)

    def ready(record: Record) -> None:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        os.close(nowhere)
        sys.stdout = sys.stderr = BoundedLog(log_file(home))
        message: dict[str, Any] = {"id": record.id, "port": record.port, "pid": record.pid}
        os.write(ready_fd, json.dumps(message).encode())
        os.close(ready_fd)
        os.close(lock_fd)

    serve(home, idle_seconds, ready)
    # Requests under way and threads of libraries are not worth waiting for: all of it is in memory.
    os._exit(0)

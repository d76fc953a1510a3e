"""The local cloud's process: moto, and what moto lacks, behind one socket on the loopback.

Started by `rehearsal.local_cloud.client` with the home folder and two open descriptors: where to say that
it is ready, and the lock that keeps a second starter waiting until then.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import secrets
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rehearsal.local_cloud.corrections import correct
from rehearsal.local_cloud.idle import IdleWatch
from rehearsal.local_cloud.record import IDENTITY_PATH, Record, log_file, remove_record, write_record
from rehearsal.local_cloud.services import Services
from rehearsal.local_cloud.services.serving import serve as serve_own
from rehearsal.local_cloud.services.serving import signed_for

LOG_LIMIT = 1_000_000
"""Bytes of log kept before it starts again from nothing."""

BACKENDS = ("sts", "iam", "kms", "s3", "s3control", "logs", "cloudtrail", "sns", "events", "cloudwatch")
"""What is loaded ahead of the first request, while the caller does something else."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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


class Application:
    """Answers who it is, hands every other request to an own service or to moto.

    One at a time: their stores have no locks.
    """

    def __init__(self, inner: WsgiApp, identity: dict[str, Any], idle: IdleWatch) -> None:
        self._inner = inner
        self._identity = json.dumps(identity).encode()
        self._idle = idle
        self._services = Services()
        self._one_at_a_time = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._idle.request():
            if environ.get("PATH_INFO") == IDENTITY_PATH:
                start_response("200 OK", [("Content-Type", "application/json")])
                return [self._identity]
            with self._one_at_a_time:
                service = self._services.get(signed_for(environ)[0])
                if service is not None:
                    return serve_own(service, environ, start_response)
                return list(self._inner(environ, start_response))


def serve(home: Path, idle_seconds: float, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serve until idle for `idle_seconds` or told to stop; `ready` is called once the socket answers."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    class QuietHandler(MotoRequestHandler):
        """Logs failures, not requests: those carry names and documents that no log needs."""

        def log(self, type: str, message: str, *args: Any) -> None:
            if type == "error":
                super().log(type, message, *args)

    def create_app(service: Any) -> Any:
        correct(service)
        return create_backend_app(service)

    idle = IdleWatch(idle_seconds)
    cloud_id = secrets.token_hex(16)
    identity = {"id": cloud_id, "pid": os.getpid()}
    application = Application(DomainDispatcherApplication(create_app), identity, idle)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler)
    record = Record(id=cloud_id, port=server.server_port, pid=os.getpid())

    # The kernel may hand the signal to any thread; only the wake-up socket surely wakes this one.
    told_to_stop, wake_up = socket.socketpair()
    wake_up.setblocking(False)
    signal.set_wakeup_fd(wake_up.fileno())
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    write_record(home, record)
    try:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ready({"id": record.id, "port": record.port, "pid": record.pid})
        threading.Thread(
            target=lambda: [importlib.import_module(f"moto.{name}.models") for name in BACKENDS], daemon=True
        ).start()
        while (remaining := idle.remaining()) > 0 and not select.select([told_to_stop], [], [], remaining)[0]:
            pass
    finally:
        remove_record(home, record)
        server.server_close()


def main(arguments: list[str]) -> None:
    """`daemon HOME IDLE_SECONDS READY_FD LOCK_FD`: leave the caller at once, serve in a child."""
    home, idle_seconds = Path(arguments[0]), float(arguments[1])
    ready_fd, lock_fd = int(arguments[2]), int(arguments[3])
    if os.fork():
        os._exit(0)

    def ready(message: dict[str, Any]) -> None:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        os.close(nowhere)
        sys.stdout = sys.stderr = BoundedLog(log_file(home))
        os.write(ready_fd, json.dumps(message).encode())
        os.close(ready_fd)
        os.close(lock_fd)

    serve(home, idle_seconds, ready)
    # Requests under way and moto's own threads are not worth waiting for: all of it is in memory.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])

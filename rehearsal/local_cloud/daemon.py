"""The local cloud's process: moto, and what moto lacks, behind one socket on the loopback.

Started by `rehearsal.local_cloud.client` with the home folder and two open descriptors: where to say that
it is ready, and the lock that keeps a second starter waiting until then.
"""

from __future__ import annotations

import importlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rehearsal.local_cloud.corrections import correct
from rehearsal.local_cloud.idle import IdleWatch
from rehearsal.local_cloud.process import BoundedLog as BoundedLog
from rehearsal.local_cloud.process import Ready, detached, stay
from rehearsal.local_cloud.record import IDENTITY_PATH, Record
from rehearsal.local_cloud.services import Services
from rehearsal.local_cloud.services.serving import serve as serve_own
from rehearsal.local_cloud.services.serving import signed_for

BACKENDS = ("sts", "iam", "kms", "s3", "s3control", "logs", "cloudtrail", "sns", "events", "cloudwatch")
"""What is loaded ahead of the first request, while the caller does something else."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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


def serve(home: Path, idle_seconds: float, ready: Ready) -> None:
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

    def start() -> None:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Thread(
            target=lambda: [importlib.import_module(f"moto.{name}.models") for name in BACKENDS], daemon=True
        ).start()

    try:
        stay(home, record, idle, ready, start)
    finally:
        server.server_close()


if __name__ == "__main__":
    detached(sys.argv[1:], serve)

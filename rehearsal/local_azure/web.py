"""Requests and answers, and a server for them: HTTP/1.1 over TLS with connections that stay open."""

from __future__ import annotations

import json
import ssl
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from rehearsal.local_azure.errors import ArmError, bad_content

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of one request: as much as the largest blob that the storage client uploads in one piece."""

QUIET_SECONDS = 300.0
"""How long a connection may lie idle."""


@dataclass
class Request:
    """One request. `query` and `headers` have lower-cased names."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    def json(self) -> dict[str, Any]:
        """The body as an object; an empty body is an empty object. Raises ArmError."""
        if not self.body.strip():
            return {}
        try:
            told = json.loads(self.body)
        except ValueError as error:
            raise bad_content(f"it is no JSON ({error}).") from None
        if not isinstance(told, dict):
            raise bad_content("it is no JSON object.")
        return told


@dataclass
class Reply:
    """One answer; a body that is no bytes is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds until it is sent, while others are served."""

    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


Answer = Callable[[Request], Reply]


class Server(ThreadingHTTPServer):
    """One endpoint on a free port of the loopback. `busy` marks the time of a request."""

    daemon_threads = True

    def __init__(
        self, answer: Answer, context: ssl.SSLContext, busy: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        # Handshakes happen in the thread of each connection, so that a silent client holds up nobody.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.answer = answer
        self.busy = busy

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the client's business."""
        error = sys.exception()
        if not isinstance(error, OSError):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection, and never logs what they say."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = QUIET_SECONDS
    server: Server

    def _serve(self) -> None:
        with self.server.busy():
            body = self._body()
            if body is None:
                self._send(Reply(413, ArmError(413, "RequestEntityTooLarge", "The body is too long.").body()))
                self.close_connection = True
                return
            url = urlsplit(self.path)
            query = parse_qsl(url.query, keep_blank_values=True)
            request = Request(
                self.command,
                unquote(url.path, errors="replace"),
                {name.lower(): value for name, value in query},
                body,
                {name.lower(): value for name, value in self.headers.items()},
            )
            self._send(self._answered(request))

    def _answered(self, request: Request) -> Reply:
        try:
            return self.server.answer(request)
        except ArmError as error:
            return Reply(error.status, error.body(), dict(error.headers))
        except Exception:  # noqa: BLE001 - the log gets it whole, the caller a refusal that is plainly ours
            traceback.print_exc()
            failed = ArmError(500, "InternalServerError", "The local Azure failed; see its log.")
            return Reply(500, failed.body())

    def _body(self) -> bytes | None:
        """The body, None when it is too long."""
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            length = int(self.headers.get("Content-Length") or 0)
            return self.rfile.read(length) if 0 <= length <= BODY_LIMIT else None
        parts, total = [], 0
        while size := int(self.rfile.readline(100).split(b";")[0], 16):
            total += size
            if total > BODY_LIMIT:
                return None
            parts.append(self.rfile.read(size))
            self.rfile.readline(100)
        while self.rfile.readline(1000).strip():
            pass
        return b"".join(parts)

    def _send(self, reply: Reply) -> None:
        data = reply.data()
        if reply.delay:
            time.sleep(reply.delay)
        self.send_response(reply.status)
        if data and "Content-Type" not in reply.headers:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204 and "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD" and reply.status != 204:
            self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _serve

    def version_string(self) -> str:
        return "local-azure"

    def log_message(self, format: str, *args: Any) -> None:
        """Requests carry names and documents that no log needs."""

"""Resource Manager over HTTPS: one identity's requests, errors in its words, long operations followed."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

ANSWER_SECONDS: Final = 60.0
OPERATION_SECONDS: Final = 300.0
_REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""Asked twice, they do what they do once (RFC 9110, 9.2.2)."""
_ENDED: Final = frozenset({"succeeded", "failed", "canceled"})


class ArmError(Exception):
    """What Resource Manager answers with: status, code and message; status 0 when it does not answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Answer:
    """An answer below 400. Header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: Any


def _asked(
    connection: http.client.HTTPSConnection,
    method: str,
    target: str,
    content: str | None,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    connection.request(method, target, content, headers)
    return connection.getresponse()


Fault = Callable[[str, str, str, "Mapping[str, Any] | None"], ArmError | None]
"""Looks at every request before it is made, (method, path, api-version, body), and may return what it fails
with.
"""


class Arm:
    """Resource Manager at an address such as "https://127.0.0.1:PORT". Safe to share between threads.

    ca_file: the certificate to trust, and no other. token: gives a bearer token; it is asked again when one
    has run out. tenant: what this side calls the tenant, and what Resource Manager does.
    """

    def __init__(
        self,
        endpoint: str,
        ca_file: Path,
        token: Callable[[], str],
        tenant: tuple[str, str] = ("", ""),
        fault: Fault | None = None,
    ) -> None:
        self._fault = fault
        self._tenant = tenant
        self._host = urlsplit(endpoint).netloc
        self._context = ssl.create_default_context(cafile=str(ca_file))
        self._ask_token = token
        self._token = ""
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPSConnection] = []

    def get(self, path: str, version: str) -> dict[str, Any] | None:
        """Return what is there, None when nothing is. Raises ArmError."""
        try:
            found: dict[str, Any] = self.call("GET", path, version).body
        except ArmError as error:
            if error.status == 404:
                return None
            raise
        return found

    def items(self, path: str, version: str, **query: str) -> Iterator[dict[str, Any]]:
        """Yield what a collection holds, page after page. Raises ArmError."""
        page = self.call("GET", path, version, query=query).body
        yield from page["value"]
        while page.get("nextLink"):
            page = self._call("GET", _local(page["nextLink"]), None, {}).body
            yield from page["value"]

    def write(
        self,
        method: str,
        path: str,
        version: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """PUT, PATCH or DELETE, and wait until it is done. Raises ArmError."""
        self._follow(self.call(method, path, version, body, headers=headers))

    def call(
        self,
        method: str,
        path: str,
        version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. Raises ArmError for any status of 400 and above."""
        error = None if self._fault is None else self._fault(method, path, version, body)
        if error is not None:
            raise error
        target = f"{quote(path, safe='/')}?{urlencode({'api-version': version, **(query or {})})}"
        return self._call(method, target, body, headers or {})

    def _call(
        self, method: str, target: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Answer:
        answer = self._once(method, target, body, headers)
        if answer.status == 401:
            self._token = ""
            answer = self._once(method, target, body, headers)
        if answer.status >= 400:
            told = answer.body.get("error") if isinstance(answer.body, Mapping) else None
            told = told if isinstance(told, Mapping) else {}
            code = str(told.get("code") or f"HTTP{answer.status}")
            raise ArmError(answer.status, code, str(told.get("message") or "no message"))
        return answer

    def _once(
        self, method: str, target: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Answer:
        token = self._token = self._token or self._ask_token()
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        ours, theirs = self._tenant
        content = None if body is None else _renamed(json.dumps(body), ours, theirs)
        with self._connection() as connection:
            reused = connection.sock is not None
            try:
                response = _asked(connection, method, target, content, sent)
            except (ConnectionError, ssl.SSLEOFError):
                if not reused or method not in _REPEATABLE:
                    raise
                # The other end had hung up on a connection that nobody used.
                connection.close()
                response = _asked(connection, method, target, content, sent)
            raw = response.read()
        told = {name.lower(): value for name, value in response.getheaders()}
        try:
            text = _renamed(raw.decode(), theirs, ours)
            return Answer(response.status, told, json.loads(text) if text.strip() else None)
        except ValueError:
            return Answer(response.status, told, None)

    @contextmanager
    def _connection(self) -> Iterator[http.client.HTTPSConnection]:
        """Lend a connection that is kept alive; one that broke is not used again."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = http.client.HTTPSConnection(
                self._host, timeout=ANSWER_SECONDS, context=self._context
            )
        try:
            yield connection
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            said = f"the local Azure does not answer ({type(error).__name__}); run the command again"
            raise ArmError(0, "Unreachable", said) from None
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _follow(self, answer: Answer) -> None:
        """Wait for the end of what an answer only began."""
        end = time.monotonic() + OPERATION_SECONDS
        operation = answer.headers.get("azure-asyncoperation")
        location = answer.headers.get("location") if answer.status == 202 else None
        while operation or location:
            if time.monotonic() > end:
                raise ArmError(0, "OperationTimedOut", f"not done after {OPERATION_SECONDS:.0f} seconds")
            time.sleep(_pause(answer.headers))
            answer = self._call("GET", _local(operation or location or ""), None, {})
            if operation:
                status = str((answer.body or {}).get("status", ""))
                if status.lower() not in _ENDED:
                    continue
                if status.lower() != "succeeded":
                    told = (answer.body or {}).get("error") or {}
                    code, said = told.get("code") or status, told.get("message") or "no message"
                    raise ArmError(200, str(code), str(said))
                return
            location = answer.headers.get("location", location) if answer.status == 202 else None


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds until the next look, as the cloud asks."""
    if "retry-after-ms" in headers:
        return float(headers["retry-after-ms"]) / 1000
    return float(headers.get("retry-after", "0.05"))


def _renamed(text: str, one: str, other: str) -> str:
    return text.replace(one, other) if one and other else text


def _local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

"""How an own service is called, and how it answers: AWS's JSON protocols over WSGI."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

NO_ACCOUNT = "123456789012"
"""The account of a request that names none; moto's own."""

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
_ACCOUNT = "HTTP_X_MOTO_ACCOUNT_ID"


@dataclass(frozen=True)
class Call:
    """One request: who calls where, and what is asked. `target` is the operation of the JSON 1.x protocol."""

    account: str
    region: str
    method: str
    path: str
    target: str
    query: dict[str, list[str]]
    body: dict[str, Any]

    @property
    def home(self) -> tuple[str, str]:
        """Account and region: what one store belongs to."""
        return self.account, self.region


class ServiceError(Exception):
    """An error of the service: HTTP status, AWS's code and message, and further members of the answer."""

    def __init__(self, code: str, message: str, status: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.more = more


class Service(Protocol):
    """Plays one service; calls come one at a time."""

    def answer(self, call: Call) -> dict[str, Any]:
        """Return the answer's members. Raises ServiceError."""
        ...


def signed_for(environ: dict[str, Any]) -> tuple[str, str]:
    """Return service and region of a request's signature, ("", "") without one."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[2], found[1]) if found else ("", "")


def serve(service: Service, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one WSGI request."""
    status, answer, headers = 200, {}, []
    try:
        answer = service.answer(_call(environ))
    except ServiceError as error:
        status = error.status
        answer = {"__type": error.code, "message": error.message, **error.more}
        headers = [("x-amzn-ErrorType", error.code)]
    content = json.dumps(answer).encode()
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)
    return [content]


def _call(environ: dict[str, Any]) -> Call:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    content = environ["wsgi.input"].read(length) if length else b""
    try:
        body = json.loads(content) if content else {}
    except ValueError:
        raise ServiceError("SerializationException", "The request's body is not JSON.") from None
    if not isinstance(body, dict):
        raise ServiceError("SerializationException", "The request's body is not a JSON object.")
    return Call(
        account=environ.get(_ACCOUNT) or NO_ACCOUNT,
        region=signed_for(environ)[1],
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        target=environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2],
        query=parse_qs(environ.get("QUERY_STRING", "")),
        body=body,
    )

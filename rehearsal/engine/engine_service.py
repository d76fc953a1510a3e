"""The Engine service: what a Pulumi program, a policy pack or a provider says to its engine.

Usable in two ways, with the same answers: in process, as the stub the Python SDK is given
(`Settings(engine=service)` calls `service.Log(request)`), and over gRPC by `serve()`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Literal, NoReturn

import grpc
import semver
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Severity = Literal["debug", "info", "warning", "error"]
OnLog = Callable[[Severity, str, str, bool], None]
"""Called with severity, message, URN ("" when about no resource) and whether the message is ephemeral."""

EMULATED_VERSION: Final = "3.260.0"
"""The Pulumi version whose behaviour is followed; a program's version demand is judged by it."""

MAX_MESSAGE: Final = 400 * 1024 * 1024  # bytes; what the Pulumi SDKs allow
STOP_SECONDS: Final = 5.0
"""Nobody waits longer for its server to stop."""
_SEVERITIES: Final[tuple[Severity, ...]] = ("debug", "info", "warning", "error")
_OPERATORS: Final = (">=", "<=", "!=", "==", ">", "<", "=", "!")


class EngineCallError(Exception):
    """A call that this engine refuses. In process it is raised; over gRPC it is the status of the call."""


def version_in_range(version: str, wanted: str) -> bool:
    """Whether `version` lies in a range such as `>=3.5.0 !3.7.7 || >4.0.0` (blank is "and", `||` is "or").

    Raises EngineCallError for a range that cannot be read, wildcards included.
    """
    have = semver.Version.parse(version)
    alternatives = [part.split() for part in wanted.split("||")]
    if not all(alternatives):
        raise EngineCallError(f"version range {wanted!r} is empty or incomplete")
    verdicts = [[_holds(have, term, wanted) for term in terms] for terms in alternatives]
    return any(all(terms) for terms in verdicts)


def _holds(have: semver.Version, term: str, wanted: str) -> bool:
    operator = next((op for op in _OPERATORS if term.startswith(op)), "")
    expression = {"": "==", "=": "==", "!": "!="}.get(operator, operator) + term[len(operator) :]
    try:
        return have.match(expression)
    except ValueError:
        raise EngineCallError(f"version range {wanted!r}: {term!r} is not understood") from None


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes log messages, the root resource's URN and version demands. Safe to call from any thread."""

    def __init__(self, on_log: OnLog) -> None:
        self._on_log = on_log
        self._root_urn = ""
        self._server: grpc.Server | None = None
        self._address = ""

    def serve(self) -> str:
        """Listen on a free port of 127.0.0.1 and return `host:port`. Again: the same address."""
        if self._server is None:
            options = [("grpc.max_receive_message_length", MAX_MESSAGE)]
            server = grpc.server(ThreadPoolExecutor(4, "engine-service"), options=options)
            engine_pb2_grpc.add_EngineServicer_to_server(self, server)
            self._address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
            server.start()
            self._server = server
        return self._address

    def stop(self) -> None:
        """Stop listening; calls in process go on working."""
        if self._server is not None:
            self._server.stop(grace=None).wait(timeout=STOP_SECONDS)
            self._server = None

    def __enter__(self) -> EngineService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    # A stub is called with a request alone, a servicer with a context too: hence the optional argument.

    def Log(
        self, request: engine_pb2.LogRequest, context: grpc.ServicerContext | None = None
    ) -> empty_pb2.Empty:
        known = 0 <= request.severity < len(_SEVERITIES)
        self._on_log(
            _SEVERITIES[request.severity] if known else "error",
            request.message,
            request.urn,
            request.ephemeral,
        )
        return empty_pb2.Empty()

    def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: grpc.ServicerContext | None = None
    ) -> engine_pb2.GetRootResourceResponse:
        return engine_pb2.GetRootResourceResponse(urn=self._root_urn)

    def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: grpc.ServicerContext | None = None
    ) -> engine_pb2.SetRootResourceResponse:
        self._root_urn = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest, context: grpc.ServicerContext | None = None
    ) -> engine_pb2.RequirePulumiVersionResponse:
        try:
            met = version_in_range(EMULATED_VERSION, request.pulumi_version_range)
        except EngineCallError as problem:
            _refuse(context, grpc.StatusCode.INVALID_ARGUMENT, str(problem))
        if not met:
            wanted = request.pulumi_version_range
            text = f"the program wants Pulumi {wanted}; this engine follows {EMULATED_VERSION}"
            _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, text)
        return engine_pb2.RequirePulumiVersionResponse()

    def StartDebugging(
        self, request: engine_pb2.StartDebuggingRequest, context: grpc.ServicerContext | None = None
    ) -> empty_pb2.Empty:
        _refuse(context, grpc.StatusCode.UNIMPLEMENTED, "this engine attaches no debugger")


def _refuse(context: grpc.ServicerContext | None, code: grpc.StatusCode, text: str) -> NoReturn:
    if context is not None:
        context.abort(code, text)
    raise EngineCallError(text)

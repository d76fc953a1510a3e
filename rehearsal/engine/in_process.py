"""Providers and policy packs that are objects in this process, asked as if over a connection.

The channel takes the place of a gRPC channel under the generated stubs, so whoever asks cannot tell the
difference: the same messages go to the same methods of the servicer, and what it does with its context
(abort, set_code, trailing metadata) or fails to do comes out as the RpcError that gRPC would have raised.
What is left out is what lies between: serialising, sockets, threads, and with them the time limits of calls.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NoReturn

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2_grpc, provider_pb2_grpc

from rehearsal.engine.policy_types import PolicyPackError

ProviderServer = str | provider_pb2_grpc.ResourceProviderServicer
"""Where a provider is: the `host:port` of its server, or the object itself."""

_LOG: Final = logging.getLogger(__name__)
_connections: Final = itertools.count(1)
Metadata = tuple[Any, ...]


def connection(
    server: ProviderServer, options: Sequence[tuple[str, Any]], log_address: Callable[[], str]
) -> tuple[grpc.Channel, str]:
    """A new connection (a peer of its own), and the address to attach the provider to.

    That is "" for an object, which is not attached: whoever made it gave it what it reports to.
    """
    if isinstance(server, str):
        return grpc.insecure_channel(server, options=options), log_address()
    return InProcessChannel(server), ""


class CallFailed(grpc.RpcError, grpc.Call):
    """What a stub raises for a call that did not end well."""

    def __init__(self, code: grpc.StatusCode, details: str, trailing: Metadata) -> None:
        super().__init__(f"{code.name}: {details}")
        self._code, self._details, self._trailing = code, details, trailing

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> Metadata:
        return self._trailing

    def initial_metadata(self) -> Metadata:
        return ()

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> float:
        return float("inf")

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False


class _Aborted(Exception):
    """Leaves a servicer's method; the context knows why."""


class _Context(grpc.ServicerContext):
    """What a servicer learns about a call, and says beside its answer."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._code: grpc.StatusCode | None = None
        self._details = ""
        self._trailing: Metadata = ()

    def peer(self) -> str:
        return self._peer

    def set_code(self, code: grpc.StatusCode) -> None:
        self._code = code

    def set_details(self, details: str) -> None:
        self._details = details

    def set_trailing_metadata(self, trailing_metadata: Sequence[tuple[str, str | bytes]]) -> None:
        self._trailing = tuple(trailing_metadata)

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        # As in gRPC, an abort is a failure whatever it claims; then it says nothing either.
        well = code is grpc.StatusCode.OK
        self._code, self._details = (grpc.StatusCode.UNKNOWN, "") if well else (code, details)
        raise _Aborted

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        self._trailing = tuple(status.trailing_metadata)
        self.abort(status.code, status.details)

    def failure(self) -> CallFailed | None:
        """What the servicer said of a call that returned."""
        if self._code in (None, grpc.StatusCode.OK):
            return None
        return CallFailed(self._code, self._details, self._trailing)

    def broken(self, problem: BaseException) -> CallFailed:
        """What became of a call that raised: what was said before counts."""
        if isinstance(problem, _Aborted) and self._code is not None:
            return CallFailed(self._code, self._details, self._trailing)
        if self._code is None:
            _LOG.error("a call failed", exc_info=problem)  # a defect: its traceback is wanted
        code = grpc.StatusCode.UNKNOWN if self._code is None else self._code
        details = self._details or f"Exception calling application: {problem}"
        return CallFailed(code, details, self._trailing)

    def invocation_metadata(self) -> Metadata:
        return ()

    def peer_identities(self) -> None:
        return None

    def peer_identity_key(self) -> None:
        return None

    def auth_context(self) -> dict[str, bytes]:
        return {}

    def send_initial_metadata(self, initial_metadata: Metadata) -> None:
        """Nobody waits for it."""

    def is_active(self) -> bool:
        return True

    def time_remaining(self) -> float:
        return float("inf")

    def cancel(self) -> None:
        """Nothing runs beside the call that could be cancelled."""

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False


class _Unary:
    """A method with one answer."""

    def __init__(self, behaviour: Callable[[Any, grpc.ServicerContext], Any], peer: str) -> None:
        self._behaviour, self._peer = behaviour, peer

    def __call__(self, request: Message, timeout: float | None = None) -> Message:
        context = _Context(self._peer)
        try:
            answer = self._behaviour(request, context)
        except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever it was, the call has failed
            raise context.broken(problem) from None
        if failure := context.failure():
            raise failure
        if not isinstance(answer, Message):
            said = f"the answer is no message but {type(answer).__name__}"
            raise CallFailed(grpc.StatusCode.INTERNAL, said, ())
        return answer

    def future(self, request: Message, timeout: float | None = None) -> _Later:
        return _Later(lambda: self(request))


class _Later:
    """An answer that is worked out when it is asked for: meanwhile others can be asked."""

    def __init__(self, call: Callable[[], Message]) -> None:
        self.result = call


class _Stream:
    """A method with any number of answers."""

    def __init__(self, behaviour: Callable[[Any, grpc.ServicerContext], Any], peer: str) -> None:
        self._behaviour, self._peer = behaviour, peer

    def __call__(self, request: Message, timeout: float | None = None) -> Iterator[Message]:
        context = _Context(self._peer)
        try:
            yield from self._behaviour(request, context)
        except (Exception, SystemExit) as problem:  # noqa: BLE001 - as above
            raise context.broken(problem) from None
        if failure := context.failure():
            raise failure


class InProcessChannel(grpc.Channel):
    """A connection to a servicer object; each has a peer name of its own, as each gRPC connection has."""

    def __init__(self, servicer: object) -> None:
        self._servicer = servicer
        self._peer = f"in-process:{next(_connections)}"

    def _behaviour(self, method: str) -> Callable[[Any, grpc.ServicerContext], Any]:
        name = method.rpartition("/")[2]
        return getattr(self._servicer, name, _unimplemented)

    def unary_unary(self, method: str, *_: Any, **__: Any) -> Any:
        return _Unary(self._behaviour(method), self._peer)

    def unary_stream(self, method: str, *_: Any, **__: Any) -> Any:
        return _Stream(self._behaviour(method), self._peer)

    def stream_unary(self, method: str, *_: Any, **__: Any) -> Any:
        """Engines send no streams: the stubs only ask for it."""
        return None

    stream_stream = stream_unary

    def subscribe(self, callback: Callable[[Any], None], try_to_connect: bool | None = False) -> None:
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Callable[[Any], None]) -> None:
        """Nothing changes that one could hear of."""

    def close(self) -> None:
        """The object goes on as it was."""

    def __enter__(self) -> InProcessChannel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _unimplemented(request: object, context: grpc.ServicerContext) -> NoReturn:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
    raise AssertionError("abort does not return")


class PackObject:
    """A policy pack that is an object, where others have a process. It serves one operation at a time."""

    version = ""

    def __init__(self, servicer: analyzer_pb2_grpc.AnalyzerServicer) -> None:
        self.name = type(servicer).__name__
        self._servicer = servicer
        self._mask: Callable[[str], str] = str

    def connect(self, deadline: float) -> grpc.Channel:
        return InProcessChannel(self._servicer)

    def mask_with(self, mask: Callable[[str], str]) -> None:
        self._mask = mask

    def error(self, problem: str, details: str = "") -> PolicyPackError:
        return PolicyPackError(self.name, self._mask(problem), self._mask(details))

    def close(self) -> None:
        """Whoever made it ends it."""

"""Providers as the engine speaks to them: one connection for each provider instance.

A provider server keeps its configuration per connection (peer), so connections are never shared: two
instances of a package in two regions are two peers of the same server.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from rehearsal.engine import wire
from rehearsal.engine.errors import EngineError, InvalidResource, ProviderFailed
from rehearsal.engine.in_process import ProviderServer, connection
from rehearsal.engine.urns import name_of, package_of, type_of

_OPTIONS: Final = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
)
_NO_ANSWER: Final = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}
_DETAILS: Final = "grpc-status-details-bin"
Reply = TypeVar("Reply")


class PartialFailure(EngineError):
    """The provider made or changed the thing, but it did not come up. `outputs` is what there is."""

    def __init__(self, urn: str, operation: str, id_: str, outputs: Struct, reasons: Sequence[str]) -> None:
        self.urn, self.id, self.outputs, self.reasons = urn, id_, outputs, tuple(reasons)
        super().__init__(f"{operation} did not complete: {'; '.join(reasons)}", where=urn)


class NotOffered(EngineError):
    """The provider does not implement a method that engines can do without."""

    def __init__(self, urn: str, operation: str) -> None:
        super().__init__(f"its provider does not offer {operation}", where=urn)


class CallRefused(Exception):
    """A function call that the provider refuses, in its words."""


@dataclass(frozen=True)
class Live:
    """A resource as its provider reads it; `inputs` as they would be written to get it."""

    inputs: Struct
    outputs: Struct


@dataclass(frozen=True)
class Difference:
    """A provider's judgement of old against new; `changes` None: it leaves that to the engine."""

    changes: bool | None
    replace_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    replace: bool = False
    delete_before_replace: bool = False


class Plugin:
    """One provider instance at a server. Unconfigured until `configure`."""

    def __init__(self, server: ProviderServer, log_address: Callable[[], str]) -> None:
        self._channel, self._log_address = connection(server, _OPTIONS, log_address)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._secrets = self._references = self._previews = False
        self._attached = False
        self.known = False
        """False while the configuration holds unknowns (in a preview): the server is not asked then."""

    def close(self) -> None:
        self._channel.close()

    def check_config(self, urn: str, olds: Struct | None, news: Struct) -> Struct:
        """The checked configuration. Raises InvalidResource with every refused property."""
        self._attach(urn)
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            olds=wire.without_references(wire.without_secrets(olds)) if olds is not None else None,
            news=wire.without_references(wire.without_secrets(news)),
        )
        reply = _optional(urn, "check of the configuration", self._stub.CheckConfig, request)
        if reply is None:
            return news
        _refused(urn, reply.failures)
        inputs = Struct()
        inputs.CopyFrom(reply.inputs)
        wire.annotate_secrets(inputs, news)
        return inputs

    def _attach(self, urn: str) -> None:
        """Tell the provider where messages for people go, once."""
        if self._log_address and not self._attached:
            request = plugin_pb2.PluginAttach(address=self._log_address)
            _optional(urn, "attaching", self._stub.Attach, request)
        self._attached = True

    def diff_config(
        self, urn: str, old_inputs: Struct, old_outputs: Struct, news: Struct, ignore: Iterable[str] = ()
    ) -> Difference:
        plain = [wire.without_references(wire.without_secrets(s)) for s in (old_inputs, old_outputs, news)]
        request = provider_pb2.DiffRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            old_inputs=plain[0],
            olds=plain[1],
            news=plain[2],
            ignoreChanges=list(ignore),
        )
        reply = _optional(urn, "diff of the configuration", self._stub.DiffConfig, request)
        return Difference(None) if reply is None else _difference(reply)

    def configure(self, urn: str, id_: str, inputs: Struct) -> None:
        self._attach(urn)
        self.known = not wire.has_unknowns(inputs)
        if not self.known:
            return
        package = package_of(type_of(urn))
        variables = {
            f"{package}:config:{key}": _variable(value)
            for key, value in wire.without_secrets(inputs).fields.items()
            if key != "version"
        }
        request = provider_pb2.ConfigureRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            id=id_,
            args=inputs,
            variables=variables,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        reply = _call(urn, "configuration of the provider", self._stub.Configure, request)
        self._secrets, self._references = reply.acceptSecrets, reply.acceptResources
        self._previews = reply.supportsPreview

    def check(self, urn: str, olds: Struct | None, news: Struct) -> Struct:
        """The inputs as the provider wants them, defaults filled in. Raises InvalidResource."""
        if not self.known:
            return news
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            olds=self._out(olds or Struct()),
            news=self._out(news),
            randomSeed=os.urandom(32),
        )
        reply = _call(urn, "check", self._stub.Check, request)
        _refused(urn, reply.failures)
        return self._in(reply.inputs, news)

    def diff(
        self, urn: str, id_: str, old_inputs: Struct, old_outputs: Struct, news: Struct, ignore: Sequence[str]
    ) -> Difference:
        if not self.known:
            return Difference(True)
        request = provider_pb2.DiffRequest(
            id=id_,
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            olds=self._out(old_outputs),
            news=self._out(news),
            old_inputs=self._out(old_inputs),
            ignoreChanges=list(ignore),
        )
        return _difference(_call(urn, "diff", self._stub.Diff, request))

    def create(self, urn: str, inputs: Struct, *, timeout: float, preview: bool) -> tuple[str, Struct]:
        """Id and outputs. In a preview the id may be empty. Raises ProviderFailed or PartialFailure."""
        if preview and not self.known:
            return "", Struct()
        if preview and not self._previews:
            return "", inputs
        request = provider_pb2.CreateRequest(
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            properties=self._out(inputs),
            timeout=timeout,
            preview=preview,
        )
        reply = _call(urn, "create", self._stub.Create, request)
        if not reply.id and not preview:
            raise ProviderFailed(urn, "create", "the provider gave no id")
        return reply.id, self._in(reply.properties, inputs)

    def update(
        self,
        urn: str,
        id_: str,
        old_inputs: Struct,
        old_outputs: Struct,
        news: Struct,
        *,
        timeout: float,
        ignore: Sequence[str],
        preview: bool,
    ) -> Struct:
        """The new outputs. Raises ProviderFailed or PartialFailure."""
        if preview and not self.known:
            return Struct()
        if preview and not self._previews:
            return news
        request = provider_pb2.UpdateRequest(
            id=id_,
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            olds=self._out(old_outputs),
            news=self._out(news),
            old_inputs=self._out(old_inputs),
            timeout=timeout,
            ignoreChanges=list(ignore),
            preview=preview,
        )
        reply = _call(urn, "update", self._stub.Update, request)
        return self._in(reply.properties, news)

    def delete(self, urn: str, id_: str, inputs: Struct, outputs: Struct, *, timeout: float) -> None:
        request = provider_pb2.DeleteRequest(
            id=id_,
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            properties=self._out(outputs),
            old_inputs=self._out(inputs),
            timeout=timeout,
        )
        _call(urn, "delete", self._stub.Delete, request)

    def read(self, urn: str, id_: str, inputs: Struct, outputs: Struct) -> Live | None:
        """What is there under an id; None where nothing is. Raises NotOffered."""
        request = provider_pb2.ReadRequest(
            id=id_,
            urn=urn,
            name=name_of(urn),
            type=type_of(urn),
            inputs=self._out(inputs),
            properties=self._out(outputs),
        )
        reply = _optional(urn, "read", self._stub.Read, request)
        if reply is None:
            raise NotOffered(urn, "read")
        if not reply.id:
            return None
        given = reply.inputs if reply.HasField("inputs") else inputs
        return Live(self._in(given, inputs), self._in(reply.properties, inputs))

    def find(self, urn: str, inputs: Struct) -> tuple[str, ...]:
        """Ids of what is there and could have come from these inputs. Raises NotOffered."""
        query = self._out(inputs)
        found: list[str] = []
        page = ""
        while True:
            request = provider_pb2.ListRequest(token=type_of(urn), query=query, continuation_token=page)
            replies = _optional(urn, "list", lambda r: list(self._stub.List(r)), request)
            if replies is None or any(reply.HasField("computed") for reply in replies):
                raise NotOffered(urn, f"a list of {type_of(urn)}")
            found += (reply.result.id for reply in replies if reply.HasField("result"))
            pages = [reply.continuation.continuation_token for reply in replies]
            page = next(filter(None, pages), "")
            if not page:
                return tuple(found)

    def invoke(self, token: str, arguments: Struct) -> provider_pb2.InvokeResponse:
        """Call a function of the provider. Raises CallRefused."""
        try:
            reply: provider_pb2.InvokeResponse = self._stub.Invoke(
                provider_pb2.InvokeRequest(tok=token, args=arguments)
            )
        except grpc.RpcError as error:
            raise CallRefused(_words(error)) from None
        return reply

    def _out(self, struct: Struct) -> Struct:
        if not self._secrets:
            struct = wire.without_secrets(struct)
        return struct if self._references else wire.without_references(struct)

    def _in(self, answered: Struct, given: Struct) -> Struct:
        result = Struct()
        result.CopyFrom(answered)
        if not self._secrets:
            wire.annotate_secrets(result, given)
        return result


def _variable(value: Any) -> str:
    """A configuration value as the old form of Configure has it: text as it is, the rest as JSON."""
    if value.WhichOneof("kind") == "string_value":
        return str(value.string_value)
    return json.dumps(wire.shown(value), separators=(",", ":"))


def _difference(reply: provider_pb2.DiffResponse) -> Difference:
    kinds = provider_pb2.PropertyDiff.Kind
    replacing = {kinds.ADD_REPLACE, kinds.DELETE_REPLACE, kinds.UPDATE_REPLACE}
    detailed = reply.detailedDiff if reply.hasDetailedDiff else {}
    replace_paths = [path for path, diff in detailed.items() if diff.kind in replacing]
    unknown = reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN
    return Difference(
        changes=None if unknown else reply.changes == provider_pb2.DiffResponse.DIFF_SOME,
        replace_keys=tuple(reply.replaces) or tuple(sorted(replace_paths)),
        changed_keys=tuple(reply.diffs),
        paths=tuple(sorted(detailed)) or tuple(reply.diffs),
        replace=bool(reply.replaces or replace_paths),
        delete_before_replace=reply.deleteBeforeReplace,
    )


def _refused(urn: str, failures: Sequence[provider_pb2.CheckFailure]) -> None:
    if failures:
        said = "; ".join(f"{f.property}: {f.reason}" if f.property else f.reason for f in failures)
        raise InvalidResource(urn, said)


def _call(urn: str, operation: str, method: Callable[[Any], Reply], request: object) -> Reply:
    try:
        return method(request)
    except grpc.RpcError as error:
        raise _failure(urn, operation, error) from None


def _optional(urn: str, operation: str, method: Callable[[Any], Reply], request: object) -> Reply | None:
    """The reply, or None where the provider does not implement the method."""
    try:
        return method(request)
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise _failure(urn, operation, error) from None


def _failure(urn: str, operation: str, error: grpc.RpcError) -> EngineError:
    if not isinstance(error, grpc.Call):
        return ProviderFailed(urn, operation, str(error), answered=False)
    words = _words(error)
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                failed = provider_pb2.ErrorResourceInitFailed()
                if detail.Unpack(failed):
                    return PartialFailure(
                        urn, operation, failed.id, failed.properties, failed.reasons or [words]
                    )
    return ProviderFailed(urn, operation, words, answered=error.code() not in _NO_ANSWER)


def _words(error: grpc.RpcError) -> str:
    return (error.details() or error.code().name) if isinstance(error, grpc.Call) else str(error)

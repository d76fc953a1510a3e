"""A small provider in memory, for the engine's tests: package `test`, one type, behaviour by property.

Type `test:index:Thing`; its inputs are kept as they are, except these:

- `name`: changing it replaces the thing; `name: null` is filled in by Check from the URN.
- `slot`: changing it replaces the thing, the old one deleted first.
- `quiet`: changing it is no difference at all.
- `bad`: Check refuses, naming the property; `refuse`: Create refuses with that text.
- `stuck`: Create makes the thing and then reports that it did not come up; an update heals it.
- `stubborn`: Delete refuses with that text.
- `together`: Create and Delete wait until so many such calls are under way.

Function `test:index:get` gives back what it was called with, and its provider's region; others are refused.

With `breaks` set, Create ends as if the connection had gone.

Outputs are the inputs plus `arn` (known at preview), `token` (unknown until created, a secret) and
`region`, the one its provider instance was configured with. Connections are told apart by peer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"

Properties = dict[str, Any]


@dataclass
class Call:
    """One call the engine made."""

    method: str
    urn: str
    region: str
    properties: Properties = field(default_factory=dict)
    preview: bool = False
    timeout: float = 0.0


def plain(struct: struct_pb2.Struct) -> Properties:
    return dict(json_format.MessageToDict(struct))


def struct(values: Properties) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def unwrapped(value: Any) -> Any:
    """A value without its secret envelopes."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return unwrapped(value["value"])
        return {k: unwrapped(v) for k, v in value.items()}
    if isinstance(value, list):
        return [unwrapped(v) for v in value]
    return value


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Keeps what was created in `things` (id to outputs) and every call in `calls`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.things: dict[str, Properties] = {}
        self.secrets_supported = True
        self.breaks = False
        self.lock = threading.Lock()
        self._regions: dict[str, str] = {}
        self._count = 0
        self._meetings: dict[tuple[str, int], threading.Barrier] = {}
        self.engine_address = ""

    def methods(self, *names: str) -> list[tuple[str, str]]:
        """(method, resource name) of every real call of these methods, in order."""
        return [(c.method, c.urn.split("::")[-1]) for c in self.calls if c.method in names and not c.preview]

    def _note(self, method: str, request: Any, context: grpc.ServicerContext, **more: Any) -> str:
        region = self._regions.get(context.peer(), "")
        with self.lock:
            self.calls.append(Call(method, request.urn, region, **more))
        return region

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.2.3")

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.engine_address = request.address
        return empty_pb2.Empty()

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        news = plain(request.news)
        self._note("CheckConfig", request, context, properties=news)
        if news.get("region") == "nowhere":
            failure = provider_pb2.CheckFailure(property="region", reason="no such region")
            return provider_pb2.CheckResponse(failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        self._note("DiffConfig", request, context)
        old, new = plain(request.old_inputs), plain(request.news)
        changed = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        replaces = [k for k in changed if k == "region"]
        return provider_pb2.DiffResponse(changes=some, diffs=changed, replaces=replaces)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        region = str(unwrapped(plain(request.args)).get("region", ""))
        self._regions[context.peer()] = region
        with self.lock:
            self.calls.append(Call("Configure", request.urn, region, plain(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=self.secrets_supported, supportsPreview=True, acceptResources=True
        )

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        news = plain(request.news)
        self._note("Check", request, context, properties=news)
        if "bad" in news:
            failure = provider_pb2.CheckFailure(property="bad", reason="this property is bad")
            return provider_pb2.CheckResponse(failures=[failure])
        if "name" not in news:
            news["name"] = plain(request.olds).get("name") or request.urn.split("::")[-1] + "-auto"
        return provider_pb2.CheckResponse(inputs=struct(news))

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        old, new = unwrapped(plain(request.old_inputs)), unwrapped(plain(request.news))
        self._note("Diff", request, context, properties=new)
        changed = {k for k in old.keys() | new.keys() if old.get(k) != new.get(k)} - {"quiet"}
        changed -= set(request.ignoreChanges)
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=sorted(changed),
            replaces=sorted(changed & {"name", "slot"}),
            deleteBeforeReplace="slot" in changed,
        )

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        inputs = plain(request.properties)
        region = self._note(
            "Create", request, context, properties=inputs, preview=request.preview, timeout=request.timeout
        )
        if request.preview:
            return provider_pb2.CreateResponse(properties=struct(self._outputs(inputs, region, UNKNOWN)))
        if self.breaks:
            _fail(context, grpc.StatusCode.UNAVAILABLE, "socket closed")
        if "refuse" in inputs:
            _fail(context, grpc.StatusCode.INVALID_ARGUMENT, str(unwrapped(inputs["refuse"])))
        self._meet("Create", inputs)
        identity = self.new_id()
        outputs = self._outputs(inputs, region, f"t0ken-{identity}")
        self.things[identity] = outputs
        if inputs.get("stuck"):
            self._stuck(context, identity, outputs, inputs)
        return provider_pb2.CreateResponse(id=identity, properties=struct(outputs))

    def new_id(self) -> str:
        with self.lock:
            self._count += 1
            return f"thing-{self._count}"

    def _outputs(self, inputs: Properties, region: str, token: str) -> Properties:
        arn = f"arn:test:{region}:{unwrapped(inputs.get('name'))}"
        return {**inputs, "arn": arn, "region": region, "token": {SIGNATURE: SECRET, "value": token}}

    def _stuck(
        self, context: grpc.ServicerContext, identity: str, outputs: Properties, inputs: Properties
    ) -> NoReturn:
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=identity, properties=struct(outputs), inputs=struct(inputs), reasons=["did not come up"]
            )
        )
        code = grpc.StatusCode.UNKNOWN.value[0]
        status = status_pb2.Status(code=code, message="did not come up", details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        _fail(context, grpc.StatusCode.UNKNOWN, "did not come up")

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        news = plain(request.news)
        region = self._note("Update", request, context, properties=news, preview=request.preview)
        token = unwrapped(plain(request.olds))["token"]
        outputs = self._outputs(news, region, token)
        if not request.preview:
            self.things[request.id] = outputs
        return provider_pb2.UpdateResponse(properties=struct(outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        inputs = plain(request.old_inputs)
        self._note("Delete", request, context, properties=inputs)
        if "stubborn" in inputs:
            _fail(context, grpc.StatusCode.FAILED_PRECONDITION, str(inputs["stubborn"]))
        self._meet("Delete", inputs)
        del self.things[request.id]
        return empty_pb2.Empty()

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        with self.lock:
            region = self._regions.get(context.peer(), "")
        if request.tok != "test:index:get":
            _fail(context, grpc.StatusCode.NOT_FOUND, f"NothingThere: {request.tok}")
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(struct({**plain(request.args), "region": region}))
        return response

    def _meet(self, method: str, inputs: Properties) -> None:
        if "together" in inputs:
            count = int(inputs["together"])
            with self.lock:
                meeting = self._meetings.setdefault((method, count), threading.Barrier(count))
            meeting.wait(timeout=10)


def _fail(context: grpc.ServicerContext, code: grpc.StatusCode, text: str) -> NoReturn:
    context.abort(code, text)
    raise AssertionError("abort returned")


@contextmanager
def serving(provider: provider_pb2_grpc.ResourceProviderServicer) -> Iterator[str]:
    """The provider on a free port of the loopback; yields `127.0.0.1:port`."""
    server = grpc.server(ThreadPoolExecutor(16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()

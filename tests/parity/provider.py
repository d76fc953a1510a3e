"""A provider in memory, for what every engine must do with any provider: keys, buckets, secrets, unknowns.

`test:index:Key` gives out `arn` (known after create) and `material` (always a secret). `test:index:Bucket`
takes `name` (a change replaces it), `key`, `password`, `tags`; it gives them back with `arn`. Ids are
random, like a cloud's.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEY_ARN = "arn:test:key/{}"


def text(value: str) -> struct_pb2.Value:
    return struct_pb2.Value(string_value=value)


def secret(value: struct_pb2.Value) -> struct_pb2.Value:
    return struct_pb2.Value(
        struct_value=struct_pb2.Struct(fields={SIGNATURE: text(SECRET), "value": value}),
    )


class TestProvider(provider_pb2_grpc.ResourceProviderServicer):
    __test__ = False

    def __init__(self) -> None:
        self.made: dict[str, struct_pb2.Struct] = {}
        self.calls: list[str] = []
        self._lock = threading.Lock()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        same = request.old_inputs == request.news
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        if "refused" in request.news.fields:
            failure = provider_pb2.CheckFailure(property="refused", reason="the cloud says no")
            return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        old, new = request.old_inputs.fields, request.news.fields
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        replaces = [key for key in changed if key == "name"]
        response = provider_pb2.DiffResponse(diffs=changed, replaces=replaces)
        some = provider_pb2.DiffResponse.DIFF_SOME
        response.changes = some if changed else provider_pb2.DiffResponse.DIFF_NONE
        return response

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        identity = "" if request.preview else str(uuid.uuid4())
        outputs = self._outputs(request.urn, identity, request.properties)
        if not request.preview:
            with self._lock:
                self.calls.append(f"create {request.urn.rsplit('::')[-1]}")
                self.made[identity] = outputs
        return provider_pb2.CreateResponse(id=identity, properties=outputs)

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        outputs = self._outputs(request.urn, request.id, request.news)
        if not request.preview:
            with self._lock:
                self.calls.append(f"update {request.urn.rsplit('::')[-1]}")
                self.made[request.id] = outputs
        return provider_pb2.UpdateResponse(properties=outputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        with self._lock:
            self.calls.append(f"delete {request.urn.rsplit('::')[-1]}")
            self.made.pop(request.id, None)
        return empty_pb2.Empty()

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        made = self.made.get(request.id)
        if made is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=made, inputs=request.inputs)

    @staticmethod
    def _outputs(urn: str, identity: str, inputs: struct_pb2.Struct) -> struct_pb2.Struct:
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(inputs)
        if ":Key::" in urn:
            arn = KEY_ARN.format(identity) if identity else UNKNOWN
            outputs.fields["arn"].CopyFrom(text(arn))
            outputs.fields["policy"].CopyFrom(text(f'{{"Resource": "{arn}"}}' if identity else UNKNOWN))
            outputs.fields["material"].CopyFrom(secret(text("key-material" if identity else UNKNOWN)))
        else:
            outputs.fields["arn"].CopyFrom(text(f"arn:test:bucket/{inputs.fields['name'].string_value}"))
        return outputs


@contextmanager
def serving(provider: TestProvider) -> Iterator[str]:
    """Serve on the loopback; yields `host:port`."""
    server = grpc.server(ThreadPoolExecutor(4, "test-provider"))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()

"""A provider that takes anything and creates nothing, remembering what it was asked to create."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc


class StubProvider(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self) -> None:
        self.created: list[str] = []
        self.port = 0

    def Attach(self, request: object, context: object) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="7.51.1")

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: object, context: object) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: object, context: object) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:
        if not request.preview:
            self.created.append(request.urn)
        return provider_pb2.CreateResponse(
            id="" if request.preview else request.urn, properties=_as_answered(request.properties)
        )


def _as_answered(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """Azure answers with a mapping of identities where it takes a list."""
    answer = struct_pb2.Struct()
    answer.CopyFrom(properties)
    users = answer.fields["identity"].struct_value.fields if "identity" in answer else {}
    if "userAssignedIdentities" in users:
        listed = [each.string_value for each in users["userAssignedIdentities"].list_value.values]
        users["userAssignedIdentities"].struct_value.update({each: {} for each in listed})
    return answer


@contextmanager
def stub_provider() -> Iterator[StubProvider]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    provider = StubProvider()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    provider.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield provider
    finally:
        server.stop(None)

"""A small cloud that outlives the engine: it says what is there, and refuses a name that is taken.

As tests.engine.provider, and: names are unique, except those of things with `nameless` set, which a cloud
takes any number of (as keys); List finds a thing by its name, a nameless one by its `label`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tests.engine.provider import Properties, Provider, plain, struct, unwrapped

OUTPUTS = {"arn", "region", "token"}


class SmallCloud(Provider):
    """`lists`: whether it answers List; `lost`: methods that act, and whose answers are lost."""

    def __init__(self) -> None:
        super().__init__()
        self.lists = True
        self.lost: set[str] = set()

    def _lose(self, method: str, context: grpc.ServicerContext) -> None:
        if method in self.lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, "socket closed")

    def names(self) -> list[str]:
        """The name of everything that is there, sorted; a name twice is a thing made twice."""
        return sorted(str(unwrapped(thing["name"])) for thing in self.things.values())

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        inputs = plain(request.properties)
        name = unwrapped(inputs.get("name"))
        if not request.preview and not inputs.get("nameless") and name in self.names():
            context.abort(grpc.StatusCode.ALREADY_EXISTS, f"EntityAlreadyExists: {name} exists")
        answer = super().Create(request, context)
        if not request.preview:
            self._lose("Create", context)
        return answer

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        if request.id not in self.things and not request.preview:
            context.abort(grpc.StatusCode.NOT_FOUND, f"{request.id} is not there")
        answer = super().Update(request, context)
        if not request.preview:
            self._lose("Update", context)
        return answer

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        if request.id not in self.things:
            return empty_pb2.Empty()
        answer = super().Delete(request, context)
        self._lose("Delete", context)
        return answer

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        thing = self.things.get(request.id)
        if thing is None:
            return provider_pb2.ReadResponse()
        inputs = {key: value for key, value in thing.items() if key not in OUTPUTS}
        return provider_pb2.ReadResponse(id=request.id, properties=struct(thing), inputs=struct(inputs))

    def List(
        self, request: provider_pb2.ListRequest, context: grpc.ServicerContext
    ) -> Iterator[provider_pb2.ListResponse]:
        if not self.lists:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no lists here")
        query = unwrapped(plain(request.query))
        for identity in [i for i, thing in self.things.items() if _matches(unwrapped(thing), query)]:
            result = provider_pb2.ListResponse.Result(id=identity)
            yield provider_pb2.ListResponse(result=result)


def _matches(thing: Properties, query: dict[str, Any]) -> bool:
    if query.get("nameless"):
        return bool(thing.get("nameless")) and thing.get("label") == query.get("label")
    return bool(thing["name"] == query.get("name"))

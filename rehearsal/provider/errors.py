"""How the provider says no over gRPC: a status with one readable sentence, and for half-made resources
the rest.
"""

from __future__ import annotations

from typing import Any, NoReturn

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2


class Refusal(Exception):
    """An expected failure of one request: status code and message for the engine to show."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class HalfMade(Exception):
    """The resource exists, but is not as asked for: the engine keeps it and tries to update it next time."""

    def __init__(self, id: str, outputs: struct_pb2.Struct, inputs: struct_pb2.Struct, reason: str) -> None:
        super().__init__(reason)
        self.id = id
        self.outputs = outputs
        self.inputs = inputs
        self.reason = reason


def abort_half_made(context: grpc.ServicerContext, error: HalfMade) -> NoReturn:
    """End the call with the details an engine needs to keep the resource in its state."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=error.outputs, inputs=error.inputs, reasons=[error.reason]
    )
    status: Any = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, error.reason)
    raise AssertionError("abort does not return")

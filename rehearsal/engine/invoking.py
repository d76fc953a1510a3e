"""Function calls of a program (invokes): a provider answers them, and what it refuses the program is told.

A refusal does not end the operation, as under the CLI: the program may have an answer of its own.
"""

from __future__ import annotations

import grpc
from pulumi.runtime.proto import resource_pb2

from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import Unsupported
from rehearsal.engine.plugins import CallRefused
from rehearsal.engine.urns import split_reference


class InvokeFailed(grpc.RpcError):
    """What the SDK expects of a call that failed. Its message names the function, as the CLI's does."""

    def __init__(self, token: str, said: str) -> None:
        super().__init__(said)
        self._details = f"invocation of {token} returned an error: {said}"

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._details


def invoke(
    deployment: Deployment, request: resource_pb2.ResourceInvokeRequest
) -> resource_pb2.ResourceInvokeResponse:
    """Ask the provider a program names. Raises InvokeFailed, and Unsupported where it names none."""
    if not request.provider:
        raise Unsupported(f"function calls to default providers (invoke of {request.tok})")
    plugin = deployment.registry.get(request.provider, split_reference(request.provider)[0])
    if not plugin.known:  # its configuration is known later, in an update
        return resource_pb2.ResourceInvokeResponse(unknown=True)
    try:
        answer = plugin.invoke(request.tok, request.args)
    except CallRefused as refusal:
        raise InvokeFailed(request.tok, str(refusal)) from None
    response = resource_pb2.ResourceInvokeResponse(failures=answer.failures)
    getattr(response, "return").CopyFrom(getattr(answer, "return"))
    return response

"""A client that speaks to the azure-native stand-in as one provider instance of an engine does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.azure.model import ARM, MODEL
from rehearsal.provider import wire
from rehearsal.provider.model.schema import UNKNOWN
from tests.aws.peer import CheckFailed, Made, Peer, half_made, urn

__all__ = ["SUBSCRIPTION", "AzurePeer", "CheckFailed", "Made", "half_made", "urn", "whole_life"]

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
LOCATION = "westeurope"


class AzurePeer(Peer):
    """One configured connection; every method returns decoded values."""

    def __init__(self, address: str, *, subscription: str = SUBSCRIPTION, **config: Any) -> None:
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0)]
        self.channel = grpc.insecure_channel(address, options=options)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        args = wire.encode({"subscriptionId": subscription, **config})
        self.configured = self.stub.Configure(provider_pb2.ConfigureRequest(args=args, acceptSecrets=True))

    def list(self, token: str, inputs: Mapping[str, Any]) -> list[str]:
        request = provider_pb2.ListRequest(token=token, query=wire.encode(inputs))
        return [answer.result.id for answer in self.stub.List(request)]

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire.encode(arguments)))
        return wire.decode(getattr(answer, "return")).values


def agrees(said: Any, came: Any) -> bool:
    """Whether what a preview said is what came, wherever it said anything."""
    if said is UNKNOWN:
        return True
    if isinstance(said, Mapping) and isinstance(came, Mapping):
        return all(agrees(value, came.get(name)) for name, value in said.items())
    if isinstance(said, list) and isinstance(came, list) and len(said) == len(came):
        return all(agrees(one, other) for one, other in zip(said, came, strict=True))
    return bool(said == came)


def whole_life(
    peer: AzurePeer,
    token: str,
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    look: Callable[[str, Mapping[str, Any]], None],
    *,
    gone: bool = True,
) -> None:
    """Create, read, compare, update, read, delete, and delete again; `look` asks Azure after each change.

    What a preview said must be what came; a read says what the creation said; nothing is left to change.
    """
    said = wire.decode(peer.preview(token, first)).values
    made = peer.create(token, first)
    try:
        assert agrees(said, made.outputs), _difference(said, made.outputs)
        look(made.id, made.inputs)
        _steady(peer, token, made, first)
        if second != first:
            difference = peer.diff(token, made, second)
            assert difference.changes == provider_pb2.DiffResponse.DIFF_SOME
            assert list(difference.replaces) == []
            said = wire.decode(peer.update(token, made, second, preview=True).raw).values
            made = peer.update(token, made, second)
            stable = {n: v for n, v in said.items() if n in made.inputs}
            assert agrees(stable, made.outputs), _difference(stable, made.outputs)
            look(made.id, made.inputs)
            _steady(peer, token, made, second)
    finally:
        peer.delete(token, made)
    if gone:
        assert peer.read(token, made) is None
    peer.delete(token, made)


def _difference(said: Mapping[str, Any], came: Mapping[str, Any]) -> str:
    return str({n: (v, came.get(n)) for n, v in said.items() if not agrees(v, came.get(n))})


def _steady(peer: AzurePeer, token: str, made: Made, inputs: Mapping[str, Any]) -> None:
    again = peer.read(token, made)
    assert again is not None
    assert again.outputs == made.outputs
    assert again.inputs == made.inputs
    assert peer.diff(token, made, inputs).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert set(made.outputs) - {"__orig_state"} == set(ARM[token].outputs)
    assert set(ARM[token].outputs) <= {p.name for p in MODEL[token].inputs} | set(MODEL[token].outputs)

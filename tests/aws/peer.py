"""A client that speaks to the provider as one provider instance of an engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from rehearsal.aws.model import MODEL, UNKNOWN
from rehearsal.provider import wire

REGION = "eu-west-2"
ACCOUNT = "111122223333"


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:sandbox::qlz::{token}::{name}"


@dataclass(frozen=True)
class Made:
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    raw: Any


class CheckFailed(Exception):
    def __init__(self, failures: Iterable[Any]) -> None:
        self.failures = {failure.property: failure.reason for failure in failures}
        super().__init__(str(self.failures))


class Peer:
    """One configured connection; every method returns decoded values."""

    def __init__(self, address: str, *, region: str = REGION, **config: Any) -> None:
        # A connection of its own, and no proxy: grpc would use one even for the loopback.
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0)]
        self.channel = grpc.insecure_channel(address, options=options)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        args = wire.encode({"region": region, **config})
        self.configured = self.stub.Configure(provider_pb2.ConfigureRequest(args=args, acceptSecrets=True))

    def close(self) -> None:
        self.channel.close()

    def check(self, token: str, inputs: Mapping[str, Any], secrets: Iterable[wire.Path] = ()) -> Any:
        request = provider_pb2.CheckRequest(urn=urn(token), news=wire.encode(inputs, secrets))
        answer = self.stub.Check(request)
        if answer.failures:
            raise CheckFailed(answer.failures)
        return answer.inputs

    def preview(self, token: str, inputs: Mapping[str, Any], secrets: Iterable[wire.Path] = ()) -> Any:
        checked = self.check(token, inputs, secrets)
        request = provider_pb2.CreateRequest(urn=urn(token), properties=checked, preview=True)
        answer = self.stub.Create(request)
        assert answer.id == ""
        return answer.properties

    def create(self, token: str, inputs: Mapping[str, Any], secrets: Iterable[wire.Path] = ()) -> Made:
        checked = self.check(token, inputs, secrets)
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=urn(token), properties=checked))
        outputs = wire.decode(answer.properties).values
        return Made(answer.id, wire.decode(checked).values, outputs, answer.properties)

    def diff(self, token: str, made: Made, inputs: Mapping[str, Any]) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                id=made.id,
                urn=urn(token),
                olds=wire.encode(made.outputs),
                old_inputs=wire.encode(made.inputs),
                news=self.check(token, inputs),
            )
        )

    def update(self, token: str, made: Made, inputs: Mapping[str, Any], *, preview: bool = False) -> Made:
        checked = self.check(token, inputs)
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=made.id,
                urn=urn(token),
                olds=wire.encode(made.outputs),
                old_inputs=wire.encode(made.inputs),
                news=checked,
                preview=preview,
            )
        )
        outputs = wire.decode(answer.properties).values
        return Made(made.id, wire.decode(checked).values, outputs, answer.properties)

    def read(self, token: str, made: Made) -> Made | None:
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                id=made.id,
                urn=urn(token),
                properties=wire.encode(made.outputs),
                inputs=wire.encode(made.inputs),
            )
        )
        if not answer.id:
            return None
        inputs = wire.decode(answer.inputs).values
        return Made(answer.id, inputs, wire.decode(answer.properties).values, answer.properties)

    def find(self, token: str, inputs: Mapping[str, Any]) -> list[str]:
        """Ids of what could have come of a create with these inputs."""
        query = self.check(token, inputs)
        answers = self.stub.List(provider_pb2.ListRequest(token=token, query=query))
        return [answer.result.id for answer in answers]

    def delete(self, token: str, made: Made) -> None:
        self.stub.Delete(
            provider_pb2.DeleteRequest(id=made.id, urn=urn(token), properties=wire.encode(made.outputs))
        )


def half_made(error: grpc.RpcError) -> Any:
    """Return the details by which a failed call says that the resource exists all the same."""
    metadata: Any = error.trailing_metadata()
    for key, value in metadata or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            detail = provider_pb2.ErrorResourceInitFailed()
            assert status.details[0].Unpack(detail)
            return detail
    raise AssertionError("the error carries no details") from error


def known(struct: Any) -> dict[str, Any]:
    """The outputs of a preview that are known already."""
    return {name: value for name, value in wire.decode(struct).values.items() if value is not UNKNOWN}


def whole_life(
    peer: Peer, token: str, first: Mapping[str, Any], second: Mapping[str, Any], look: Callable[[Made], None]
) -> None:
    """Create, find, read, compare, update, read, delete, and delete again; `look` asks the cloud after each
    change.

    What a preview said must be what came; a read says what the creation said; nothing is left to change.
    """
    said = known(peer.preview(token, first))
    made = peer.create(token, first)
    try:
        assert {name: made.outputs[name] for name in said} == said
        look(made)
        assert made.id in peer.find(token, first)
        _steady(peer, token, made, first)
        difference = peer.diff(token, made, second)
        assert difference.changes == provider_pb2.DiffResponse.DIFF_SOME
        assert list(difference.replaces) == []
        said = known(peer.update(token, made, second, preview=True).raw)
        made = peer.update(token, made, second)
        assert {name: made.outputs[name] for name in said} == said
        look(made)
        _steady(peer, token, made, second)
    finally:
        peer.delete(token, made)
    assert peer.read(token, made) is None
    assert made.id not in peer.find(token, second)
    peer.delete(token, made)


def _steady(peer: Peer, token: str, made: Made, inputs: Mapping[str, Any]) -> None:
    again = peer.read(token, made)
    assert again is not None
    assert again.outputs == made.outputs
    assert again.inputs == made.inputs
    assert peer.diff(token, made, inputs).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert set(made.outputs) == {p.name for p in MODEL[token].inputs} | set(MODEL[token].outputs)

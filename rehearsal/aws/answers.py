"""Answers in the engine's own messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from rehearsal.aws import wire
from rehearsal.aws.errors import HalfMade, Refusal
from rehearsal.aws.model import MODEL, Diff, Failure, TypeModel
from rehearsal.aws.model.rules import nearest
from rehearsal.aws.model.schema import Values

if TYPE_CHECKING:
    from rehearsal.aws.lifecycle import Made


def model_of(urn: str) -> TypeModel:
    """Return the model of the type in a URN (urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME)."""
    token = urn.split("::")[2].rpartition("$")[2]
    model = MODEL.get(token)
    if model is None:
        raise Refusal(
            grpc.StatusCode.UNIMPLEMENTED,
            f"{token} is not played by the AWS stand-in; nearest: {nearest(token, MODEL.keys())}",
        )
    return model


def sentence(token: str, failures: Iterable[Failure]) -> str:
    return f"{token}: " + "; ".join(f"{failure.property}: {failure.reason}" for failure in failures)


def check_response(given: wire.Properties, inputs: Values, failures: Iterable[Failure]) -> Any:
    """`given` is what came, `inputs` what goes back. A reason never quotes a secret."""
    hidden = {str(path[0]) for path in given.secrets}
    told = [
        provider_pb2.CheckFailure(
            property=failure.property,
            reason="does not follow the rules for this property (its value is secret)"
            if failure.property.replace("[", ".").split(".")[0] in hidden
            else failure.reason,
        )
        for failure in failures
    ]
    secrets = wire.kept_secrets(given.secrets, inputs)
    return provider_pb2.CheckResponse(inputs=wire.encode(inputs, secrets), failures=told)


_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def diff_response(found: Diff) -> Any:
    some = bool(found.changes)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if some else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=found.properties,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_first,
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(
                kind=_KINDS[change.kind, change.replaces], inputDiff=not path.startswith("tagsAll")
            )
            for path, change in found.changes.items()
        },
    )


def encoded(model: TypeModel, inputs: wire.Properties, outputs: Values) -> struct_pb2.Struct:
    """Write outputs; what comes from a secret input is secret."""
    return wire.encode(outputs, wire.secret_outputs(model, inputs.secrets, outputs))


def raise_if_half_made(model: TypeModel, inputs: wire.Properties, made: Made) -> None:
    if made.failed:
        plain = wire.encode(inputs.values, inputs.secrets)
        raise HalfMade(made.id, encoded(model, inputs, made.outputs), plain, made.failed)

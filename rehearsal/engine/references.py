"""Stack references: reading the outputs of another stack of the same store."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import resource_pb2

from rehearsal.engine import urns, wire
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import InvalidResource, StackNotFound, Unsupported
from rehearsal.engine.state import ResourceState, from_checkpoint
from rehearsal.engine.store import Store

_BUILTIN = "pulumi:providers:pulumi"
Outputs = Callable[[str], Struct | None]


def stored_outputs(store: Store, stack: str) -> Struct | None:
    """The outputs that a stack's state holds, secrets marked; None if there is no such stack."""
    deployment = store.load(stack)
    if deployment is None:
        return None
    secrets = store.secrets(deployment)
    for data in deployment.get("resources") or ():
        if data.get("type") == urns.STACK_TYPE:
            return from_checkpoint(data, secrets).outputs or Struct()
    return None


def read_stack(
    deployment: Deployment, organization: str, outputs_of: Outputs, request: resource_pb2.ReadResourceRequest
) -> ResourceState:
    """Answer a read. Raises Unsupported for any type but StackReference, StackNotFound, InvalidResource."""
    urn = deployment.urn(request.parent, request.type, request.name)
    if request.type != urns.STACK_REFERENCE:
        raise Unsupported(f"reading existing resources ({request.type}.get)", urn)
    fields = request.properties.fields
    name = fields["name"].string_value if "name" in fields else request.id
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != organization:
        raise InvalidResource(
            urn, f"{name!r} is no stack of this store", f"Write it {organization}/PROJECT/STACK."
        )
    outputs = outputs_of(parts[2]) if parts[1] == deployment.project.name else None
    if outputs is None:
        raise StackNotFound(name, where=urn)
    deployment.reporter.learn(outputs)
    resource = ResourceState(
        urn=urn,
        type=request.type,
        custom=True,
        id=request.id,
        inputs=request.properties,
        outputs=_answer(name, outputs),
        parent=request.parent,
        dependencies=tuple(sorted(set(request.dependencies))),
        provider=_builtin_provider(deployment),
        external=True,
    )
    with deployment.lock:
        if urn in deployment.seen:
            raise InvalidResource(urn, "the program reads this stack twice", "Keep one StackReference to it.")
        deployment.seen.add(urn)
    before = [r for r in deployment.snapshot.old if r.urn == urn]
    if before:
        resource.sealed, resource.created, resource.modified = (
            before[0].sealed,
            before[0].created,
            before[0].modified,
        )
    deployment.snapshot.done(add=resource, drop=before)
    return resource


def _answer(name: str, outputs: Struct) -> Struct:
    """What a StackReference shows: the outputs that are known."""
    answer = Struct()
    answer.fields["name"].string_value = name
    known = answer.fields["outputs"].struct_value
    known.SetInParent()
    for key, value in outputs.fields.items():
        # Only a preview has unknown outputs. One of them would make all of them unknown to the SDK.
        if not wire.any_value(value, wire.is_unknown):
            known.fields[key].CopyFrom(value)
    names = answer.fields["secretOutputNames"].list_value
    names.SetInParent()
    for key in sorted(known.fields):
        if wire.has_secrets(known.fields[key]):
            names.values.add().string_value = key
    return answer


def _builtin_provider(deployment: Deployment) -> str:
    """The reference to the provider of package `pulumi`, which the state names like any other."""
    urn = deployment.urn("", _BUILTIN, "default")
    with deployment.lock:
        if urn not in deployment.seen:
            deployment.seen.add(urn)
            before = [r for r in deployment.snapshot.old if r.urn == urn]
            resource = ResourceState(urn=urn, type=_BUILTIN, custom=True, id=str(uuid.uuid4()))
            if before:
                resource.id, resource.created, resource.modified = (
                    before[0].id,
                    before[0].created,
                    before[0].modified,
                )
            deployment.builtin = resource
            deployment.snapshot.done(add=resource, drop=before)
        assert deployment.builtin is not None
        return f"{urn}::{deployment.builtin.id}"

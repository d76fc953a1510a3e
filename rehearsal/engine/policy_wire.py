"""Resources in the form the analyzer protocol carries, as the Pulumi CLI marshals them.

Secrets stay marked and unknowns stay sentinels, while output values and resource references, which policy
packs cannot read, become what they stand for. Keys that begin with two underscores are the engine's own and
are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from rehearsal.engine.policy_types import AnalyzedResource, ProviderRef

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a marker of the protocol
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

SHORTEST_MASKED: Final = 3  # characters; masking shorter values would garble messages and hide nothing


def analyze_request(resource: AnalyzedResource) -> wire.AnalyzeRequest:
    return wire.AnalyzeRequest(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=marshalled(resource.properties),
        options=_options(resource),
        provider=_provider(resource.provider),
    )


def analyze_stack_request(resources: Iterable[AnalyzedResource]) -> wire.AnalyzeStackRequest:
    return wire.AnalyzeStackRequest(resources=[_stack_resource(resource) for resource in resources])


def _stack_resource(resource: AnalyzedResource) -> wire.AnalyzerResource:
    dependencies = {
        key: wire.AnalyzerPropertyDependencies(urns=urns)
        for key, urns in resource.property_dependencies.items()
        if urns
    }
    return wire.AnalyzerResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=marshalled(resource.properties),
        options=_options(resource),
        provider=_provider(resource.provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies=dependencies,
    )


def _options(resource: AnalyzedResource) -> wire.AnalyzerResourceOptions:
    create, update, delete = resource.custom_timeouts
    return wire.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=bool(resource.delete_before_replace),
        deleteBeforeReplaceDefined=resource.delete_before_replace is not None,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        customTimeouts=wire.AnalyzerResourceOptions.CustomTimeouts(
            create=create, update=update, delete=delete
        ),
        parent=resource.parent,
    )


def _provider(provider: ProviderRef | None) -> wire.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return wire.AnalyzerProviderResource(
        urn=provider.urn,
        type=provider.type,
        name=provider.name,
        properties=marshalled(provider.properties),
    )


def marshalled(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """A copy of `properties` that a policy pack can read."""
    if SIGNATURE.encode() in properties.SerializeToString():
        fields = {key: _value(value) for key, value in properties.fields.items() if not key.startswith("__")}
        return struct_pb2.Struct(fields=fields)
    copy = struct_pb2.Struct()  # as most: found without looking at each value
    copy.CopyFrom(properties)
    for key in [key for key in copy.fields if key.startswith("__")]:
        del copy.fields[key]
    return copy


def _value(value: struct_pb2.Value) -> struct_pb2.Value:
    if value.HasField("list_value"):
        items = [_value(item) for item in value.list_value.values]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    if not value.HasField("struct_value"):
        return value
    fields = value.struct_value.fields
    signature = _signature(value)
    if signature == OUTPUT:
        known = _value(fields["value"]) if "value" in fields else struct_pb2.Value(string_value=UNKNOWN)
        return _secret(known) if "secret" in fields and fields["secret"].bool_value else known
    if signature == REFERENCE:
        # A resource with a null id has none (a component): it is named by its URN.
        has_id = "id" in fields and not fields["id"].HasField("null_value")
        return _value(fields["id"]) if has_id else fields["urn"]
    inner = {key: _value(item) for key, item in fields.items()}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=inner))


def _secret(value: struct_pb2.Value) -> struct_pb2.Value:
    fields = {SIGNATURE: struct_pb2.Value(string_value=SECRET), "value": value}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))


def _signature(value: struct_pb2.Value) -> str:
    fields = value.struct_value.fields
    return fields[SIGNATURE].string_value if SIGNATURE in fields else ""


def secrets_in(properties: struct_pb2.Struct) -> Iterator[str]:
    """Every text that a secret in marshalled `properties` holds, so that it can be masked wherever it turns
    up."""
    if SECRET.encode() not in properties.SerializeToString():
        return  # as in most: found without looking at each value
    for value in properties.fields.values():
        yield from _secrets(value, inside=False)


def _secrets(value: struct_pb2.Value, *, inside: bool) -> Iterator[str]:
    if value.HasField("struct_value"):
        if _signature(value) == SECRET:
            yield from _secrets(value.struct_value.fields["value"], inside=True)
            return
        for item in value.struct_value.fields.values():
            yield from _secrets(item, inside=inside)
    elif value.HasField("list_value"):
        for item in value.list_value.values:
            yield from _secrets(item, inside=inside)
    elif inside and value.HasField("number_value"):
        number = value.number_value
        yield from (text for text in {repr(number), f"{number:g}"} if len(text) >= SHORTEST_MASKED)
    elif inside and len(value.string_value) >= SHORTEST_MASKED and value.string_value != UNKNOWN:
        yield value.string_value
        yield repr(value.string_value)[1:-1]  # as a message would quote it

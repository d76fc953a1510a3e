"""Property values as they travel: google.protobuf Struct, with signed envelopes for what JSON lacks.

A secret is {SIGNATURE: SECRET, "value": …}; an unknown is the string UNKNOWN; both as in the Pulumi
protocol. The engine keeps properties in this form from the program to the provider and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from google.protobuf.struct_pb2 import ListValue, Struct, Value

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def signature(value: Value) -> str:
    """The signature of an envelope, or ""."""
    if value.WhichOneof("kind") != "struct_value":
        return ""
    fields = value.struct_value.fields
    return fields[SIGNATURE].string_value if SIGNATURE in fields else ""


def is_secret(value: Value) -> bool:
    return signature(value) == SECRET


def secret(value: Value) -> Value:
    """The value in a secret envelope; a secret stays as it is."""
    if is_secret(value):
        return value
    wrapped = Value()
    wrapped.struct_value.fields[SIGNATURE].string_value = SECRET
    wrapped.struct_value.fields["value"].CopyFrom(value)
    return wrapped


def _children(value: Value) -> Iterator[Value]:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        yield from value.struct_value.fields.values()
    elif kind == "list_value":
        yield from value.list_value.values


def any_value(value: Value, test: Callable[[Value], bool]) -> bool:
    """Whether the value, or one inside it, passes the test."""
    return test(value) or any(any_value(child, test) for child in _children(value))


def any_in(struct: Struct, test: Callable[[Value], bool]) -> bool:
    return any(any_value(value, test) for value in struct.fields.values())


def is_unknown(value: Value) -> bool:
    return value.string_value == UNKNOWN


def has_secrets(value: Value) -> bool:
    return any_value(value, is_secret)


def has_unknowns(struct: Struct) -> bool:
    return any_in(struct, is_unknown)


def _may_hold(struct: Struct, marker: str) -> bool:
    """Whether a text is anywhere in the properties, found without looking at each value."""
    return marker.encode() in struct.SerializeToString()


def signatures(struct: Struct) -> set[str]:
    """The signatures of all envelopes in the properties."""
    if not _may_hold(struct, SIGNATURE):
        return set()
    found: set[str] = set()

    def look(value: Value) -> bool:
        found.add(signature(value))
        return False

    any_in(struct, look)
    return found - {""}


def mapped(struct: Struct, change: Callable[[Value], Value]) -> Struct:
    """A copy with every envelope and scalar passed through `change`, which sees envelopes whole."""
    result = Struct()
    for key, value in struct.fields.items():
        result.fields[key].CopyFrom(_mapped(value, change))
    return result


def _mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    if signature(value):
        return change(value)
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return Value(struct_value=mapped(value.struct_value, change))
    if kind == "list_value":
        return Value(list_value=ListValue(values=[_mapped(v, change) for v in value.list_value.values]))
    return change(value)


def without_secrets(struct: Struct) -> Struct:
    """The properties for one who does not understand secret envelopes."""

    def change(value: Value) -> Value:
        if is_secret(value):
            return _mapped(value.struct_value.fields["value"], change)
        return value

    return mapped(struct, change)


def without_references(struct: Struct) -> Struct:
    """Resource references as their ids (URNs for components)."""

    def change(value: Value) -> Value:
        kind = signature(value)
        fields = value.struct_value.fields
        if kind == RESOURCE:
            name = "id" if "id" in fields else "urn"
            return _mapped(fields[name], change)
        if kind == SECRET:
            return secret(_mapped(fields["value"], change))
        return value

    return mapped(struct, change)


def without_outputs(struct: Struct) -> Struct:
    """Output values as plain, unknown or secret values; dependencies travel beside the properties."""

    def change(value: Value) -> Value:
        fields = value.struct_value.fields
        kind = signature(value)
        if kind == SECRET:
            return secret(_mapped(fields["value"], change))
        if kind != OUTPUT:
            return value
        inner = _mapped(fields["value"], change) if "value" in fields else Value(string_value=UNKNOWN)
        return secret(inner) if "secret" in fields and fields["secret"].bool_value else inner

    return mapped(struct, change)


def annotate_secrets(outputs: Struct, inputs: Struct) -> None:
    """Mark an output secret where the input of that name holds a secret (in place)."""
    for key, given in inputs.fields.items():
        if key not in outputs.fields:
            continue
        out = outputs.fields[key]
        both = {given.WhichOneof("kind"), out.WhichOneof("kind")} == {"struct_value"}
        if both and not signature(given) and not signature(out):
            annotate_secrets(out.struct_value, given.struct_value)
        elif has_secrets(given) and not is_secret(out):
            out.CopyFrom(secret(out))


def secret_texts(struct: Struct) -> Iterator[str]:
    """Every string that must not be shown: those inside secret envelopes."""
    if not _may_hold(struct, SECRET):
        return
    for value in struct.fields.values():
        yield from _secret_texts(value, False)


def _secret_texts(value: Value, inside: bool) -> Iterator[str]:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        if inside and value.string_value != UNKNOWN:
            yield value.string_value
    elif kind == "struct_value":
        if signature(value) == SECRET:
            yield from _secret_texts(value.struct_value.fields["value"], True)
        elif not (inside and signature(value)):
            for child in value.struct_value.fields.values():
                yield from _secret_texts(child, inside)
    elif kind == "list_value":
        for child in value.list_value.values:
            yield from _secret_texts(child, inside)


def shown(value: Value) -> Any:
    """The value for people and reports: plain, secrets and unknowns masked."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        if is_secret(value):
            return "[secret]"
        return {key: shown(child) for key, child in value.struct_value.fields.items()}
    if kind == "list_value":
        return [shown(child) for child in value.list_value.values]
    if kind == "string_value":
        return "[unknown]" if value.string_value == UNKNOWN else value.string_value
    return scalar(value)


def scalar(value: Value) -> Any:
    """A string, number, bool or null as Python has it; whole numbers as int, as JSON writes them."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) < 1e21 else number
    return None

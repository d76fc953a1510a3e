"""Property values as engines send them over gRPC, and back; secrets are kept apart by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

from rehearsal.provider.model.schema import UNKNOWN, TypeModel, Value

Path = tuple[str | int, ...]

_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret, is none
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class UnsupportedValue(Exception):
    """An asset, an archive or another kind of value that no property here takes."""


@dataclass(frozen=True)
class Properties:
    """Plain values, and the paths of those that are secret. The repr shows no values."""

    values: dict[str, Value]
    secrets: frozenset[Path] = frozenset()

    def __repr__(self) -> str:
        return f"Properties({', '.join(sorted(self.values))})"


def decode(struct: struct_pb2.Struct) -> Properties:
    """Read a property map. Numbers that are whole become int. Raises UnsupportedValue."""
    secrets: set[Path] = set()
    values = {name: _decode(value, (name,), secrets) for name, value in struct.fields.items()}
    return Properties(values, frozenset(secrets))


def _decode(value: struct_pb2.Value, path: Path, secrets: set[Path]) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == _UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item, (*path, n), secrets) for n, item in enumerate(value.list_value.values)]
    if kind == "struct_value":
        return _decode_struct(value.struct_value, path, secrets)
    return None


def _decode_struct(struct: struct_pb2.Struct, path: Path, secrets: set[Path]) -> Value:
    fields = struct.fields
    if _SIGNATURE not in fields:
        return {name: _decode(item, (*path, name), secrets) for name, item in fields.items()}
    signature = fields[_SIGNATURE].string_value
    if signature == _SECRET:
        secrets.add(path)
        return _decode(fields["value"], path, secrets)
    if signature == _REFERENCE:
        return _decode(fields["id"], path, secrets) if "id" in fields else fields["urn"].string_value
    if signature == _OUTPUT:
        if fields["secret"].bool_value:
            secrets.add(path)
        return _decode(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    raise UnsupportedValue(f"{path[0]}: assets and archives are no inputs of this type")


def encode(values: Mapping[str, Value], secrets: Iterable[Path] = ()) -> struct_pb2.Struct:
    """Write a property map; what lies at a secret path is wrapped as a secret."""
    hidden = frozenset(secrets)
    struct = struct_pb2.Struct()
    for name, value in values.items():
        struct.fields[name].CopyFrom(_encode(value, (name,), hidden))
    return struct


def _encode(value: Any, path: Path, secrets: frozenset[Path]) -> struct_pb2.Value:
    if path in secrets:
        inner = _encode(value, path, secrets - {path})
        wrapped = {_SIGNATURE: struct_pb2.Value(string_value=_SECRET), "value": inner}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=wrapped))
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=_UNKNOWN)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        fields = {str(key): _encode(item, (*path, str(key)), secrets) for key, item in value.items()}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    items = [_encode(item, (*path, n), secrets) for n, item in enumerate(value)]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))


def kept_secrets(secrets: Iterable[Path], values: Mapping[str, Value]) -> set[Path]:
    """Return the paths that keep secrets secret in values that may have another form: a path, or all
    above it.
    """
    hidden = {path if _exists(values, path) else path[:1] for path in secrets}
    return {path for path in hidden if path[0] in values}


def secret_outputs(model: TypeModel, secrets: frozenset[Path], outputs: Mapping[str, Value]) -> set[Path]:
    """Return which outputs must be secret: the secret inputs themselves, and whatever is computed from
    one.
    """
    names = {str(path[0]) for path in secrets}
    hidden = kept_secrets(secrets, outputs)
    derived = {prop.name: prop.otherwise.needs for prop in model.inputs if prop.otherwise}
    derived |= {name: out.needs for name, out in model.outputs.items()}
    hidden |= {(name,) for name, needs in derived.items() if names & set(needs) and name in outputs}
    return hidden


def _exists(value: Value, path: Path) -> bool:
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True

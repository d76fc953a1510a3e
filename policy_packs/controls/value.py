"""A resource's property as a policy may see it: absent, plain, unknown or secret.

Before a resource exists, what the cloud will assign is *unknown*: the engine then sends a marker instead of a
value. A rule that treats such a marker as an ordinary string passes what it has not seen, so no control ever
touches the wire form; it reads a `Value`, every method of which answers for unknowns too and none of which
raises.

Shapes: an object answers `get`, a list `elements`, anything else `plain`. Numbers are int where they are
whole, since the wire knows only floats. A secret keeps its value for judging, never for showing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

# What an engine sends where a value is not known yet (pulumi/sdk/go/common/resource/plugin/rpc.go).
UNKNOWN_MARKERS: Final = (
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
    "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
)
_MARKER_LENGTH: Final = 36  # characters, all of them
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the public mark of a secret, not one
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


class _Nothing:
    """Marks what is not there; `None` is a value a program can send."""

    def __repr__(self) -> str:
        return "absent"


_ABSENT: Final = _Nothing()


class Value:
    """One property, or one part of it, with the path that leads to it (`statement[0].effect`)."""

    __slots__ = ("_data", "path", "secret", "unknown")

    def __init__(self, data: object, path: str = "", *, secret: bool = False, unknown: bool = False) -> None:
        self._data = data
        self.path = path
        self.secret = secret
        self.unknown = unknown

    @classmethod
    def of(cls, wire: object, path: str = "", *, secret: bool = False) -> Value:
        """Read the wire form: a protobuf Struct or Value, or the JSON data it stands for."""
        if isinstance(wire, struct_pb2.Struct):
            return _read_fields(wire.fields, path, secret)
        if isinstance(wire, struct_pb2.Value):
            return _read_wire(wire, path, secret)
        return _read(wire, path, secret)

    @classmethod
    def missing(cls, path: str = "") -> Value:
        return cls(_ABSENT, path)

    # --- what it is -----------------------------------------------------------------------------------------

    @property
    def absent(self) -> bool:
        """Not declared, or declared as null, which is the same to a provider."""
        return not self.unknown and (self._data is _ABSENT or self._data is None)

    @property
    def known(self) -> bool:
        """True when nothing in it, however deep, is unknown."""
        return not self.unknown_paths()

    def unknown_paths(self) -> tuple[str, ...]:
        """Paths of everything unknown in it."""
        if self.unknown:
            return (self.path,)
        return tuple(path for part in self._parts() for path in part.unknown_paths())

    def has_secret(self) -> bool:
        return self.secret or any(part.has_secret() for part in self._parts())

    # --- parts ----------------------------------------------------------------------------------------------

    def get(self, key: str) -> Value:
        """A part of an object. What is not there is absent; any part of an unknown is unknown."""
        path = f"{self.path}.{key}" if self.path else key
        if self.unknown:
            return Value(_ABSENT, path, secret=self.secret, unknown=True)
        if isinstance(self._data, dict) and key in self._data:
            part: Value = self._data[key]
            return part
        return Value(_ABSENT, path, secret=self.secret)

    __getitem__ = get

    def keys(self) -> tuple[str, ...]:
        return tuple(self._data) if isinstance(self._data, dict) else ()

    def items(self) -> tuple[tuple[str, Value], ...]:
        return tuple(self._data.items()) if isinstance(self._data, dict) else ()

    def elements(self) -> tuple[Value, ...]:
        """A list's elements; an unknown list has one unknown element; anything else stands for itself."""
        if self.unknown:
            return (Value(_ABSENT, f"{self.path}[*]", secret=self.secret, unknown=True),)
        if isinstance(self._data, list):
            return tuple(self._data)
        return () if self.absent else (self,)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.elements())

    def __len__(self) -> int:
        return len(self.elements())

    def __bool__(self) -> bool:
        """Whether it is there at all, known or not: never its content, which `if` would read as "passes"."""
        return not self.absent

    # --- content --------------------------------------------------------------------------------------------

    def plain(self) -> Plain:
        """The value as Python data, unknown parts as None: ask `known` first."""
        data = self._data
        if isinstance(data, dict):
            return {key: part.plain() for key, part in data.items()}
        if isinstance(data, list):
            return [part.plain() for part in data]
        return data if isinstance(data, bool | int | float | str) else None

    def text(self) -> str:
        """A known string, else empty."""
        return self._data if isinstance(self._data, str) else ""

    def equals(self, other: object) -> bool | None:
        """Three-valued.

        None when unknown parts leave it open. A list equals a list, 7.0 equals 7, True is not 1.
        """
        theirs = other if isinstance(other, Value) else _read(other, "", False)
        return _same(self, theirs)

    def contains(self, item: object) -> bool | None:
        """Three-valued: whether a list holds an equal element, or an object has the key."""
        if self.unknown:
            return None
        if isinstance(self._data, dict):
            return item in self._data if isinstance(item, str) else False
        answers = [part.equals(item) for part in self.elements()] if isinstance(self._data, list) else []
        return True if True in answers else (None if None in answers else False)

    def __eq__(self, other: object) -> bool:
        """Certainly equal: an unknown equals nothing, not even itself."""
        return self.equals(other) is True

    def __contains__(self, item: object) -> bool:
        return self.contains(item) is True

    __hash__ = None  # type: ignore[assignment]  # an unknown could not be found again

    def __repr__(self) -> str:
        """For messages: never what is secret."""
        if self.unknown:
            return "[unknown]"
        if self.has_secret():
            return "[secret]"
        return "absent" if self.absent else repr(self.plain())

    __str__ = __repr__

    def _parts(self) -> tuple[Value, ...]:
        if isinstance(self._data, dict):
            return tuple(self._data.values())
        return tuple(self._data) if isinstance(self._data, list) else ()


def is_unknown_marker(text: str) -> bool:
    """True also where a marker is buried in a longer text, such as a policy written around an unknown ARN."""
    return len(text) >= _MARKER_LENGTH and any(marker in text for marker in UNKNOWN_MARKERS)


def _same(one: Value, other: Value) -> bool | None:
    if one.unknown or other.unknown:
        return None
    mine, theirs = one._data, other._data
    if isinstance(mine, list) and isinstance(theirs, list):
        if len(mine) != len(theirs):
            return False
        return _all(_same(a, b) for a, b in zip(mine, theirs, strict=True))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        if mine.keys() != theirs.keys():
            return False
        return _all(_same(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, bool) != isinstance(theirs, bool):
        return False
    if one.absent or other.absent:
        return one.absent and other.absent
    return bool(mine == theirs)


def _all(answers: Iterator[bool | None]) -> bool | None:
    seen = set(answers)
    return False if False in seen else (None if None in seen else True)


def _read_wire(wire: struct_pb2.Value, path: str, secret: bool) -> Value:
    """Read a protobuf Value without making JSON data of it first: there are hundreds in a resource."""
    kind = wire.WhichOneof("kind")
    if kind == "string_value":
        text = wire.string_value
        unknown = is_unknown_marker(text)
        return Value(_ABSENT if unknown else text, path, secret=secret, unknown=unknown)
    if kind == "struct_value":
        return _read_fields(wire.struct_value.fields, path, secret)
    if kind == "list_value":
        items = wire.list_value.values
        parts = [_read_wire(item, f"{path}[{i}]", secret) for i, item in enumerate(items)]
        return Value(parts, path, secret=secret)
    if kind == "number_value":
        return _read(wire.number_value, path, secret)
    return Value(wire.bool_value if kind == "bool_value" else None, path, secret=secret)


def _read_fields(fields: Mapping[str, struct_pb2.Value], path: str, secret: bool) -> Value:
    if _SIGNATURE in fields:
        return _read_signed({key: _plain_wire(part) for key, part in fields.items()}, path, secret)
    inside = f"{path}." if path else ""
    parts = {key: _read_wire(fields[key], f"{inside}{key}", secret) for key in fields}
    return Value(parts, path, secret=secret)


def _plain_wire(wire: struct_pb2.Value) -> object:
    """A protobuf Value as JSON data."""
    kind = wire.WhichOneof("kind")
    if kind == "struct_value":
        return {key: _plain_wire(part) for key, part in wire.struct_value.fields.items()}
    if kind == "list_value":
        return [_plain_wire(part) for part in wire.list_value.values]
    return None if kind in (None, "null_value") else getattr(wire, kind)


def _read(data: object, path: str, secret: bool) -> Value:
    if isinstance(data, Value):
        return data
    if isinstance(data, str) and is_unknown_marker(data):
        return Value(_ABSENT, path, secret=secret, unknown=True)
    if isinstance(data, Mapping):
        if _SIGNATURE in data:
            return _read_signed(data, path, secret)
        parts = {str(k): _read(v, f"{path}.{k}" if path else str(k), secret) for k, v in data.items()}
        return Value(parts, path, secret=secret)
    if isinstance(data, list | tuple):
        return Value([_read(v, f"{path}[{i}]", secret) for i, v in enumerate(data)], path, secret=secret)
    if isinstance(data, float) and data.is_integer():
        return Value(int(data), path, secret=secret)
    if data is None or data is _ABSENT or isinstance(data, bool | int | float | str):
        return Value(data, path, secret=secret)
    return Value(_ABSENT, path, secret=secret, unknown=True)


def _read_signed(data: Mapping[Any, Any], path: str, secret: bool) -> Value:
    signature = data[_SIGNATURE]
    if signature == _SECRET and "value" in data:
        return _read(data["value"], path, True)
    if signature == _OUTPUT:
        hidden = secret or data.get("secret") is True
        if "value" in data:
            return _read(data["value"], path, hidden)
        return Value(_ABSENT, path, secret=hidden, unknown=True)
    if signature == _RESOURCE:
        # A resource in place of a property counts as its id, as the provider will see it.
        return _read(data.get("id", UNKNOWN_MARKERS[2]), path, secret)
    # An asset, an archive, or a kind that came later: nothing a control could read.
    return Value(_ABSENT, path, secret=secret, unknown=True)

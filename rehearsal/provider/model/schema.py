"""What one resource type takes and gives: the words the tables in this package are written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Self

Value = Any
"""None, bool, int, float, str, list or dict of these, or UNKNOWN."""

Values = Mapping[str, Value]


class Unknown:
    """A value that exists only after the cloud has done its part."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "<not known yet>"


UNKNOWN: Final = Unknown()


def has_unknown(value: Value) -> bool:
    """Tell whether a value, or anything inside it, is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


class Kind(Enum):
    """The form of an input."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal number"
    FLAG = "flag"
    TEXTS = "list of texts"
    TEXT_MAP = "map of texts"
    JSON = "JSON document"
    OBJECT = "object"
    OBJECTS = "list of objects"
    OBJECT_MAP = "map of objects"
    NUMBERS = "list of whole numbers"
    ANY = "any value"


class Carried(Enum):
    """What the stand-in does with a property."""

    EMULATED = "emulated"
    """Really set in the local cloud and read back from it, or acted on when the resource is deleted."""
    RECORDED = "recorded"
    """Checked and kept in the state, with no effect in the local cloud."""
    REFUSED = "refused"
    """Not accepted: using it is a failure that says what to use instead."""


class Facts:
    """What a provider instance knows without asking the cloud: each cloud has its own."""

    def of(self, inputs: Values) -> Self:
        """Return what holds for the resource with these inputs, which may be placed elsewhere."""
        return self


@dataclass(frozen=True)
class Out:
    """How an output comes about.

    With `compute` it follows from facts and inputs, and is known at preview unless something in `needs` is
    not. Without, the cloud assigns it: unknown until the resource exists, and again when something in
    `needs` changes. `compared`: it differs on its own, because the provider's configuration is part of it.
    """

    compute: Callable[[Any, Values], Value] | None = None
    needs: tuple[str, ...] = ()
    compared: bool = False


ASSIGNED: Final = Out()


def always(value: Value) -> Out:
    """An output that is the same for every resource of the type."""
    return Out(lambda _facts, _inputs: value)


@dataclass(frozen=True)
class Prop:
    """One input.

    `default` is put into the inputs by a check, as the real provider does; `otherwise` is what the output
    of the same name holds when the input is not given. `rule` returns what is wrong with a value, or None.
    `replaces_when` decides by the old and the new value where a part of it cannot be updated.
    `shared`: while it is not given, another resource may set it, and an update leaves it alone.
    `follows_provider`: while it is not given, the provider's setting counts (`otherwise`), and is compared.
    `variants`: an object's fields by what its member `by` says. `alike` tells whether two values mean the
    same. `returned`: the cloud gives it back, so that it is an output, too.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    default: Value = None
    replaces: bool = False
    carried: Carried = Carried.EMULATED
    note: str = ""
    rule: Callable[[Value], str | None] | None = None
    fields: tuple[Prop, ...] = ()
    unordered: bool = False
    otherwise: Out | None = None
    replaces_when: Callable[[Value, Value], bool] | None = None
    shared: bool = False
    follows_provider: bool = False
    by: str = ""
    variants: Mapping[str, tuple[Prop, ...]] = field(default_factory=dict)
    alike: Callable[[Value, Value], bool] | None = None
    returned: bool = True

    def fields_of(self, value: Values) -> tuple[Prop, ...]:
        """Return the fields of one object: its variant's, where it has one."""
        return self.variants.get(str(value.get(self.by)), ()) if self.by else self.fields


@dataclass(frozen=True)
class Failure:
    """What a check refuses: the property (a path such as rules[0].status, or "" for the whole) and why."""

    property: str
    reason: str


@dataclass(frozen=True)
class TypeModel:
    """One resource type.

    `identity` names the inputs that make up its name in the cloud: while they stay the same, a replacement
    has to delete first. `rules` look at all known inputs together.
    """

    token: str
    inputs: tuple[Prop, ...]
    outputs: Mapping[str, Out]
    identity: tuple[str, ...] = ()
    rules: tuple[Callable[[Values], list[Failure]], ...] = ()
    notes: tuple[str, ...] = ()

    def prop(self, name: str) -> Prop | None:
        return next((prop for prop in self.inputs if prop.name == name), None)

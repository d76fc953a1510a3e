"""The state of one resource, and its form in a checkpoint (version 3 of the Pulumi CLI).

Shape: pulumi sdk/go/common/apitype/core.go, ResourceV3; pkg/resource/stack/deployment.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from rehearsal.engine import wire
from rehearsal.engine.errors import BadState, Unsupported
from rehearsal.engine.passphrase import Passphrase

Json = dict[str, Any]
Path = tuple[str | int, ...]

_NAMES: Final = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "initErrors": "init_errors",
    "provider": "provider",
    "propertyDependencies": "property_dependencies",
    "pendingReplacement": "pending_replacement",
    "additionalSecretOutputs": "additional_secret_outputs",
    "aliases": "aliases",
    "customTimeouts": "custom_timeouts",
    "retainOnDelete": "retain_on_delete",
    "deletedWith": "deleted_with",
    "created": "created",
    "modified": "modified",
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
}
_ALWAYS: Final = {"urn", "custom", "type"}
_WITHOUT_MEANING: Final = {"sourcePosition", "stackTrace", "hideDiff"}


@dataclass(eq=False)
class ResourceState:
    """One resource. `inputs` and `outputs` are in wire form; None is written as absent.

    `sealed` remembers the ciphertext of every secret by its place, so that a secret that did not
    change is written with the same ciphertext again.
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Struct | None = None
    outputs: Struct | None = None
    parent: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    protect: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    external: bool = False
    init_errors: tuple[str, ...] = ()
    pending_replacement: bool = False
    delete: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    created: str = ""
    modified: str = ""
    sealed: dict[Path, tuple[str, str]] = field(default_factory=dict, repr=False)

    def refers_to(self) -> set[str]:
        """URNs of all that must be there while it is."""
        provider = self.provider.rpartition("::")[0]
        properties = {urn for urns in self.property_dependencies.values() for urn in urns}
        return {self.parent, provider, self.deleted_with, *self.dependencies, *properties} - {""}

    def __repr__(self) -> str:
        """Never the properties: they may hold secrets."""
        return f"ResourceState({self.urn}, id={self.id!r})"


def to_checkpoint(resource: ResourceState, secrets: Passphrase) -> Json:
    """The resource as the CLI writes it, secrets encrypted."""
    result: Json = {}
    for name, attribute in _NAMES.items():
        if name == "aliases":  # the CLI writes none either: references have the new name by now
            continue
        value = getattr(resource, attribute)
        if value or name in _ALWAYS:
            result[name] = list(value) if isinstance(value, tuple) else value
    if resource.property_dependencies:
        result["propertyDependencies"] = {k: list(v) for k, v in resource.property_dependencies.items()}
    if resource.custom_timeouts:
        result["customTimeouts"] = dict(resource.custom_timeouts)
    writer = _Writer(secrets, resource.sealed)
    for section, struct in (("inputs", resource.inputs), ("outputs", resource.outputs)):
        if struct is not None and struct.fields:
            result[section] = writer.struct(struct, (section,))
    resource.sealed = writer.sealed
    return result


def from_checkpoint(data: Json, secrets: Passphrase) -> ResourceState:
    """Raises BadState for what is no resource, Unsupported for what this engine does not carry."""
    try:
        resource = _read(data, secrets)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadState(
            "it is not in the form of a checkpoint's resource", where=str(data.get("urn", ""))
        ) from None
    for kind in fields(ResourceState):
        value = getattr(resource, kind.name)
        if isinstance(kind.default, str | bool | tuple) and not isinstance(value, type(kind.default)):
            raise BadState(f"{kind.name} cannot be {value!r}", where=resource.urn)
    return resource


def _read(data: Json, secrets: Passphrase) -> ResourceState:
    urn = str(data.get("urn", ""))
    values: dict[str, Any] = {}
    allowed = {f.name for f in fields(ResourceState)}
    sealed: dict[Path, tuple[str, str]] = {}
    for name, value in data.items():
        if name in ("inputs", "outputs"):
            values[name] = _Reader(secrets, sealed).struct(value, (name,))
        elif name in _NAMES and _NAMES[name] in allowed and value is not None:
            values[_NAMES[name]] = tuple(value) if isinstance(value, list) else value
        elif value and name not in _WITHOUT_MEANING:
            raise Unsupported(f"{name!r} in a checkpoint", urn)
    if data.get("propertyDependencies"):
        values["property_dependencies"] = {k: tuple(v or ()) for k, v in data["propertyDependencies"].items()}
    if not urn or not values.get("type"):
        raise BadState("a resource in the checkpoint has no urn or no type")
    return ResourceState(**{"custom": False, **values}, sealed=sealed)


class _Writer:
    """Wire form to checkpoint form. Secrets inside a secret are encrypted with it, as plain values."""

    def __init__(self, secrets: Passphrase, known: Mapping[Path, tuple[str, str]]) -> None:
        self._secrets, self._known = secrets, known
        self.sealed: dict[Path, tuple[str, str]] = {}

    def struct(self, struct: Struct, path: Path, inside: bool = False) -> Json:
        return {
            key: self._value(struct.fields[key], (*path, key), inside) for key in sorted(struct.fields.keys())
        }

    def _value(self, value: Value, path: Path, inside: bool) -> Any:
        kind = value.WhichOneof("kind")
        if kind == "list_value":
            return [self._value(v, (*path, i), inside) for i, v in enumerate(value.list_value.values)]
        if kind != "struct_value":
            return wire.scalar(value)
        signature = wire.signature(value)
        if signature == wire.SECRET:
            return self._secret(value, path, inside)
        written = self.struct(value.struct_value, path, inside)
        return {"packageVersion": "", **written} if signature == wire.RESOURCE else written

    def _secret(self, value: Value, path: Path, inside: bool) -> Json:
        plain = self._value(value.struct_value.fields["value"], path, True)
        text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
        if inside:  # encrypted with what surrounds it
            return {wire.SIGNATURE: wire.SECRET, "ciphertext": text}
        before = self._known.get(path)
        sealed = before[1] if before and before[0] == text else self._secrets.seal(text)
        self.sealed[path] = (text, sealed)
        return {wire.SIGNATURE: wire.SECRET, "ciphertext": sealed}


class _Reader:
    """Checkpoint form to wire form."""

    def __init__(self, secrets: Passphrase, sealed: dict[Path, tuple[str, str]]) -> None:
        self._secrets, self._sealed = secrets, sealed

    def struct(self, data: Mapping[str, Any], path: Path, inside: bool = False) -> Struct:
        result = Struct()
        reference = data.get(wire.SIGNATURE) == wire.RESOURCE
        for key, value in data.items():
            if not (reference and key == "packageVersion" and not value):
                self._fill(result.fields[key], value, (*path, key), inside)
        return result

    def _fill(self, target: Value, data: Any, path: Path, inside: bool) -> None:
        if isinstance(data, dict):
            if data.get(wire.SIGNATURE) == wire.SECRET:
                inner = Value()
                self._fill(inner, self._opened(data, path, inside), path, True)
                target.CopyFrom(wire.secret(inner))
            else:
                target.struct_value.CopyFrom(self.struct(data, path, inside))
        elif isinstance(data, list):
            target.list_value.CopyFrom(ListValue())
            for i, item in enumerate(data):
                self._fill(target.list_value.values.add(), item, (*path, i), inside)
        elif isinstance(data, bool):
            target.bool_value = data
        elif isinstance(data, int | float):
            target.number_value = data
        elif isinstance(data, str):
            target.string_value = data
        else:
            target.null_value = 0  # type: ignore[assignment] # the enum's only member

    def _opened(self, data: Json, path: Path, inside: bool) -> Any:
        if "ciphertext" not in data:
            raise BadState("a secret in the checkpoint is not encrypted")
        if inside:
            return json.loads(data["ciphertext"])
        text = self._secrets.open(data["ciphertext"])
        self._sealed[path] = (text, data["ciphertext"])
        return json.loads(text)

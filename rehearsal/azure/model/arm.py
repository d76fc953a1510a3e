"""How the types of pulumi_azure_native lie in Azure Resource Manager.

What a type takes and gives is read from shapes/, written from the SDK by `rehearsal.azure.sdk_shapes`.
The tables beside this module add what the SDK does not tell: the path, what is beside `properties` and what
in it, names that differ on the wire (x-ms-client-name), what replaces. Sources: the Azure REST specifications
of each type's api-version (https://github.com/Azure/azure-rest-api-specs), and how pulumi-azure-native reads
them (provider/pkg/gen/properties.go: path parameters, the forceNew map, create-only x-ms-mutability replace).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from rehearsal.provider.model import rules
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    always,
)

Shape = Mapping[str, Any]

NAMES_ARE_DETERMINISTIC: Final = "give it a name; names here are deterministic"
GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_BESIDE: Final = frozenset(
    {"eTag", "etag", "extendedLocation", "identity", "kind", "location", "managedBy", "plan"}
    | {"properties", "sku", "tags", "zones"}
)
"""What stands beside `properties` in a request, unless a type says otherwise."""
_SHAPES: Final = Path(__file__).parent / "shapes"
_KINDS: Final = {
    "text": Kind.TEXT,
    "number": Kind.NUMBER,
    "decimal": Kind.DECIMAL,
    "flag": Kind.FLAG,
    "any": Kind.ANY,
    "texts": Kind.TEXTS,
    "numbers": Kind.NUMBERS,
    "text map": Kind.TEXT_MAP,
    "object": Kind.OBJECT,
    "objects": Kind.OBJECTS,
    "object map": Kind.OBJECT_MAP,
    "variants": Kind.OBJECT,
    "variant list": Kind.OBJECTS,
}


class Life(Enum):
    """How a resource comes and goes."""

    ORDINARY = "ordinary"
    """PUT brings it into being, DELETE removes it."""
    PART = "part"
    """It is there with its parent: PUT sets it, and deleting sets it to what is there unasked."""
    KEPT = "kept"
    """Like an ordinary one, but Resource Manager has no DELETE: it goes with its parent."""
    POLICY = "policy"
    """A role management policy: PATCH adopts it, and deleting gives it back the rules it had."""
    REQUEST = "request"
    """An eligibility: requests bring it and take it away; it is found by whom and what it is for."""


@dataclass(frozen=True)
class ArmType:
    """One type: its table for checks and differences, and where everything goes in a request.

    `path` holds {placeholders}: inputs of the same name, but for subscriptionId. `wire` maps an SDK path
    ("networkRuleSet.ipRules.iPAddressOrRange") to the name on the wire. `part_of`: lists of which only the
    members named (by this key) are managed. `spread`: objects whose members come back without it.
    `may_lack`: documented outputs that Azure itself leaves out at times. `echoed`: inputs that have their
    effect and do not come back, so that the outputs repeat them. `guarded`: DELETE demands an If-Match.
    """

    model: TypeModel
    path: str
    api_version: str
    outputs: Mapping[str, Shape]
    flat: bool
    inside: frozenset[str]
    wire: Mapping[str, str]
    part_of: Mapping[str, str]
    spread: frozenset[str]
    may_lack: frozenset[str]
    life: Life
    echoed: frozenset[str] = frozenset()
    guarded: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    def sets(self, path: str) -> bool:
        """Tell whether an input is a list of texts here and an object's keys in a request."""
        return path.rpartition(".")[2] == "userAssignedIdentities"

    def beside(self, name: str) -> bool:
        """Tell whether an input stands beside `properties` in a request."""
        return not self.flat or (name in _BESIDE and name not in self.inside)


def plain_location(value: Value) -> str:
    """Write a location as Azure does: "West Europe" is westeurope."""
    return str(value).replace(" ", "").lower()


def same_location(one: Value, other: Value) -> bool:
    return plain_location(one) == plain_location(other)


@lru_cache
def shape(name: str) -> Shape:
    """Return what the SDK says of a type, such as "quantum.Workspace"."""
    found: Shape = json.loads((_SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def arm_type(
    name: str,
    path: str,
    *,
    api_version: str = "",
    flat: bool = True,
    inside: tuple[str, ...] = (),
    wire: Mapping[str, str] | None = None,
    replaces: tuple[str, ...] = (),
    fixed: Mapping[str, str] | None = None,
    recorded: Mapping[str, str] | None = None,
    refused: Mapping[str, str] | None = None,
    part_of: Mapping[str, str] | None = None,
    spread: tuple[str, ...] = (),
    may_lack: tuple[str, ...] = (),
    life: Life = Life.ORDINARY,
    identity: tuple[str, ...] = (),
    echoed: tuple[str, ...] = (),
    guarded: bool = False,
    limits: Mapping[str, Callable[[Value], str | None]] | None = None,
    notes: tuple[str, ...] = (),
) -> ArmType:
    """Put a table together. `fixed`: names with one value, such as "default". `recorded` and `refused`:
    SDK path → why.
    """
    said = shape(name)
    placeholders = [p for p in re.findall(r"\{(\w+)\}", path) if p != "subscriptionId"]
    builder = _Builder(
        recorded=recorded or {},
        refused=refused or {},
        limits=limits or {},
        outputs=said["outputs"],
        named=placeholders[-1] if placeholders else "",
        fixed=fixed or {},
        replaced=frozenset({*placeholders, *replaces, "location"}),
    )
    outputs: dict[str, Out] = {key: ASSIGNED for key in said["outputs"] if key not in said["inputs"]}
    version = api_version or said["apiVersion"]
    outputs["azureApiVersion"] = always(version)
    model = TypeModel(
        said["token"],
        inputs=tuple(builder.top(key, value) for key, value in said["inputs"].items()),
        outputs=outputs,
        identity=identity or tuple(placeholders),
        notes=notes,
    )
    return ArmType(
        model,
        path,
        version,
        said["outputs"],
        flat,
        frozenset(inside),
        wire or {},
        part_of or {},
        frozenset(spread),
        frozenset(may_lack),
        life,
        frozenset({*echoed, *(key for key in recorded or {} if "." not in key)}),
        guarded,
    )


@dataclass(frozen=True)
class _Builder:
    recorded: Mapping[str, str]
    refused: Mapping[str, str]
    limits: Mapping[str, Callable[[Value], str | None]]
    outputs: Mapping[str, Shape]
    named: str
    fixed: Mapping[str, str]
    replaced: frozenset[str]

    def top(self, name: str, said: Shape) -> Prop:
        given = said.get("default", self.fixed.get(name))
        named = name == self.named and given is None and not said.get("required")
        return self.prop(
            name,
            said,
            name,
            required=(bool(said.get("required")) and given is None) or named,
            default=given,
            replaces=name in self.replaced,
            note=NAMES_ARE_DETERMINISTIC if named else "",
            returned=name in self.outputs,
            alike=same_location if name == "location" else None,
            otherwise=Out(lambda facts, _inputs: facts.location or None) if name == "location" else None,
        )

    def prop(self, name: str, said: Shape, path: str, **more: Any) -> Prop:
        carried, note = Carried.EMULATED, more.pop("note", "")
        for kind, reasons in ((Carried.RECORDED, self.recorded), (Carried.REFUSED, self.refused)):
            if path in reasons:
                carried, note = kind, reasons[path]
        if "required" not in more:
            more["required"] = bool(said.get("required"))
        return Prop(
            name,
            _KINDS[said["kind"]],
            carried=carried,
            note=note,
            rule=self.limits.get(path)
            or (rules.one_of(*said["values"]) if "values" in said and said["kind"] == "text" else None),
            fields=self.fields(said.get("fields", {}), path),
            by=said.get("by", ""),
            variants={key: self.fields(fields, path) for key, fields in said.get("variants", {}).items()},
            **more,
        )

    def fields(self, said: Mapping[str, Shape], path: str) -> tuple[Prop, ...]:
        return tuple(self.prop(name, one, f"{path}.{name}") for name, one in said.items())

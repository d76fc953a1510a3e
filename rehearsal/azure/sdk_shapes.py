"""Write down what the installed pulumi_azure_native takes and gives: `python -m rehearsal.azure.sdk_shapes`.

The tables in `rehearsal/azure/model/` read the files this writes (model/shapes/), so that a check loads no
SDK. A test compares them with the SDK that is installed.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path
from typing import Any, Final

TYPES: Final = (
    "authorization.ManagementLockByScope",
    "authorization.PimRoleEligibilitySchedule",
    "authorization.PolicyAssignment",
    "authorization.PolicyDefinition",
    "authorization.RoleAssignment",
    "authorization.RoleDefinition",
    "authorization.RoleManagementPolicy",
    "consumption.Budget",
    "keyvault.Key",
    "keyvault.Vault",
    "managedidentity.FederatedIdentityCredential",
    "managedidentity.UserAssignedIdentity",
    "monitor.ActionGroup",
    "monitor.ActivityLogAlert",
    "monitor.DiagnosticSetting",
    "monitor.ScheduledQueryRule",
    "operationalinsights.Table",
    "operationalinsights.Workspace",
    "quantum.Workspace",
    "resources.ResourceGroup",
    "storage.BlobContainer",
    "storage.BlobContainerImmutabilityPolicy",
    "storage.BlobServiceProperties",
    "storage.ManagementPolicy",
    "storage.StorageAccount",
)
FOLDER: Final = Path(__file__).parent / "model" / "shapes"
_PACKAGE: Final = "pulumi_azure_native"
_LEAVES: Final = {"str": "text", "int": "number", "float": "decimal", "bool": "flag", "Any": "any"}
_LISTS: Final = {"text": "texts", "number": "numbers", "object": "objects", "variants": "variant list"}
_MAPS: Final = {"text": "text map", "object": "object map"}


class _Module:
    """One module of the SDK: its classes by the names its annotations use."""

    def __init__(self, name: str) -> None:
        self.name = name
        package: Any = importlib.import_module(f"{_PACKAGE}.{name}")
        self._parts = {part: getattr(package, part, package) for part in ("_inputs", "outputs")}

    def find(self, name: str) -> Any:
        """Inputs and enumerations stand beside each other: the inputs' module imports both."""
        part, _, last = name.rpartition(".")
        return getattr(self._parts["outputs" if part == "outputs" else "_inputs"], last)


def wire_names(cls: Any) -> dict[str, str]:
    """Python name → wire name of every property a class has."""
    found = {name: p.fget for name, p in inspect.getmembers(cls, lambda m: isinstance(m, property))}
    names = {name: getattr(getter, "_pulumi_name", name) for name, getter in found.items()}
    return {name: wire for name, wire in names.items() if not name.startswith("pulumi_")}


def _annotations(cls: Any) -> dict[str, tuple[str, bool]]:
    """Python name of each property → annotation, and whether the constructor demands it."""
    source = inspect.getsource(cls)
    returned = dict(re.findall(r"def (\w+)\(self\) -> (.+):\n", source))
    parameters = inspect.signature(cls.__init__).parameters
    demanded = {n for n, p in parameters.items() if p.default is inspect.Parameter.empty}
    return {name: (text, name in demanded) for name, text in returned.items()}


def _shape(module: _Module, node: ast.expr, above: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(node, ast.Constant):
        return _named(module, str(node.value), above)
    if not isinstance(node, ast.Subscript):
        return {"kind": _LEAVES[node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)]}
    outer = ast.unparse(node.value).rpartition(".")[2]
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer in ("Input", "Output", "Optional"):
        return _shape(module, inner[0], above)
    if outer == "Union":
        return _union([_shape(module, item, above) for item in inner])
    one = _shape(module, inner[-1], above)
    kinds = _LISTS if outer == "Sequence" else _MAPS
    return {**one, "kind": kinds.get(one["kind"], "any")}


def _union(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Any text, an enumeration being a hint only; or one of several classes, told apart by a member."""
    if all(part["kind"] == "text" for part in parts):
        return {"kind": "text"}  # an enumeration that is open: Azure may know more than the SDK
    if not all(part["kind"] == "object" for part in parts):
        raise TypeError(f"a union of {[part['kind'] for part in parts]} is not understood")
    by = next(name for name, field in parts[0]["fields"].items() if "const" in field)
    variants = {part["fields"][by]["const"]: part["fields"] for part in parts}
    return {"kind": "variants", "by": by, "variants": variants}


def _named(module: _Module, name: str, above: tuple[str, ...]) -> dict[str, Any]:
    if name.endswith("ArgsDict"):
        name = name.removesuffix("Dict")
    if name in above:  # an error may hold errors
        return {"kind": "any"}
    cls = module.find(name)
    if isinstance(cls, EnumMeta):
        return {"kind": "text", "values": [member.value for member in cls]}  # type: ignore[var-annotated]
    return {"kind": "object", "fields": dict(_fields(module, cls, (*above, name)))}


def _fields(module: _Module, cls: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    names, source = wire_names(cls), inspect.getsource(cls)
    for name, (annotation, demanded) in sorted(_annotations(cls).items()):
        shape = _shape(module, ast.parse(annotation, mode="eval").body, above)
        constant = re.search(rf"set\(__self__, \"{name}\", '(\w+)'\)", source)
        if constant:
            shape["const"] = constant[1]
        if demanded and above[:1] != ("outputs",):
            shape["required"] = True
        yield names[name], shape


def _outputs(module: _Module, cls: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, (annotation, _) in sorted(_annotations(cls).items()):
        shape = _shape(module, ast.parse(annotation, mode="eval").body, ("outputs",))
        optional = {"optional": True} if "Optional[" in annotation else {}
        yield wire_names(cls)[name], {**_bare(shape), **optional}


def _bare(shape: dict[str, Any]) -> dict[str, Any]:
    """A shape as an output needs it: how it is nested, and nothing else."""
    result = {"kind": shape["kind"]}
    if "fields" in shape:
        result["fields"] = {name: _bare(field) for name, field in shape["fields"].items()}
    return result


def shape_of(name: str) -> dict[str, Any]:
    """Return what the SDK says of one type, such as "quantum.Workspace"."""
    module = _Module(name.partition(".")[0])
    package = importlib.import_module(f"{_PACKAGE}.{module.name}")
    cls = getattr(package, name.partition(".")[2])
    args = getattr(package, f"{cls.__name__}InitArgs", None) or getattr(package, f"{cls.__name__}Args")
    version = re.search(r"Uses Azure REST API version (\S+?)\.[ \n]", inspect.getsource(cls))
    inputs = dict(_fields(module, args))
    source = inspect.getsource(cls._internal_init)
    for python, wire in wire_names(args).items():
        default = re.search(rf"if {python} is None:\n\s+{python} = (.+)\n", source)
        if default:
            inputs[wire]["default"] = ast.literal_eval(default[1])
    return {
        "token": f"azure-native:{module.name}:{cls.__name__}",
        "apiVersion": version[1] if version else "",
        "inputs": inputs,
        "outputs": dict(_outputs(module, cls)),
    }


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.json"


def text_of(shape: dict[str, Any]) -> str:
    return json.dumps(shape, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in TYPES:
        file_of(name).write_text(text_of(shape_of(name)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Reads an exported deployment (`pulumi stack export`, version 3) as policies are shown resources.

https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go (UntypedDeployment, DeploymentV3).
A secret that is encrypted stays so: policies are told that it is secret and unknown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct

from qlz.exit_codes import CommandError, ExitCode
from rehearsal.engine import urns
from rehearsal.engine.analyzers import AnalyzedResource, ProviderRef
from rehearsal.engine.policy_wire import OUTPUT, SECRET, SIGNATURE, UNKNOWN

LARGEST: Final = 512 * 1024 * 1024
"""Bytes of a deployment."""
DEEPEST: Final = 64
_FIX: Final = "pulumi stack export --stack STACK --file FILE, and name that file"


@dataclass(frozen=True)
class Resource:
    """A resource as policies are shown it: by its inputs, and by its outputs."""

    inputs: AnalyzedResource
    outputs: AnalyzedResource


@dataclass(frozen=True)
class Deployment:
    """What is deployed. pending: URNs of what an operation that did not come to its end was about."""

    stack: str
    project: str
    resources: tuple[Resource, ...]
    pending: tuple[str, ...] = ()


def read_deployment(path: Path) -> Deployment:
    """Read a file. Raises CommandError (bad input) where it is no deployment, or an empty one."""
    try:
        if path.stat().st_size > LARGEST:
            raise _wrong(path, "is larger than a deployment can be")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _wrong(path, "is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("deployment"), dict):
        raise _wrong(path, "is no exported deployment")
    if data.get("version") != 3:
        raise _wrong(
            path, f"is of version {json.dumps(data.get('version'))[:20]}; only version 3 can be read"
        )
    try:
        return _read(data["deployment"], path)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _wrong(path, "holds resources that are not in a deployment's form") from None


def _read(deployment: Mapping[str, Any], path: Path) -> Deployment:
    listed = deployment.get("resources") or []
    rows = [row for row in listed if not row.get("delete") and not row.get("external")]
    if not rows:
        raise _wrong(path, "holds no resources: nothing of this stack is deployed")
    names = {tuple(str(row["urn"]).split("::")[:2]) for row in listed}
    if len(names) != 1:
        raise _wrong(path, "holds resources of more than one stack")
    stack, project = next(iter(names))
    if not stack.startswith("urn:pulumi:") or not project:
        raise _wrong(path, "holds resources whose URNs cannot be read")
    configured = {f"{row['urn']}::{row.get('id', '')}": row for row in listed if _is_provider(row)}
    pending = [str(each["resource"]["urn"]) for each in deployment.get("pending_operations") or []]
    # Still to be deleted, so perhaps there; or deleted, and still to be made again.
    pending += [str(row["urn"]) for row in listed if row.get("delete") or row.get("pendingReplacement")]
    return Deployment(
        stack.removeprefix("urn:pulumi:"),
        project,
        tuple(_resource(row, configured) for row in rows),
        tuple(dict.fromkeys(pending)),
    )


def _is_provider(row: Mapping[str, Any]) -> bool:
    return str(row["type"]).startswith("pulumi:providers:")


def _resource(row: Mapping[str, Any], configured: Mapping[str, Mapping[str, Any]]) -> Resource:
    reference = str(row.get("provider") or "")
    provider = None
    if reference:
        urn, _ = urns.split_reference(reference)
        its = configured.get(reference, {})
        properties = struct(its.get("inputs") or {})
        provider = ProviderRef(urn, urns.type_of(urn), urns.name_of(urn), properties)
    dependencies = row.get("propertyDependencies") or {}

    def shown(properties: Struct) -> AnalyzedResource:
        return AnalyzedResource(
            urn=str(row["urn"]),
            type=str(row["type"]),
            name=urns.name_of(str(row["urn"])),
            properties=properties,
            parent=str(row.get("parent") or ""),
            protect=row.get("protect") is True,
            aliases=tuple(map(str, row.get("aliases") or ())),
            additional_secret_outputs=tuple(map(str, row.get("additionalSecretOutputs") or ())),
            provider=provider,
            dependencies=tuple(map(str, row.get("dependencies") or ())),
            property_dependencies={key: tuple(map(str, each or ())) for key, each in dependencies.items()},
        )

    return Resource(shown(struct(row.get("inputs") or {})), shown(struct(row.get("outputs") or {})))


def struct(properties: Mapping[str, Any]) -> Struct:
    """Properties of a checkpoint in the form of the wire. Raises ValueError for what has none."""
    if not isinstance(properties, Mapping):
        raise ValueError("properties are a mapping")
    found = Struct()
    found.update({key: _plain(value, 0) for key, value in properties.items()})
    return found


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "value": _opened(value, depth)}
        if value.get(SIGNATURE) == OUTPUT:
            inner = _plain(value["value"], depth + 1) if "value" in value else UNKNOWN
            return {SIGNATURE: SECRET, "value": inner} if value.get("secret") is True else inner
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no number of JSON")
    return value


def _opened(value: Mapping[str, Any], depth: int) -> Any:
    """A secret's value where the export shows it (`--show-secrets`); else it is unknown."""
    if "plaintext" in value:
        return _plain(json.loads(str(value["plaintext"])), depth + 1)
    return UNKNOWN


def _wrong(path: Path, what: str) -> CommandError:
    return CommandError(f"{path}: {what}", code=ExitCode.BAD_INPUT, fix=_FIX)

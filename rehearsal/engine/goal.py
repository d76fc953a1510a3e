"""What the program asked for: a registration request, read and judged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import alias_pb2, resource_pb2

from rehearsal.engine import wire
from rehearsal.engine.errors import InvalidResource, Unsupported
from rehearsal.engine.state import ResourceState
from rehearsal.engine.urns import is_provider

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass
class Goal:
    """A resource as the program wants it. Options that are None were not said and may come from a parent."""

    urn: str
    type: str
    name: str
    custom: bool
    parent: str
    properties: Struct
    provider: str
    providers: dict[str, str]
    protect: bool | None
    retain_on_delete: bool | None
    deleted_with: str
    delete_before_replace: bool | None
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    custom_timeouts: Mapping[str, float]
    aliases: list[alias_pb2.Alias] = field(default_factory=list)
    earlier: tuple[str, ...] = ()  # URNs it may have had, by its aliases and its parent's

    def state(self) -> ResourceState:
        """The state it will have, without id and outputs; inputs as the program gave them."""
        return ResourceState(
            urn=self.urn,
            type=self.type,
            custom=self.custom,
            inputs=self.properties,
            parent=self.parent,
            dependencies=self.dependencies,
            property_dependencies=self.property_dependencies,
            provider=self.provider if self.custom and not is_provider(self.type) else "",
            protect=bool(self.protect),
            retain_on_delete=bool(self.retain_on_delete),
            deleted_with=self.deleted_with,
            additional_secret_outputs=self.additional_secret_outputs,
            custom_timeouts=self.custom_timeouts,
            ignore_changes=self.ignore_changes,
            replace_on_changes=self.replace_on_changes,
        )


def read(request: resource_pb2.RegisterResourceRequest, urn: str) -> Goal:
    """Raises Unsupported for what this engine does not carry, InvalidResource for what makes no sense."""
    refuse(request, urn)
    properties = request.object
    envelopes = wire.signatures(properties)
    if envelopes & {wire.ASSET, wire.ARCHIVE}:
        raise Unsupported("assets and archives", urn)
    if wire.OUTPUT in envelopes:
        properties = wire.without_outputs(properties)
    dependencies = tuple(sorted(set(request.dependencies)))
    given = {key: tuple(sorted(set(deps.urns))) for key, deps in request.propertyDependencies.items()}
    default = () if given else dependencies
    property_dependencies = {**dict.fromkeys(properties.fields, default), **given}
    return Goal(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        properties=properties,
        provider=request.provider,
        providers=dict(request.providers),
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith,
        delete_before_replace=request.deleteBeforeReplace
        if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
        else None,
        dependencies=dependencies,
        property_dependencies=dict(sorted(property_dependencies.items())),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        custom_timeouts=_timeouts(request.customTimeouts, urn),
        aliases=[*(alias_pb2.Alias(urn=a) for a in request.aliasURNs), *request.aliases],
    )


def refuse(request: resource_pb2.RegisterResourceRequest, urn: str) -> None:
    """Raises Unsupported for the first option this engine does not carry."""
    refused = {
        "remote components": request.remote,
        "transforms": bool(request.transforms),
        "state migrations": bool(request.state_migrations),
        "resource hooks": any(hooks for _, hooks in request.hooks.ListFields()),
        "import of existing resources (`import_`)": bool(request.importId),
        "replaceWith": bool(request.replace_with),
        "replacementTrigger": request.HasField("replacement_trigger"),
        "parameterized packages": bool(request.packageRef),
        "environment variable mappings of providers": bool(request.envVarMappings),
        "plugins from an address (`plugin_download_url`)": bool(request.pluginDownloadURL),
        "snippets": bool(request.snippetId),
    }
    for feature, used in refused.items():
        if used:
            raise Unsupported(feature, urn)


def _timeouts(timeouts: resource_pb2.RegisterResourceRequest.CustomTimeouts, urn: str) -> dict[str, float]:
    given = {"create": timeouts.create, "update": timeouts.update, "delete": timeouts.delete}
    given["read"] = timeouts.read
    return {name: seconds(text, urn) for name, text in given.items() if text}


def seconds(text: str, urn: str) -> float:
    """A duration such as `5m` or `1h30m`. Raises InvalidResource."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise InvalidResource(urn, f"custom timeout {text!r} is not a duration such as 30s, 5m or 1h30m")
    total = sum((float(number) * _SECONDS[unit] for number, unit in parts), start=0.0)
    return int(total) if total.is_integer() else total

"""The provider instances of one operation, by reference (URN::ID of the provider resource)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine.errors import BadState, InvalidResource, NoProviderServer
from rehearsal.engine.in_process import ProviderServer
from rehearsal.engine.plugins import Plugin
from rehearsal.engine.state import ResourceState
from rehearsal.engine.urns import package_of, split_reference, type_of

_INTERNAL = "__internal"


class ProviderRegistry:
    """Connects to the server of a package, one connection an instance. `close` ends them all."""

    def __init__(
        self,
        servers: Mapping[str, ProviderServer],
        log_address: Callable[[], str],
        find_old: Callable[[str, str], ResourceState | None],
    ) -> None:
        self._servers, self._log_address, self._find_old = servers, log_address, find_old
        self._lock = threading.RLock()
        self._configured: dict[str, Plugin] = {}
        self._all: list[Plugin] = []

    def connect(self, urn: str) -> Plugin:
        """A new, unconfigured connection for the provider resource `urn`. Raises NoProviderServer."""
        package = package_of(type_of(urn))
        server = self._servers.get(package)
        if server is None:
            raise NoProviderServer(package, urn)
        plugin = Plugin(server, self._log_address)
        with self._lock:
            self._all.append(plugin)
        return plugin

    def configured(self, urn: str, id_: str, inputs: Struct | None, plugin: Plugin | None = None) -> Plugin:
        """Configure the instance URN::ID and keep it; `plugin` is a connection to use for it."""
        plugin = plugin or self.connect(urn)
        plugin.configure(urn, id_, configuration(inputs or Struct()))
        with self._lock:
            self._configured[f"{urn}::{id_}"] = plugin
        return plugin

    def get(self, reference: str, user: str) -> Plugin:
        """The instance for a resource `user`, taken from the old state if the program did not make it."""
        with self._lock:
            plugin = self._configured.get(reference)
            if plugin is not None:
                return plugin
            try:
                urn, identity = split_reference(reference)
                old = self._find_old(urn, identity)
            except BadState as problem:
                raise InvalidResource(user, problem.what) from None
            if old is None:
                raise InvalidResource(user, f"its provider {reference} is not known")
            plugin = self.configured(old.urn, identity, old.inputs)
            self._configured[reference] = plugin
            return plugin

    def close(self) -> None:
        for plugin in self._all:
            plugin.close()


def configuration(inputs: Struct) -> Struct:
    """A provider resource's inputs without what is meant for the engine."""
    if _INTERNAL not in inputs.fields:
        return inputs
    result = Struct()
    result.CopyFrom(inputs)
    del result.fields[_INTERNAL]
    return result


def with_plugin_choice(inputs: Struct, version: str) -> Struct:
    """The inputs with the plugin version noted, as the CLI notes it."""
    if not version:
        return inputs
    result = Struct()
    result.CopyFrom(inputs)
    result.fields[_INTERNAL].struct_value.SetInParent()
    result.fields["version"].string_value = version
    return result


def checked_configuration(plugin: Plugin, urn: str, olds: Struct | None, news: Struct) -> Struct:
    """CheckConfig, with what is meant for the engine kept as it was."""
    inputs = plugin.check_config(urn, configuration(olds) if olds is not None else None, configuration(news))
    for key in ("version", _INTERNAL):
        if key in news.fields:
            inputs.fields[key].CopyFrom(news.fields[key])
    return inputs

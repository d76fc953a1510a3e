"""Which configuration a request belongs to: requests carry no provider id, so the connection decides."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

import grpc

from rehearsal.provider.errors import Refusal
from rehearsal.provider.model.schema import Facts, Kind, TypeModel, Value, Values


@dataclass(frozen=True)
class Configuration:
    """One provider instance's settings."""

    facts: Facts


class Configurations:
    """One configuration per connection.

    An engine opens a connection for each provider instance (in grpc's Python with the channel option
    grpc.use_local_subchannel_pool, else two channels share one). Two different configurations on one
    connection are refused: the last would win for both.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_peer: dict[str, Configuration] = {}

    def set(self, peer: str, configuration: Configuration) -> None:
        with self._lock:
            if self._by_peer.setdefault(peer, configuration) != configuration:
                raise Refusal(
                    grpc.StatusCode.FAILED_PRECONDITION,
                    "two providers with different configurations share one connection; "
                    "open one for each (channel option grpc.use_local_subchannel_pool)",
                )

    def of(self, peer: str) -> Configuration:
        """Return the configuration of a connection, or the only one there is when it was opened anew."""
        with self._lock:
            found = self._by_peer.get(peer)
            known = list(self._by_peer.values())
            if found is None and known and all(other == known[0] for other in known):
                found = known[0]
        if found is None:
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                "this connection was never configured: call Configure on the same connection first",
            )
        return found


_ENGINES_OWN = ("version", "pluginDownloadURL")


def decoded(settings: TypeModel, inputs: Values) -> dict[str, Value]:
    """Undo the JSON in which the SDKs send everything but texts in a provider's configuration."""
    return {
        name: _decoded(settings, name, value) for name, value in inputs.items() if name not in _ENGINES_OWN
    }


def _decoded(settings: TypeModel, name: str, value: Value) -> Value:
    prop = settings.prop(name)
    if prop is None or prop.kind is Kind.TEXT or not isinstance(value, str):
        return value
    try:
        found: Any = json.loads(value)
    except ValueError:
        return value
    return found

"""AWS services that moto does not have, or not well enough, played beside it, each in a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from rehearsal.local_cloud.services.serving import Service

_MODULES: Mapping[str, str] = {
    "access-analyzer": "access_analyzer",
    "budgets": "budgets",
    "ce": "cost_explorer",
    "cloudcontrolapi": "cloud_control",
    "sagemaker": "notebooks",
}
"""By the name that requests are signed for, which is how moto tells services apart, too."""


class Services:
    """The own services of one local cloud, each loaded when it is first asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Service] = {}

    def get(self, signed_for: str) -> Service | None:
        """Return the service of a signing name, None when it is not one of these."""
        module = _MODULES.get(signed_for)
        if module is None:
            return None
        if signed_for not in self._loaded:
            made: Service = import_module(f"{__name__}.{module}").new()
            self._loaded[signed_for] = made
        return self._loaded[signed_for]

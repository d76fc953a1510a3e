"""Azure played locally: a stand-in for the azure-native provider, in front of the local Resource Manager.

Importing this package loads no grpc; `AzureProvider` is loaded when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.azure.stand_in import AzureProvider

__all__ = ["AzureProvider"]


def __getattr__(name: str) -> Any:
    if name == "AzureProvider":
        from rehearsal.azure.stand_in import AzureProvider

        return AzureProvider
    raise AttributeError(name)

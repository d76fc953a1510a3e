"""AWS played locally: a stand-in for the provider, with real effects in the local cloud.

Importing this package loads neither boto3 nor grpc; `AwsProvider` and the cloud clients are loaded when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.aws.stand_in import AwsProvider

__all__ = ["AwsProvider"]


def __getattr__(name: str) -> Any:
    if name == "AwsProvider":
        from rehearsal.aws.stand_in import AwsProvider

        return AwsProvider
    raise AttributeError(name)

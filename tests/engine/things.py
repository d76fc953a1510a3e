"""What the small programs of the engine's tests are made of: `from tests.engine.things import *`."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import Output, ResourceOptions

__all__ = ["Group", "Output", "ResourceOptions", "Thing", "provider", "pulumi"]


class Thing(pulumi.CustomResource):
    """A `test:index:Thing`; see tests/engine/provider.py for what its properties do."""

    arn: Output[str]
    token: Output[str]
    region: Output[str]
    value: Output[Any]

    def __init__(self, name: str, opts: ResourceOptions | None = None, /, **properties: Any) -> None:
        outputs = {"name": None, "value": None, "arn": None, "token": None, "region": None}
        super().__init__("test:index:Thing", name, {**outputs, **properties}, opts)


class Group(pulumi.ComponentResource):
    """A component without anything in it."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("proj:index:Group", name, {}, opts)


def provider(name: str = "east", **configuration: Any) -> pulumi.ProviderResource:
    """A provider instance; its region is its name unless another is given."""
    return pulumi.ProviderResource("test", name, {"region": name, **configuration})

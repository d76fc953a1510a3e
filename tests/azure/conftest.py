from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from tests.azure.peer import LOCATION, SUBSCRIPTION, AzurePeer, Made

GROUP = "azure-native:resources:ResourceGroup"


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    cloud = LocalAzure.ensure(tmp_path_factory.mktemp("home") / ".qlz")
    yield cloud
    cloud.stop()


@pytest.fixture(scope="session")
def provider(cloud: LocalAzure) -> Iterator[AzureProvider]:
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, SUBSCRIPTION, TENANT, cloud.token)
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def address(provider: AzureProvider) -> str:
    return provider.serve()


@pytest.fixture(scope="session")
def peer(address: str) -> Iterator[AzurePeer]:
    peer = AzurePeer(address)
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def arm(cloud: LocalAzure) -> Iterator[Arm]:
    """A client to look at what is really there, with nothing of the provider's between."""
    arm = Arm(cloud.endpoint, cloud.ca_file, cloud.token)
    yield arm
    arm.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name of its own for each test, fit for everything: they share one cloud."""
    return "t" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:14]


class Make:
    """Makes what a test needs around its resource, and takes it away again, last first."""

    def __init__(self, peer: AzurePeer, name: str) -> None:
        self.peer = peer
        self.name = name
        self._made: list[tuple[str, Made]] = []

    def __call__(self, token: str, inputs: Mapping[str, Any]) -> Made:
        made = self.peer.create(token, inputs)
        self._made.append((token, made))
        return made

    def group(self) -> str:
        self(GROUP, {"resourceGroupName": self.name, "location": LOCATION})
        return self.name

    def undo(self) -> None:
        for token, made in reversed(self._made):
            self.peer.delete(token, made)


@pytest.fixture
def make(peer: AzurePeer, name: str) -> Iterator[Make]:
    make = Make(peer, name)
    yield make
    make.undo()


Look = Callable[[str], dict[str, Any]]


@pytest.fixture
def look(arm: Arm) -> Callable[..., dict[str, Any]]:
    """Read a resource's body from Resource Manager."""

    def read(id: str, version: str) -> dict[str, Any]:
        found = arm.get(id, version)
        assert found is not None, id
        return found

    return read

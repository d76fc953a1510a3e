from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import Cloud
from rehearsal.local_cloud import LocalCloud
from tests.aws.peer import ACCOUNT, REGION, Peer


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    cloud = LocalCloud.ensure(tmp_path_factory.mktemp("home") / ".qlz")
    yield cloud
    cloud.stop()


@pytest.fixture(scope="session")
def provider(cloud: LocalCloud) -> Iterator[AwsProvider]:
    provider = AwsProvider(cloud.endpoint, ACCOUNT)
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def address(provider: AwsProvider) -> str:
    return provider.serve()


@pytest.fixture(scope="session")
def peer(address: str) -> Iterator[Peer]:
    peer = Peer(address)
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def boto(cloud: LocalCloud) -> Callable[..., Any]:
    """Clients to look at what is really there, with nothing of the provider's between."""
    clouds: dict[str, Cloud] = {}

    def client(service: str, region: str = REGION, account: str = ACCOUNT) -> Any:
        clouds.setdefault(account, Cloud(cloud.endpoint, account))
        return clouds[account].client(service, region)

    return client


class Faults:
    """Makes one AWS call fail: `fail("kms", "TagResource", error)`, until `heal()`."""

    def __init__(self) -> None:
        self._errors: dict[tuple[str, str], Exception] = {}

    def fail(self, service: str, operation: str, error: Exception) -> None:
        self._errors[service, operation] = error

    def heal(self) -> None:
        self._errors.clear()

    def __call__(self, service: str, operation: str, _params: Mapping[str, Any]) -> Exception | None:
        return self._errors.get((service, operation))


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def faulty(cloud: LocalCloud, faults: Faults) -> Iterator[Peer]:
    provider = AwsProvider(cloud.endpoint, ACCOUNT, fault=faults)
    peer = Peer(provider.serve())
    yield peer
    peer.close()
    provider.stop()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name of its own for each test: they share one cloud."""
    said: str = request.node.name
    return "t-" + "".join(c if c.isalnum() else "-" for c in said.lower())[:40].strip("-")

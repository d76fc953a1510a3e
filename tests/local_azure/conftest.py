"""One local Azure for the whole area; each test works in a subscription of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.local_azure import LocalAzure
from tests.local_azure.arm import Arm


@pytest.fixture(scope="session")
def azure_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("azure-home")


@pytest.fixture(scope="session")
def cloud(azure_home: Path) -> Iterator[LocalAzure]:
    cloud = LocalAzure.ensure(azure_home)
    yield cloud
    cloud.stop()


@pytest.fixture
def arm(cloud: LocalAzure) -> Iterator[Arm]:
    """The owner's view of a fresh subscription, with nothing held or broken from an earlier test."""
    cloud.control("faults", {"faults": []})
    cloud.control("settings", {"holdJobs": False, "page": 100, "operationSeconds": 0.02, "lagSeconds": 0})
    arm = Arm(cloud, f"/subscriptions/{uuid.uuid4()}")
    yield arm
    arm.close()


@pytest.fixture
def trusted(cloud: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    """What clients that make their own connections, such as azure-quantum's, look at."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.ca_file))

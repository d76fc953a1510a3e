"""The stacks of a project on the local Azure: nothing left to do afterwards, and a freeze that survives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.azure_quantum.freeze import MARK
from components.spec import AzureProjectStack, load_stack
from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.local_azure.client import LocalAzure
from tests.components.azure_quantum.runner import ROOT
from tests.faults.dying import PASSPHRASE

ENVIRONMENT, PROJECT = "azure-dev", "catalyst-dev"
VERSION = "2024-03-01"


@dataclass
class World:
    """A local Azure, its provider, and the state of what is in it."""

    arm: Arm
    store: StateStore
    address: str

    def engine(self) -> Engine:
        return Engine(Project.load(ROOT), self.store, providers={"azure-native": self.address})

    def up(self, stack: str) -> dict[str, int]:
        """Brings a stack up; returns its steps, counted."""
        return steps(self.engine().up(stack, load_stack(ROOT, stack).config))

    def preview(self, stack: str) -> dict[str, int]:
        return steps(self.engine().preview(stack, load_stack(ROOT, stack).config))


def steps(outcome: Outcome) -> dict[str, int]:
    assert outcome.result == "ok", outcome.error
    found: dict[str, int] = {}
    for step in outcome.steps:
        found[str(step.op)] = found.get(str(step.op), 0) + 1
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    loaded = load_stack(ROOT, PROJECT).stack
    assert isinstance(loaded, AzureProjectStack)
    place = loaded.spec.azure
    cloud = LocalAzure.ensure(tmp_path)
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, place.subscription, place.tenant, cloud.token)
    arm = Arm(cloud.endpoint, cloud.ca_file, cloud.token)
    try:
        yield World(arm, StateStore(tmp_path / "state", PASSPHRASE), provider.serve())
    finally:
        arm.close()
        provider.stop()
        cloud.stop()


@pytest.mark.cloud
def test_a_freeze_survives_the_next_up_until_somebody_thaws(world: World) -> None:
    world.up(ENVIRONMENT)
    world.up(PROJECT)
    assert set(world.up(ENVIRONMENT)) == {"same", "create"}, "the group is there now, and elevation with it"
    for stack in (PROJECT, ENVIRONMENT):
        assert set(world.preview(stack)) == {"same"}
    loaded = load_stack(ROOT, PROJECT).stack
    group = f"/subscriptions/{loaded.account}/resourceGroups/qlz-dev--catalyst"
    tags = dict((world.arm.get(group, VERSION) or {})["tags"])
    body = {"location": "westeurope", "tags": {**tags, MARK: "now by oncall"}}
    world.arm.write("PUT", group, VERSION, body)

    found = world.up(PROJECT)
    assert found["delete"] == 10, "two credentials, eight roles"
    assert world.up(ENVIRONMENT)["delete"] == 1, "who is eligible"
    assert (world.arm.get(group, VERSION) or {})["tags"][MARK] == "now by oncall"
    for name in (PROJECT, ENVIRONMENT):
        assert set(world.preview(name)) == {"same"}, "it stays frozen"

    world.arm.write("PUT", group, VERSION, {"location": "westeurope", "tags": tags})
    assert world.up(PROJECT)["create"] == 10
    assert MARK not in (world.arm.get(group, VERSION) or {})["tags"]

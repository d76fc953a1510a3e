"""The stacks of a project on the local Azure: nothing left to do afterwards, and a freeze that survives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.quantum import Job, Workspace  # type: ignore[import-untyped]

from components.azure_quantum.freeze import MARK
from components.azure_quantum.names import EnvironmentNames, ProjectNames, guid
from components.spec import AzureProjectStack, load_stack
from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.credential import LocalCredential
from tests.components.azure_quantum.runner import ROOT
from tests.faults.dying import PASSPHRASE

ENVIRONMENT, PROJECT = "azure-dev", "catalyst-dev"
LOADED = load_stack(ROOT, PROJECT).stack
assert isinstance(LOADED, AzureProjectStack)
SPEC = LOADED.spec
NAMES = ProjectNames(
    "catalyst",
    EnvironmentNames(SPEC.azure.tenant, SPEC.azure.subscription, SPEC.azure.location, "dev"),
)
VERSION = "2024-03-01"


@dataclass
class World:
    """A local Azure, its provider, and the state of what is in it."""

    cloud: LocalAzure
    arm: Arm
    store: StateStore
    address: str

    def engine(self) -> Engine:
        return Engine(Project.load(ROOT), self.store, providers={"azure-native": self.address})

    def object_id(self, kind: str) -> str:
        """The object id of one of the project's identities, as the stack exports it."""
        deployment = self.store.load(PROJECT)
        assert deployment is not None
        (stack,) = [row for row in deployment["resources"] if row["type"] == "pulumi:pulumi:Stack"]
        return str(stack["outputs"]["principalIds"][kind])

    def up(self, stack: str) -> dict[str, int]:
        """Brings a stack up; returns its steps, counted."""
        return steps(self.engine().up(stack, load_stack(ROOT, stack).config))

    def submits(self, principal: str) -> bool:
        """Whether a principal gets a job taken, asked with Azure's own client."""
        job = partial(
            Job.from_input_data,
            workspace=Workspace(
                resource_id=NAMES.workspace_id,
                location="westeurope",
                credential=LocalCredential(self.cloud, principal),
                _quantum_endpoint=self.cloud.endpoints["quantum"],
                arm_endpoint=self.cloud.endpoint,
            ),
            name="energy",
            target="quantinuum.sim.h2-1e",
            input_data=b"OPENQASM 2.0;",
            provider_id="quantinuum",
            input_data_format="honeywell.openqasm.v1",
            output_data_format="honeywell.quantum-results.v1",
            input_params={"shots": 10},
        )
        try:
            job()
        except HttpResponseError as error:
            if error.status_code != 403:
                raise
            return False
        return True

    def preview(self, stack: str) -> dict[str, int]:
        return steps(self.engine().preview(stack, load_stack(ROOT, stack).config))


def steps(outcome: Outcome) -> dict[str, int]:
    assert outcome.result == "ok", outcome.error
    found: dict[str, int] = {}
    for step in outcome.steps:
        found[str(step.op)] = found.get(str(step.op), 0) + 1
    return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    place = SPEC.azure
    cloud = LocalAzure.ensure(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.ca_file))
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, place.subscription, place.tenant, cloud.token)
    arm = Arm(cloud.endpoint, cloud.ca_file, cloud.token)
    try:
        yield World(cloud, arm, StateStore(tmp_path / "state", PASSPHRASE), provider.serve())
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
    group, people = NAMES.group_id, SPEC.groups
    pipeline = world.object_id("pipeline")
    may = {
        "pipeline": pipeline,
        "service": world.object_id("service"),
        "researchers": people.researchers,
    }
    never = (people.auditors, people.key_administrators, people.approvers)
    for who, principal in may.items():
        assert world.submits(principal), who
    for principal in (*never, world.object_id("workspace"), guid("stranger")):
        assert not world.submits(principal)
    tags = dict((world.arm.get(group, VERSION) or {})["tags"])
    body = {"location": "westeurope", "tags": {**tags, MARK: "now by oncall"}}
    world.arm.write("PUT", group, VERSION, body)

    found = world.up(PROJECT)
    assert found["delete"] == 10, "two credentials, eight roles"
    assert world.up(ENVIRONMENT)["delete"] == 1, "who is eligible"
    assert (world.arm.get(group, VERSION) or {})["tags"][MARK] == "now by oncall"
    for who, principal in may.items():
        assert not world.submits(principal), f"{who} submits to a frozen project"
    for name in (PROJECT, ENVIRONMENT):
        assert set(world.preview(name)) == {"same"}, "it stays frozen"

    world.arm.write("PUT", group, VERSION, {"location": "westeurope", "tags": tags})
    assert world.up(PROJECT)["create"] == 10
    assert MARK not in (world.arm.get(group, VERSION) or {})["tags"]
    assert world.submits(pipeline)

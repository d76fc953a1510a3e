"""The pipeline that changes environments, on the local Azure with its own token, after the owner's first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.azure_quantum.names import guid
from components.spec import load_stack
from rehearsal.engine import Engine, Project
from tests.components.azure_quantum.runner import ROOT
from tests.components.azure_quantum.test_local_azure import ENVIRONMENT, NAMES, PROJECT, World, steps, world
from tests.components.azure_quantum.test_project_apply import OWNER_ROLE, PLACE, Pipeline, version

__all__ = ["world"]


@pytest.fixture
def pipeline(world: World) -> Iterator[Pipeline]:
    world.up(ENVIRONMENT)
    pipeline = Pipeline(world, "environment-apply")
    yield pipeline
    pipeline.arm.close()
    pipeline.provider.stop()


@pytest.mark.cloud
def test_its_own_token_brings_the_environment_up(world: World, pipeline: Pipeline) -> None:
    config = load_stack(ROOT, ENVIRONMENT).config
    engine = pipeline.engine()
    assert set(steps(engine.preview(ENVIRONMENT, config))) == {"same"}
    # The projects come from another pipeline; elevation follows them, and is this one's.
    makes = Pipeline(world)
    steps(makes.engine().up(PROJECT, load_stack(ROOT, PROJECT).config))
    found = steps(engine.up(ENVIRONMENT, config))
    assert found.keys() == {"same", "create"}, "elevation"
    # A freeze takes eligibility away, and it is given back.
    group = world.arm.get(NAMES.group_id, version("resources:ResourceGroup"))
    assert group is not None
    for mark, done in (({"qlz-frozen": "now"}, "delete"), ({}, "create")):
        body = {"location": PLACE.location, "tags": {**group["tags"], **mark}}
        world.arm.write("PUT", NAMES.group_id, version("resources:ResourceGroup"), body)
        assert steps(engine.up(ENVIRONMENT, config))[done] == 1
    makes.arm.close()
    makes.provider.stop()


@pytest.mark.cloud
def test_it_gives_itself_nothing_and_no_data_to_itself(world: World, pipeline: Pipeline) -> None:
    for role in (OWNER_ROLE, PLACE.role_guid("environment-apply"), PLACE.role_guid("submit")):
        assert pipeline.give(role, pipeline.principal) == "AuthorizationFailed", role
    assert pipeline.give(OWNER_ROLE, guid("somebody")) == "AuthorizationFailed"


@pytest.mark.cloud
def test_it_changes_what_the_file_changes(world: World, pipeline: Pipeline, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(ROOT / "stacks", root / "stacks")
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, root / name)
    file = root / "stacks" / f"Pulumi.{ENVIRONMENT}.yaml"
    text = file.read_text(encoding="utf-8")
    changes = {
        "denied_calls_per_hour: 10": "denied_calls_per_hour: 9",
        "security_log_days: 90": "security_log_days: 60",
        "quantum-oncall@example.org": "others@example.org",
        "location: westeurope": "location: westeurope\n      also: [northeurope]",
        "cost_centre: CC-1002": "cost_centre: CC-1003",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    engine = Engine(Project.load(root), world.store, providers={"azure-native": pipeline.provider.serve()})
    config = load_stack(root, ENVIRONMENT).config
    assert steps(engine.up(ENVIRONMENT, config)).keys() == {"same", "update"}
    assert set(steps(engine.preview(ENVIRONMENT, config))) == {"same"}
    told = pipeline.arm.get(PLACE.alert_group_id, version("monitor:ActionGroup"))
    assert told is not None
    assert [row["emailAddress"] for row in told["properties"]["emailReceivers"]] == ["others@example.org"]

"""Stack references: the outputs of another stack of the store, secrets included."""

from __future__ import annotations

import json

import pytest

from rehearsal.engine import InvalidResource, StackNotFound
from tests.engine.conftest import URN, World

ENVIRONMENT = """
a = Thing("a", ResourceOptions(provider=provider()), name="a")
pulumi.export("arn", a.arn)
pulumi.export("password", Output.secret("h1dden-password"))
pulumi.export("nested", {"deep": Output.secret("h1dden-password")})
pulumi.export("gone_token", a.token)
"""
PROJECT = """
environment = pulumi.StackReference("organization/proj/env")
pulumi.export("arn", environment.require_output("arn"))
pulumi.export("password", environment.require_output("password"))
b = Thing("b", ResourceOptions(provider=provider()), value=environment.require_output("password"))
"""


def bring_up_environment(world: World) -> None:
    world.stack = "env"
    world.make(ENVIRONMENT)
    world.stack = "dev"


def test_outputs_of_another_stack(world: World) -> None:
    bring_up_environment(world)
    outcome = world.make(PROJECT)
    assert outcome.outputs == {"arn": "arn:test:east:a", "password": "[secret]"}
    reference = world.resources()["organization/proj/env"]
    assert reference["external"] is True
    assert reference["id"] == "organization/proj/env"
    assert reference["outputs"]["secretOutputNames"] == ["gone_token", "nested", "password"]
    assert reference["outputs"]["outputs"]["arn"] == "arn:test:east:a"
    assert "ciphertext" in reference["outputs"]["outputs"]["password"]
    assert reference["provider"].startswith(f"{URN}pulumi:providers:pulumi::default::")
    assert "ciphertext" in world.resources()["b"]["inputs"]["value"]
    assert b"h1dden" not in (world.root / ".state" / "dev.json").read_bytes()
    assert "h1dden" not in repr(world.events) + json.dumps(world.engine.export("dev"))


def test_a_second_run_keeps_the_reference_as_it_is(world: World) -> None:
    bring_up_environment(world)
    world.make(PROJECT)
    before = world.resources()
    assert world.make(PROJECT).changes == {"same": 3}
    assert world.resources() == before
    assert world.make("").result == "ok"
    assert set(world.resources()) == {"proj-dev"}


def test_a_changed_output_is_seen(world: World) -> None:
    bring_up_environment(world)
    world.make(PROJECT)
    world.stack = "env"
    world.make(ENVIRONMENT.replace("h1dden", "ch4nged"))
    world.stack = "dev"
    assert world.make(PROJECT).changes == {"same": 2, "update": 1}


def test_a_stack_that_is_not_there_is_said_so(world: World) -> None:
    outcome = world.up(PROJECT)
    assert isinstance(outcome.error, StackNotFound)
    assert outcome.error.where == f"{URN}pulumi:pulumi:StackReference::organization/proj/env"
    assert "comes before the projects" in str(outcome.error)


@pytest.mark.parametrize("name", ["env", "other/proj/env"])
def test_a_name_outside_the_store_is_refused(world: World, name: str) -> None:
    bring_up_environment(world)
    outcome = world.up(f'pulumi.StackReference("{name}")')
    assert isinstance(outcome.error, InvalidResource)
    assert "organization/PROJECT/STACK" in str(outcome.error)


def test_another_project_is_not_in_this_store(world: World) -> None:
    bring_up_environment(world)
    assert isinstance(world.up('pulumi.StackReference("organization/other/env")').error, StackNotFound)


def test_a_preview_is_answered_from_the_preview_of_the_other_stack(world: World) -> None:
    world.program(ENVIRONMENT.replace('pulumi.export("gone_token", a.token)\n', ""))
    assert world.engine.preview("env", {}).result == "ok"
    world.program(PROJECT)
    assert world.preview().outputs == {"arn": "arn:test:east:a", "password": "[secret]"}
    assert isinstance(world.open_engine().preview("dev", {}).error, StackNotFound)


def test_a_key_that_is_not_there(world: World) -> None:
    bring_up_environment(world)
    outcome = world.up(PROJECT.replace('"arn")', '"absent")'))
    assert outcome.result == "failed"
    assert "absent" in str(outcome.error)

"""What the engine does not carry it refuses, naming the feature and the resource, and does nothing."""

from __future__ import annotations

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from rehearsal.engine import Unsupported
from rehearsal.engine.errors import EngineError
from rehearsal.engine.goal import refuse
from tests.engine.conftest import World

Request = resource_pb2.RegisterResourceRequest

PROGRAMS = {
    "transforms": 'Thing("a", ResourceOptions(provider=provider(), transforms=[lambda args: None]))',
    "transforms ": "pulumi.runtime.register_resource_transform(lambda args: None)",
    "invoke transforms": "pulumi.runtime.register_invoke_transform(lambda args: None)",
    "resource hooks": """
        hook = pulumi.ResourceHook("h", lambda args: None)
        hooks = pulumi.ResourceHookBinding(before_create=[hook])
        Thing("a", ResourceOptions(provider=provider(), hooks=hooks))
        """,
    "import": 'Thing("a", ResourceOptions(provider=provider(), import_="thing-1"))',
    "ReplaceWith": """
        a = Thing("a", ResourceOptions(provider=provider()))
        Thing("b", ResourceOptions(provider=provider("west"), replace_with=[a]))
        """,
    "replacementTrigger": 'Thing("a", ResourceOptions(provider=provider(), replacement_trigger="1"))',
    "plugin_download_url": 'Thing("a", ResourceOptions(provider=provider(), plugin_download_url="https://x"))',
    "invoke of test:index:get": 'pulumi.runtime.invoke("test:index:get", {})',
    "call of test:index:do": 'pulumi.runtime.call("test:index:do", {})',
    "remote components": 'pulumi.ComponentResource("test:index:Remote", "r", {}, None, True)',
    "reading existing resources": 'Thing("a", ResourceOptions(provider=provider(), id="thing-1"))',
    "assets and archives": 'Thing("a", ResourceOptions(provider=provider()), value=pulumi.StringAsset("x"))',
    "resources of type pulumi:index:Stash": 'pulumi.Stash("s", input=1)',
}


@pytest.mark.parametrize("feature", PROGRAMS, ids=str.strip)
def test_a_program_that_uses_it_is_refused(world: World, feature: str) -> None:
    world.program(PROGRAMS[feature])
    for outcome in (world.preview(), world.up()):
        assert outcome.result == "failed"
        assert isinstance(outcome.error, Unsupported), outcome.error
        assert feature.strip() in str(outcome.error)
        assert "--engine pulumi" in str(outcome.error)
    assert world.provider.things == {}


@pytest.mark.parametrize("feature", ["transforms", "ReplaceWith", "assets and archives"])
def test_the_refusal_names_the_resource(world: World, feature: str) -> None:
    world.program(PROGRAMS[feature])
    error = world.preview().error
    assert isinstance(error, Unsupported)
    assert "test:index:Thing" in error.urn
    assert error.urn.endswith(("a", "b"))


@pytest.mark.parametrize(
    ("feature", "request_"),
    [
        ("remote components", Request(remote=True)),
        ("transforms", Request(transforms=[callback_pb2.Callback(target="x")])),
        ("state migrations", Request(state_migrations=[callback_pb2.Callback(target="x")])),
        ("resource hooks", Request(hooks=Request.ResourceHooksBinding(before_create=["h"]))),
        ("import", Request(importId="x")),
        ("replaceWith", Request(replace_with=["urn"])),
        ("replacementTrigger", Request(replacement_trigger=struct_pb2.Value(string_value="x"))),
        ("parameterized packages", Request(packageRef="ref")),
        ("environment variable mappings", Request(envVarMappings={"A": "B"})),
        ("plugin_download_url", Request(pluginDownloadURL="https://plugins.example")),
        ("snippets", Request(snippetId="id")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_that_carries_it_is_refused(feature: str, request_: Request) -> None:
    with pytest.raises(Unsupported, match=feature) as refusal:
        refuse(request_, "urn:pulumi:dev::proj::test:index:Thing::a")
    assert refusal.value.urn.endswith("::a")


def test_state_the_engine_does_not_carry_is_refused(world: World) -> None:
    world.make('Thing("a", ResourceOptions(provider=provider()))')
    path = world.root / ".state" / "dev.json"
    path.write_text(path.read_text().replace('"id":"thing-1"', '"id":"thing-1","taint":true'))
    with pytest.raises(Unsupported, match="taint"):
        world.preview()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 2, "deployment": {}}', '{"version": 3, "deployment": []}']
)
def test_a_state_that_is_none_is_refused_by_name(world: World, content: str) -> None:
    path = world.root / ".state" / "dev.json"
    path.parent.mkdir()
    path.write_text(content)
    world.program("")
    with pytest.raises(EngineError) as refusal:
        world.preview()
    assert refusal.value.where == str(path)
    assert path.read_text() == content


@pytest.mark.parametrize("stack", ["", "a/b", "..", "x.meta", "ä"])
def test_names_that_cannot_be_a_stack(world: World, stack: str) -> None:
    world.program("")
    with pytest.raises(EngineError, match="name of a stack"):
        world.engine.preview(stack, {})

"""Provider instances: explicit only, one connection each, configured from the program or the state."""

from __future__ import annotations

import grpc
import pytest
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from rehearsal.engine import InvalidResource, NoProviderServer, ProviderFailed
from tests.engine.conftest import URN, World
from tests.engine.provider import UNKNOWN, Provider, serving

TWO = """
east, west = provider("east"), provider("west")
for n in range(6):
    Thing(f"t{n}", ResourceOptions(provider=(east, west)[n % 2]), name=f"t{n}", value=VALUE)
"""


def test_two_providers_in_two_regions_both_work(world: World) -> None:
    world.make("VALUE = 1\n" + TWO)
    world.make("VALUE = 2\n" + TWO)
    for name, resource in world.resources().items():
        if name.startswith("t"):
            region = ("east", "west")[int(name[1]) % 2]
            assert resource["outputs"]["region"] == region
            assert resource["outputs"]["arn"] == f"arn:test:{region}:{name}"
    world.destroy()
    deleted = {c.urn.split("::")[-1]: c.region for c in world.provider.calls if c.method == "Delete"}
    assert deleted == {f"t{n}": ("east", "west")[n % 2] for n in range(6)}


def test_without_a_provider_a_resource_is_refused(world: World) -> None:
    outcome = world.up('Thing("a", name="a")')
    assert isinstance(outcome.error, InvalidResource)
    expected = "Default provider for 'test' disabled. 'test:index:Thing' must use an explicit provider."
    assert expected in str(outcome.error)
    assert outcome.error.urn == f"{URN}test:index:Thing::a"


def test_a_provider_comes_from_the_component_around(world: World) -> None:
    world.make(
        """
        g = Group("g", ResourceOptions(providers=[provider("west")]))
        h = Group("h", ResourceOptions(parent=g))
        Thing("a", ResourceOptions(parent=h))
        """
    )
    assert world.resources()["a"]["outputs"]["region"] == "west"


def test_a_package_without_a_server_is_refused(world: World) -> None:
    outcome = world.up('pulumi.ProviderResource("azure", "x", {})')
    assert isinstance(outcome.error, NoProviderServer)
    assert "'azure'" in str(outcome.error)


def test_a_server_that_is_not_there(world: World) -> None:
    with serving(Provider()) as address:
        pass
    world.engine = world.open_engine(providers={"test": address})
    outcome = world.up("provider()")
    assert isinstance(outcome.error, ProviderFailed)
    assert not outcome.error.answered


def test_a_refused_configuration_names_the_property(world: World) -> None:
    outcome = world.up('provider("nowhere")')
    assert str(outcome.error) == f"{URN}pulumi:providers:test::nowhere: region: no such region"


def test_a_provider_that_can_go_on_keeps_its_resources(world: World) -> None:
    body = 'Thing("a", ResourceOptions(provider=provider("p", region="east", extra={extra})), name="a")'
    world.make(body.format(extra=1))
    before = world.resources()["p"]["id"]
    assert world.make(body.format(extra=2)).changes == {"same": 2, "update": 1}
    assert world.resources()["p"]["id"] == before
    assert world.resources()["p"]["outputs"]["extra"] == 2


def test_a_replaced_provider_replaces_its_resources(world: World) -> None:
    body = 'Thing("a", ResourceOptions(provider=provider("p", region="{region}")), name="a")'
    world.make(body.format(region="east"))
    outcome = world.make(body.format(region="west"))
    assert outcome.changes == {"same": 1, "replace": 2}
    assert [c.region for c in world.provider.calls if c.method == "Delete"] == ["east"]
    assert world.resources()["a"]["outputs"]["region"] == "west"
    assert len(world.resources()) == 3
    assert world.preview().changes == {"same": 3}


def test_moving_between_providers_of_one_region_changes_nothing(world: World) -> None:
    body = """
        one, two = provider("one", region="east"), provider("two", region="east")
        Thing("a", ResourceOptions(provider={which}), name="a")
        """
    world.make(body.format(which="one"))
    assert world.make(body.format(which="two")).changes == {"same": 4}
    assert "::two::" in world.resources()["a"]["provider"]


def test_a_configuration_that_is_not_known_yet_is_not_sent(world: World) -> None:
    world.program(
        """
        a = Thing("a", ResourceOptions(provider=provider()), name="a")
        late = provider("late", region="west", key=a.token)
        b = Thing("b", ResourceOptions(provider=late), name="b")
        pulumi.export("arn", b.arn)
        """
    )
    outcome = world.preview()
    assert outcome.outputs == {"arn": "[unknown]"}
    configured = [c.urn.split("::")[-1] for c in world.provider.calls if c.method == "Configure"]
    assert configured == ["east"]
    assert world.up().outputs == {"arn": "arn:test:west:b"}
    sent = [c.properties for c in world.provider.calls if c.method == "Configure"]
    assert all(UNKNOWN not in str(properties) for properties in sent)


def test_a_provider_without_secrets_gets_plain_values_and_the_marks_are_kept(world: World) -> None:
    world.provider.secrets_supported = False
    world.make('Thing("a", ResourceOptions(provider=provider()), name="a", value=Output.secret("hush"))')
    created = [c for c in world.provider.calls if c.method == "Create" and not c.preview]
    assert created[0].properties["value"] == "hush"
    resource = world.resources()["a"]
    assert "ciphertext" in resource["inputs"]["value"]
    assert "ciphertext" in resource["outputs"]["value"]


def test_what_a_provider_says_to_its_engine_becomes_a_message(world: World) -> None:
    said = engine_pb2.LogRequest(
        severity=engine_pb2.WARNING, message="`tags` is not carried", urn=URN + "x::y"
    )
    provider = world.provider
    create = provider._outputs

    def telling(*args: object) -> object:
        with grpc.insecure_channel(provider.engine_address) as channel:
            engine_pb2_grpc.EngineStub(channel).Log(said)
        return create(*args)  # type: ignore[arg-type]

    provider._outputs = telling  # type: ignore[method-assign,assignment]
    outcome = world.make('Thing("a", ResourceOptions(provider=provider()), name="a")')
    assert [(d.severity, d.message, d.urn) for d in outcome.diagnostics] == [
        ("warning", "`tags` is not carried", URN + "x::y")
    ]


@pytest.mark.parametrize("version", ["", "7.51.1"])
def test_a_plugin_version_is_noted_as_the_cli_does(world: World, version: str) -> None:
    options = f'ResourceOptions(version="{version}")' if version else "None"
    world.make(f'pulumi.ProviderResource("test", "p", {{"region": "east"}}, {options})')
    inputs = world.resources()["p"]["inputs"]
    assert inputs == (
        {"__internal": {}, "region": "east", "version": version} if version else {"region": "east"}
    )

"""Resource options: protect, retainOnDelete, ignoreChanges, aliases, deletedWith and the rest."""

from __future__ import annotations

import pytest

from rehearsal.engine import Kept, ProtectedResources
from rehearsal.engine.errors import InvalidResource
from tests.engine.conftest import URN, World

THING = f"{URN}test:index:Thing::"


def test_leaving_out_a_protected_resource_stops_before_anything_is_deleted(
    world: World,
) -> None:
    world.make(
        """
        east = provider()
        for n in "abc":
            Thing(n, ResourceOptions(provider=east, protect=n != "b"), name=n)
        """
    )
    world.program("provider()")
    for outcome in (world.preview(), world.up()):
        assert outcome.result == "failed"
        assert isinstance(outcome.error, ProtectedResources)
        assert set(outcome.error.urns) == {THING + "a", THING + "c"}
    assert world.provider.methods("Delete") == []
    assert len(world.provider.things) == 3


def test_destroy_lists_every_protected_resource_and_deletes_nothing(world: World) -> None:
    world.make(
        """
        g = Group("g", ResourceOptions(protect=True))
        Thing("a", ResourceOptions(parent=g, provider=provider()), name="a")
        Thing("b", ResourceOptions(provider=provider("west")), name="b")
        """
    )
    outcome = world.destroy()
    assert outcome.result == "failed"
    assert isinstance(outcome.error, ProtectedResources)
    assert set(outcome.error.urns) == {
        f"{URN}proj:index:Group::g",
        f"{URN}proj:index:Group$test:index:Thing::a",
    }
    assert outcome.steps == ()
    assert world.provider.methods("Delete") == []


def test_a_protected_resource_is_not_replaced(world: World) -> None:
    body = 'Thing("a", ResourceOptions(provider=provider(), protect={protect}), name="{name}")'
    world.make(body.format(protect=True, name="a"))
    outcome = world.up(body.format(protect=True, name="b"))
    assert isinstance(outcome.error, ProtectedResources)
    assert world.provider.methods("Create", "Delete") == []
    assert world.make(body.format(protect=False, name="b")).changes == {"same": 2, "replace": 1}


def test_taking_protection_away_is_written_down_without_a_call(world: World) -> None:
    body = 'Thing("a", ResourceOptions(provider=provider(), protect={protect}), name="a")'
    world.make(body.format(protect=True))
    assert world.resources()["a"]["protect"] is True
    world.make(body.format(protect=False))
    assert "protect" not in world.resources()["a"]
    assert world.provider.methods("Create", "Update", "Delete") == []
    assert world.destroy().result == "ok"


def test_what_is_retained_leaves_the_state_and_is_reported(world: World) -> None:
    world.make('Thing("a", ResourceOptions(provider=provider(), retain_on_delete=True), name="a")')
    world.program("")
    kept = (Kept(THING + "a", "thing-1"),)
    assert world.preview().kept == kept
    outcome = world.make("")
    assert outcome.kept == kept
    assert [s.retained for s in outcome.steps if s.urn == THING + "a"] == [True]
    assert world.provider.methods("Delete") == []
    assert list(world.provider.things) == ["thing-1"]
    assert "a" not in world.resources()


def test_destroy_reports_what_it_keeps(world: World) -> None:
    world.make('Thing("a", ResourceOptions(provider=provider(), retain_on_delete=True), name="a")')
    assert world.destroy().kept == (Kept(THING + "a", "thing-1"),)
    assert list(world.provider.things) == ["thing-1"]


def test_ignored_changes_are_not_made(world: World) -> None:
    body = """
        o = ResourceOptions(provider=provider(), ignore_changes=["value.days", "name"])
        Thing("a", o, name="{name}", value={{"days": {days}, "hours": {hours}}})
        """
    world.make(body.format(name="a", days=1, hours=1))
    assert world.make(body.format(name="b", days=2, hours=1)).changes == {"same": 3}
    assert world.make(body.format(name="b", days=2, hours=2)).changes == {"same": 2, "update": 1}
    assert world.resources()["a"]["inputs"] == {"name": "a", "value": {"days": 1, "hours": 2}}


def test_replace_on_changes(world: World) -> None:
    body = 'Thing("a", ResourceOptions(provider=provider(), replace_on_changes=["value"]), value={value})'
    world.make(body.format(value=1))
    assert world.make(body.format(value=2)).changes == {"same": 2, "replace": 1}


def test_deleted_with_its_other_is_not_deleted_itself(world: World) -> None:
    world.make(
        """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="a")
        Thing("b", ResourceOptions.merge(o, ResourceOptions(deleted_with=a)), name="b")
        """
    )
    assert world.make("").result == "ok"
    assert world.provider.methods("Delete") == [("Delete", "a")]
    assert set(world.resources()) == {"proj-dev"}


@pytest.mark.parametrize("change", ["name", "slot"])
def test_deleted_with_what_is_replaced_it_is_replaced_too(world: World, change: str) -> None:
    """In both orders, and the old one goes without a call of its own."""
    body = """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="{name}", slot={slot})
        Thing("b", ResourceOptions.merge(o, ResourceOptions(deleted_with=a)), name="b")
        """
    world.make(body.format(name="a", slot=1))
    after = {"name": "a", "slot": 1, change: 2}
    assert world.make(body.format(**after)).changes == {"same": 2, "replace": 2}
    assert [name for _, name in world.provider.methods("Delete")] == ["a"]
    assert sorted(name for _, name in world.provider.methods("Create")) == ["a", "b"]
    assert world.make(body.format(**after)).changes == {"same": 4}


def test_additional_secret_outputs(world: World) -> None:
    outcome = world.make(
        """
        o = ResourceOptions(provider=provider(), additional_secret_outputs=["arn"])
        a = Thing("a", o, name="a")
        pulumi.export("arn", a.arn)
        """
    )
    assert outcome.outputs == {"arn": "[secret]"}
    resource = world.resources()["a"]
    assert "ciphertext" in resource["outputs"]["arn"]
    assert resource["additionalSecretOutputs"] == ["arn"]


def test_custom_timeouts_reach_the_provider_and_the_state(world: World) -> None:
    timeouts = 'custom_timeouts=pulumi.CustomTimeouts(create="1m30s", delete="2h")'
    world.make(f'Thing("a", ResourceOptions(provider=provider(), {timeouts}), name="a")')
    assert [c.timeout for c in world.provider.calls if c.method == "Create" and not c.preview] == [90.0]
    assert world.resources()["a"]["customTimeouts"] == {"create": 90, "delete": 7200}


def test_a_timeout_that_is_no_duration(world: World) -> None:
    timeouts = 'custom_timeouts=pulumi.CustomTimeouts(create="soon")'
    outcome = world.up(f'Thing("a", ResourceOptions(provider=provider(), {timeouts}), name="a")')
    assert isinstance(outcome.error, InvalidResource)
    assert "'soon'" in str(outcome.error)


BEFORE = """
east = provider()
g = Group("g")
Thing("g-a", ResourceOptions(parent=g, provider=east), name="a")
Thing("top", ResourceOptions(provider=east), name="top")
"""
AFTER = {
    "by name": 'Thing("new", ResourceOptions(provider=east, aliases=[pulumi.Alias(name="top")]), name="top")',
    "by URN": f'Thing("new", ResourceOptions(provider=east, aliases=["{THING}top"]), name="top")',
    "by parent": """\
Thing("top", ResourceOptions(provider=east, parent=g, aliases=[pulumi.Alias(parent=None)]), name="top")""",
    "by URN of the old parent": f"""\
root = "{URN}pulumi:pulumi:Stack::proj-dev"
Thing("top", ResourceOptions(provider=east, parent=g, aliases=[pulumi.Alias(parent=root)]), name="top")""",
}


@pytest.mark.parametrize("way", AFTER)
def test_an_alias_keeps_the_resource(world: World, way: str) -> None:
    world.make(BEFORE)
    common = BEFORE.rsplit("\n", 2)[0] + "\n"
    outcome = world.make(common + AFTER[way])
    assert outcome.changes == {"same": 5}
    assert world.provider.methods("Create", "Update", "Delete") == []
    assert world.preview().changes == {"same": 5}
    assert len(world.resources()) == 5


def test_a_type_alias_among_many_keeps_the_resource(world: World) -> None:
    world.make(BEFORE)
    path = world.root / ".state" / "dev.json"
    path.write_text(path.read_text().replace("test:index:Thing::top", "test:v7:Thing::top"))
    renamed = BEFORE.replace(
        'Thing("top", ResourceOptions(provider=east)',
        'Thing("top", ResourceOptions(provider=east, '
        'aliases=[pulumi.Alias(type_=f"test:v{n}:Thing") for n in range(25)])',
    )
    assert world.make(renamed).changes == {"same": 5}
    assert world.resources()["top"]["type"] == "test:index:Thing"


def test_children_follow_the_alias_of_their_parent(world: World) -> None:
    world.make(BEFORE)
    outcome = world.make(
        """
        east = pulumi.ProviderResource("test", "renamed", {"region": "east"},
                                       ResourceOptions(aliases=[pulumi.Alias(name="east")]))
        g = Group("group", ResourceOptions(aliases=[pulumi.Alias(name="g")]))
        Thing("group-a", ResourceOptions(parent=g, provider=east), name="a")
        Thing("top", ResourceOptions(provider=east), name="top")
        """
    )
    assert outcome.changes == {"same": 5}
    assert world.provider.methods("Create", "Update", "Delete") == []
    child = world.resources()["group-a"]
    assert child["parent"] == f"{URN}proj:index:Group::group"
    assert child["provider"].startswith(f"{URN}pulumi:providers:test::renamed::")


def test_two_resources_cannot_share_a_name_or_an_alias(world: World) -> None:
    twice = world.up('o = ResourceOptions(provider=provider())\nThing("a", o)\nThing("a", o)')
    assert isinstance(twice.error, InvalidResource)
    assert "twice" in str(twice.error)
    world.make(BEFORE)
    both = world.up(
        """
        o = ResourceOptions(provider=provider(), aliases=[pulumi.Alias(name="top")])
        a = Thing("a", o)
        Thing("b", ResourceOptions.merge(o, ResourceOptions(depends_on=[a])))
        """
    )
    assert isinstance(both.error, InvalidResource)
    assert "alias" in str(both.error)


def test_children_inherit_protection_unless_they_say_otherwise(world: World) -> None:
    world.make(
        """
        east = provider()
        g = Group("g", ResourceOptions(protect=True))
        h = Group("h", ResourceOptions(parent=g))
        Thing("a", ResourceOptions(parent=h, provider=east))
        Thing("b", ResourceOptions(parent=h, provider=east, protect=False))
        """
    )
    resources = world.resources()
    assert [n for n in ("g", "h", "a", "b") if resources[n].get("protect")] == ["g", "h", "a"]

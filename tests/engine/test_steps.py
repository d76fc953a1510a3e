"""Create, same, update, replace and delete, from what the provider says; each with its preview."""

from __future__ import annotations

import pytest

from rehearsal.engine import ProviderFailed
from rehearsal.engine.errors import InvalidResource
from tests.engine.conftest import URN, World

ONE = """
east = provider()
a = Thing("a", ResourceOptions(provider=east), name="a", value={value})
pulumi.export("arn", a.arn)
pulumi.export("token", a.token)
"""


def test_a_create_gives_the_program_its_outputs(world: World) -> None:
    outcome = world.make(ONE.format(value=1))
    assert outcome.changes == {"create": 3}  # stack, provider, thing
    assert outcome.outputs == {"arn": "arn:test:east:a", "token": "[secret]"}
    assert world.provider.methods("Create", "Update", "Delete") == [("Create", "a")]
    assert list(world.provider.things) == ["thing-1"]


def test_a_preview_creates_nothing_and_knows_what_it_can_know(world: World) -> None:
    world.program(ONE.format(value=1))
    outcome = world.preview()
    assert outcome.dry_run
    assert outcome.changes == {"create": 3}
    assert outcome.outputs["arn"] == "arn:test:east:a"
    assert outcome.outputs["token"] == "[secret]"
    assert world.provider.things == {}
    assert not (world.root / ".state").exists()


def test_the_second_time_there_is_nothing_to_do(world: World) -> None:
    world.make(ONE.format(value=1))
    before = (world.root / ".state" / "dev.json").read_bytes().split(b'"secrets_providers"')[1]
    preview = world.preview()
    assert preview.changes == {"same": 3}
    assert not preview.changed
    again = world.make(ONE.format(value=1))
    assert again.changes == {"same": 3}
    assert again.outputs == {"arn": "arn:test:east:a", "token": "[secret]"}
    assert world.provider.methods("Create", "Update", "Delete") == []
    after = (world.root / ".state" / "dev.json").read_bytes().split(b'"secrets_providers"')[1]
    assert after == before  # the same ciphertexts too


def test_a_changed_property_is_an_update(world: World) -> None:
    world.make(ONE.format(value=1))
    world.program(ONE.format(value=2))
    preview = world.preview()
    assert preview.changes == {"same": 2, "update": 1}
    assert [s.keys for s in preview.steps if s.op == "update"] == [("value",)]
    outcome = world.make(ONE.format(value=2))
    assert outcome.changes == {"same": 2, "update": 1}
    assert world.provider.things["thing-1"]["value"] == 2
    assert world.resources()["a"]["inputs"]["value"] == 2


def test_inputs_the_provider_calls_no_difference_are_kept_in_the_state(world: World) -> None:
    world.make(ONE.format(value="1, quiet=1"))
    outcome = world.make(ONE.format(value="1, quiet=2"))
    assert outcome.changes == {"same": 3}
    assert world.resources()["a"]["inputs"]["quiet"] == 2
    assert world.resources()["a"]["outputs"]["quiet"] == 1


REPLACED = """
east = provider()
a = Thing("a", ResourceOptions(provider=east{options}), name="{name}", slot={slot})
b = Thing("b", ResourceOptions(provider=east), name="b", value=a.arn)
"""


def test_a_replacement_creates_before_it_deletes(world: World) -> None:
    world.make(REPLACED.format(name="old", slot=1, options=""))
    world.program(REPLACED.format(name="new", slot=1, options=""))
    assert world.preview().changes == {"same": 2, "replace": 1, "update": 1}
    outcome = world.make(REPLACED.format(name="new", slot=1, options=""))
    assert outcome.changes == {"same": 2, "replace": 1, "update": 1}
    assert world.provider.methods("Create", "Update", "Delete") == [
        ("Create", "a"),
        ("Update", "b"),
        ("Delete", "a"),
    ]
    assert sorted(world.provider.things) == ["thing-2", "thing-3"]
    assert [r["id"] for r in world.resources().values() if r["urn"].endswith("::a")] == ["thing-3"]


def test_a_replacement_deletes_first_where_the_provider_says_so(world: World) -> None:
    world.make(REPLACED.format(name="a", slot=1, options=""))
    outcome = world.make(REPLACED.format(name="a", slot=2, options=""))
    assert outcome.changes == {"same": 3, "replace": 1}
    assert world.provider.methods("Create", "Update", "Delete") == [("Delete", "a"), ("Create", "a")]


@pytest.mark.parametrize(
    ("option", "change", "order"),
    [
        (", delete_before_replace=True", {"name": "new", "slot": 1}, ["Delete", "Create"]),
        (", delete_before_replace=False", {"name": "a", "slot": 2}, ["Create", "Delete"]),
    ],
)
def test_the_program_may_choose_the_order_of_a_replacement(
    world: World, option: str, change: dict[str, object], order: list[str]
) -> None:
    world.make(REPLACED.format(name="a", slot=1, options=option))
    world.make(REPLACED.format(**change, options=option))
    calls = world.provider.methods("Create", "Delete")
    assert [method for method, name in calls if name == "a"] == order


DEPENDENTS = """
east = provider()
o = ResourceOptions(provider=east)
a = Thing("a", o, name="a", slot={slot})
b = Thing("b", o, name=a.token)
c = Thing("c", o, name="c", value=b.token)
d = Thing("d", ResourceOptions(provider=east, depends_on=[a]), name="d")
{more}
"""


def test_deleting_first_takes_along_what_would_be_replaced_by_it(world: World) -> None:
    world.make(DEPENDENTS.format(slot=1, more=""))
    outcome = world.make(DEPENDENTS.format(slot=2, more=""))
    calls = world.provider.methods("Create", "Update", "Delete")
    assert calls[:3] == [("Delete", "b"), ("Delete", "a"), ("Create", "a")]
    assert ("Create", "b") in calls
    assert ("Delete", "d") not in calls
    assert outcome.changes == {"same": 3, "replace": 2, "update": 1}
    assert not any(r.get("pendingReplacement") for r in world.resources().values())
    assert world.preview().changes == {"same": 6}


def test_a_protected_dependent_stops_such_a_replacement_before_anything_is_deleted(world: World) -> None:
    protected = DEPENDENTS.replace(
        'b = Thing("b", o,', 'b = Thing("b", ResourceOptions(provider=east, protect=True),'
    )
    world.make(protected.format(slot=1, more=""))
    outcome = world.up(protected.format(slot=2, more=""))
    assert outcome.result == "failed"
    assert f"{URN}test:index:Thing::b" in str(outcome.error)
    assert world.provider.methods("Delete") == []


def test_what_is_no_longer_declared_goes_dependents_first(world: World) -> None:
    world.make(
        """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="a")
        b = Thing("b", o, name="b", value=a.arn)
        c = Thing("c", ResourceOptions.merge(o, ResourceOptions(depends_on=[b])), name="c")
        g = Group("g")
        Thing("d", ResourceOptions.merge(o, ResourceOptions(parent=g, depends_on=[c])), name="d")
        """
    )
    program = "provider()"
    world.program(program)
    preview = world.preview()
    assert preview.changes == {"same": 2, "delete": 5}
    outcome = world.make(program)
    assert outcome.changes == {"same": 2, "delete": 5}
    assert world.provider.methods("Delete") == [("Delete", n) for n in "dcba"]
    assert set(world.resources()) == {"proj-dev", "east"}


def test_destroy_deletes_everything_in_order_without_the_program(world: World) -> None:
    world.make(DEPENDENTS.format(slot=1, more=""))
    world.program("raise RuntimeError('not to be run')")
    outcome = world.destroy()
    assert outcome.result == "ok"
    assert outcome.changes == {"delete": 6}
    deleted = [name for _, name in world.provider.methods("Delete")]
    assert deleted.index("c") < deleted.index("b") < deleted.index("a")
    assert deleted.index("d") < deleted.index("a")
    assert world.provider.things == {}
    assert {c.region for c in world.provider.calls if c.method == "Delete"} == {"east"}
    assert world.resources() == {}


def test_a_refused_check_names_the_property(world: World) -> None:
    outcome = world.up(ONE.format(value="1, bad=True"))
    assert isinstance(outcome.error, InvalidResource)
    assert str(outcome.error) == f"{URN}test:index:Thing::a: bad: this property is bad"
    assert outcome.dry_run
    assert not (world.root / ".state" / "dev.json").exists()


def test_a_refused_create_comes_with_the_clouds_words_and_leaves_a_good_state(world: World) -> None:
    outcome = world.up(
        """
        east = provider()
        a = Thing("a", ResourceOptions(provider=east), name="a")
        Thing("b", ResourceOptions(provider=east, depends_on=[a]), name="b", refuse="quota of things reached")
        """
    )
    assert outcome.result == "failed"
    assert not outcome.dry_run
    assert isinstance(outcome.error, ProviderFailed)
    assert outcome.error.words == "quota of things reached"
    assert outcome.error.urn == f"{URN}test:index:Thing::b"
    assert set(world.resources()) == {"proj-dev", "east", "a"}
    assert world.engine.pending("dev") == ()


def test_what_did_not_come_up_is_kept_and_tried_again(world: World) -> None:
    program = 'Thing("a", ResourceOptions(provider=provider()), name="a"{stuck})'
    outcome = world.up(program.format(stuck=", stuck=True"))
    assert outcome.result == "failed"
    assert "did not come up" in str(outcome.error)
    kept = world.resources()["a"]
    assert kept["id"] == "thing-1"
    assert kept["initErrors"] == ["did not come up"]
    assert kept["outputs"]["arn"] == "arn:test:east:a"
    healed = world.make(program.format(stuck=", stuck=True"))
    assert healed.changes == {"same": 2, "update": 1}
    assert "initErrors" not in world.resources()["a"]


def test_a_refused_delete_keeps_the_resource(world: World) -> None:
    world.make('Thing("a", ResourceOptions(provider=provider()), name="a", stubborn="in use")')
    outcome = world.up("provider()")
    assert isinstance(outcome.error, ProviderFailed)
    assert outcome.error.words == "in use"
    assert "a" in world.resources()
    assert world.engine.pending("dev") == ()


def test_outputs_of_components_and_of_the_stack(world: World) -> None:
    outcome = world.make(
        """
        g = Group("g")
        a = Thing("a", ResourceOptions(parent=g, provider=provider()), name="a")
        g.register_outputs({"arn": a.arn})
        pulumi.export("nested", {"list": [1, 2.5, None, True], "token": a.token})
        """
    )
    assert world.resources()["g"]["outputs"] == {"arn": "arn:test:east:a"}
    assert world.resources()["a"]["urn"] == f"{URN}proj:index:Group$test:index:Thing::a"
    assert outcome.outputs == {"nested": {"list": [1, 2.5, None, True], "token": "[secret]"}}


def test_unknowns_at_preview_reach_the_provider_as_unknowns(world: World) -> None:
    world.program(
        """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="a")
        Thing("b", o, name="b", value=a.token)
        pulumi.export("id", a.id)
        """
    )
    outcome = world.preview()
    assert outcome.outputs == {"id": "[unknown]"}
    created = {c.urn.split("::")[-1]: c for c in world.provider.calls if c.method == "Create"}
    assert created["b"].preview
    assert "04da6b54-80e4-46f7-96ec-b56ff0331ba9" in str(created["b"].properties["value"])


def test_a_failed_run_keeps_outputs_it_did_not_come_to(world: World) -> None:
    world.make('pulumi.export("first", 1)\npulumi.export("second", 1)')
    world.program('pulumi.export("first", 2)\nif not pulumi.runtime.is_dry_run(): raise ValueError("no")')
    outcome = world.engine.up("dev", {})
    assert outcome.result == "failed"
    assert world.resources()["proj-dev"]["outputs"] == {"first": 2, "second": 1}


def test_with_nothing_to_do_the_program_is_not_run_again(world: World) -> None:
    body = """
        open("runs", "a").write("x")
        Thing("a", ResourceOptions(provider=provider(), protect={protect}), name="a")
        pulumi.export("number", {number})
        """
    runs = world.root / "runs"
    world.make(body.format(protect=False, number=1))
    assert len(runs.read_text()) == 2
    outcome = world.make(body.format(protect=False, number=1))
    assert len(runs.read_text()) == 3
    assert (outcome.operation, outcome.dry_run, outcome.changes) == ("up", False, {"same": 3})
    assert outcome.outputs == {"number": 1}
    world.make(body.format(protect=True, number=1))
    assert len(runs.read_text()) == 5
    assert world.resources()["a"]["protect"] is True
    world.make(body.format(protect=True, number=2))
    assert len(runs.read_text()) == 7
    assert world.resources()["proj-dev"]["outputs"] == {"number": 2}


def test_creates_and_deletes_go_side_by_side_where_nothing_stands_between(world: World) -> None:
    """Each of three waits, at the provider, until all three are there."""
    world.make(
        """
        o = ResourceOptions(provider=provider())
        first = Thing("first", o, name="first")
        for name in "abc":
            Thing(name, ResourceOptions.merge(o, ResourceOptions(depends_on=[first])), name=name, together=3)
        """
    )
    created = [name for _, name in world.provider.methods("Create")]
    assert created[0] == "first"
    assert sorted(created[1:]) == ["a", "b", "c"]
    assert world.destroy().result == "ok"
    deleted = [name for _, name in world.provider.methods("Delete")]
    assert deleted[-1] == "first"
    assert sorted(deleted[:3]) == ["a", "b", "c"]


def test_after_a_refused_delete_no_other_begins(world: World) -> None:
    world.make(
        """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="a")
        b = Thing("b", o, name="b", value=a.arn)
        Thing("c", o, name="c", value=b.arn, stubborn="in use")
        """
    )
    assert world.destroy().result == "failed"
    assert world.provider.methods("Delete") == [("Delete", "c")]
    assert {"a", "b", "c"} <= set(world.resources())

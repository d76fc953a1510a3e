"""What an interrupted operation left behind: taken over, made again, or refused with the reason."""

from __future__ import annotations

import pytest

from rehearsal.engine import PendingCreates, ProviderFailed
from tests.engine.conftest import URN, World
from tests.faults.cloud import SmallCloud

ONE = 'a = Thing("a", ResourceOptions(provider=provider()), name="a", value={value}{more})\n'
A = f"{URN}test:index:Thing::a"


def lose(world: World, provider: SmallCloud, method: str, body: str) -> None:
    """`up` (or destroy) of a program in which the answer of the first such call is lost."""
    world.program(body)
    provider.lost = {method}
    outcome = world.engine.up("dev", {})
    provider.lost = set()
    assert isinstance(outcome.error, ProviderFailed)
    assert (outcome.error.urn, outcome.error.words) == (A, "socket closed")
    assert "whether it acted is not known" in str(outcome.error)
    assert world.engine.pending("dev")


def test_what_was_created_is_taken_over(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=""))
    made = dict(provider.things)
    outcome = world.up()
    assert outcome.result == "ok"
    assert outcome.changes == {"same": 3}
    assert any("it was created (thing-1), and is taken over" in d.message for d in outcome.diagnostics)
    assert provider.things == made
    assert world.resources()["a"]["id"] == "thing-1"
    assert world.engine.pending("dev") == ()


def test_what_was_taken_over_keeps_its_secrets(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value='Output.secret("hunter22")', more=""))
    assert world.up().result == "ok"
    assert "hunter22" not in (world.root / ".state" / "dev.json").read_text()
    assert world.resources()["a"]["inputs"]["value"].keys() == {
        "4dabf18193072939515e22adb298388d",
        "ciphertext",
    }


def test_what_was_never_created_is_created(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=""))
    provider.things.clear()
    outcome = world.up()
    assert outcome.changes == {"same": 2, "create": 1}
    assert provider.names() == ["a"]


def test_what_is_half_made_is_taken_over_and_finished(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=', flag=True, labels={"x": "y"}'))
    for unset in ("value", "labels"):
        del provider.things["thing-1"][unset]
    provider.things["thing-1"]["flag"] = False
    outcome = world.up()
    assert outcome.changes == {"same": 2, "update": 1}, outcome.error
    assert provider.things["thing-1"]["value"] == 1
    assert provider.things["thing-1"]["flag"] is True


def test_what_bears_the_tags_asked_for_is_finished_too(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=', tags={"project": "optimus"}'))
    provider.things["thing-1"]["value"] = "the default"
    assert world.up().changes == {"same": 2, "update": 1}
    assert provider.things["thing-1"]["value"] == 1


def test_somebody_elses_is_left_alone(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=""))
    provider.things["thing-1"]["value"] = 2
    before = (world.root / ".state" / "dev.json").read_bytes()
    with pytest.raises(PendingCreates) as refusal:
        world.up()
    assert refusal.value.reasons == {A: "thing-1 exists and is not what was asked for (value differ)"}
    assert "--fresh" in str(refusal.value)
    assert (world.root / ".state" / "dev.json").read_bytes() == before
    with pytest.raises(PendingCreates):
        world.destroy()
    assert provider.things["thing-1"]["value"] == 2


def test_of_several_that_it_may_be_none_is_chosen(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=', nameless=True, label="l"'))
    provider.things["thing-7"] = dict(provider.things["thing-1"])
    with pytest.raises(PendingCreates, match="any of thing-1, thing-7"):
        world.up()


def test_what_the_state_knows_already_is_not_what_was_created(world: World, provider: SmallCloud) -> None:
    body = ONE.format(value=1, more=', nameless=True, label="l"')
    world.make(body.replace('"a"', '"b"'))
    lose(
        world,
        provider,
        "Create",
        body.replace("provider()", "east", 1).replace("a = ", "east = provider()\na = ")
        + 'Thing("b", ResourceOptions(provider=east), name="b", value=1, nameless=True, label="l")\n',
    )
    outcome = world.up()
    assert outcome.result == "ok", outcome.error
    assert len(provider.things) == 2


def test_a_provider_that_lists_nothing_leaves_it_to_people(world: World, provider: SmallCloud) -> None:
    provider.lists = False
    lose(world, provider, "Create", ONE.format(value=1, more=""))
    with pytest.raises(PendingCreates, match="does not offer a list of test:index:Thing"):
        world.up()


def test_a_create_interrupted_can_be_destroyed(world: World, provider: SmallCloud) -> None:
    lose(world, provider, "Create", ONE.format(value=1, more=""))
    assert world.destroy().result == "ok"
    assert provider.things == {}
    assert world.resources() == {}


def test_an_update_that_was_lost_and_is_taken_back(world: World, provider: SmallCloud) -> None:
    """The state says what the cloud has, so that going back to the first program is a change."""
    world.make(ONE.format(value=1, more=""))
    lose(world, provider, "Update", ONE.format(value=2, more=""))
    outcome = world.make(ONE.format(value=1, more=""))
    assert outcome.changes == {"same": 2, "update": 1}
    assert provider.things["thing-1"]["value"] == 1


def test_a_delete_that_was_lost_and_is_taken_back(world: World, provider: SmallCloud) -> None:
    world.make(ONE.format(value=1, more=""))
    lose(world, provider, "Delete", "east = provider()\n")
    assert provider.things == {}
    outcome = world.make(ONE.format(value=1, more=""))
    assert outcome.result == "ok"
    assert provider.names() == ["a"]
    assert world.preview().changes == {"same": 3}


def test_the_answer_of_a_replacement_was_lost(world: World, provider: SmallCloud) -> None:
    """Both orders: the new one is taken over, and the old one goes."""
    world.make(ONE.format(value=1, more=", slot=1"))
    lose(world, provider, "Create", ONE.format(value=1, more=", slot=2"))
    assert world.up().changes == {"same": 3}
    renamed = ONE.format(value=1, more=", slot=2").replace('name="a"', 'name="z"')
    lose(world, provider, "Create", renamed)
    assert provider.names() == ["a", "z"]
    assert world.up().result == "ok"
    assert provider.names() == ["z"]


def test_what_an_update_no_longer_finds_is_made_again(world: World, provider: SmallCloud) -> None:
    """Protected or not: there is nothing left to protect."""
    protected = ONE.replace("provider=provider()", "provider=provider(), protect=True")
    world.make(protected.format(value=1, more=""))
    provider.things.clear()
    outcome = world.up(protected.format(value=2, more=""))
    assert isinstance(outcome.error, ProviderFailed)
    assert outcome.error.words == "thing-1 is not there"
    assert any("the next run creates it again" in d.message for d in outcome.diagnostics)
    assert world.up().result == "ok"
    assert provider.names() == ["a"]
    assert world.preview().changes == {"same": 3}

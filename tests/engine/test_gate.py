"""Policy packs in the engine: real pack processes say no before anything is created."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.engine import PacksFailed, PolicyBlocked, PolicyViolated
from rehearsal.engine.analyzers import PolicyPacks
from tests.engine.conftest import URN, World

PACK = """
from pulumi_policy import *

def named(args, report):
    if args.resource_type == "test:index:Thing" and args.props.get("value") == "bad":
        report(f"{args.name}: value is bad, provider {args.provider.props['region']}")

def advised(args, report):
    if args.resource_type == "test:index:Thing" and args.props.get("value") == "odd":
        report("value is odd")

def few(args, report):
    things = [r for r in args.resources if r.resource_type == "test:index:Thing"]
    if len([t for t in things if "arn" in t.props]) > 3:
        report("too many things")

M, A = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
PolicyPack("small", [
    ResourceValidationPolicy("named", "No bad values.", named, M),
    ResourceValidationPolicy("advised", "No odd values.", advised, A),
    StackValidationPolicy("few", "Few things.", few, M),
])
"""
THINGS = """
o = ResourceOptions(provider=provider())
for n, value in {values}.items():
    Thing(n, o, name=n, value=value)
"""


@pytest.fixture
def guarded(world: World) -> World:
    pack = world.root / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.0.0\n")
    (pack / "__main__.py").write_text(PACK)
    world.packs = (Path("pack"),)
    world.engine = world.open_engine()
    return world


def test_a_preview_hears_every_no_and_up_touches_nothing(guarded: World) -> None:
    guarded.program(THINGS.format(values={"a": "bad", "b": "good", "c": "bad", "d": "odd"}))
    outcome = guarded.preview()
    assert outcome.result == "blocked"
    assert isinstance(outcome.error, PolicyBlocked)
    said = {(v.policy, v.urn.split("::")[-1], v.level) for v in outcome.violations}
    assert said == {
        ("named", "a", "mandatory"),
        ("named", "c", "mandatory"),
        ("advised", "d", "advisory"),
        ("few", "proj-dev", "mandatory"),
    }
    assert {v.message for v in outcome.violations if v.urn.endswith("::a")} == {
        "a: value is bad, provider east"
    }
    assert len([e for e in guarded.events if isinstance(e, PolicyViolated)]) == 4
    blocked = guarded.up()
    assert (blocked.operation, blocked.result, blocked.dry_run) == ("up", "blocked", True)
    assert guarded.provider.things == {}
    assert not (guarded.root / ".state" / "dev.json").exists()


def test_advice_does_not_block(guarded: World) -> None:
    outcome = guarded.make(THINGS.format(values={"a": "odd", "b": "good"}))
    assert [v.policy for v in outcome.violations] == ["advised"]
    assert guarded.provider.things.keys() == {"thing-1", "thing-2"}


def test_what_only_the_update_shows_is_stopped_before_it_is_created(guarded: World) -> None:
    changing = '{"a": "good", "b": "good" if pulumi.runtime.is_dry_run() else "bad"}'
    outcome = guarded.up(THINGS.replace("{values}", changing))
    assert outcome.result == "blocked"
    assert not outcome.dry_run
    assert isinstance(outcome.error, PolicyBlocked)
    assert outcome.error.where == f"{URN}test:index:Thing::b"
    assert ("Create", "b") not in guarded.provider.methods("Create")
    assert "b" not in guarded.resources()


@pytest.mark.parametrize("program", ["raise ValueError('broken')", ""])
def test_a_pack_that_does_not_start_is_a_failure(guarded: World, program: str) -> None:
    (guarded.root / "pack" / "__main__.py").write_text(program)
    outcome = guarded.up("Group('g')")
    assert outcome.result == "failed"
    assert isinstance(outcome.error, PacksFailed)
    assert "pack" in str(outcome.error)


def test_a_pack_that_stops_answering_is_a_failure(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    analyze = PolicyPacks.analyze

    def dying(packs: PolicyPacks, resource: object) -> object:
        for pack in packs._packs:
            pack.process.close()
        return analyze(packs, resource)  # type: ignore[arg-type]

    monkeypatch.setattr(PolicyPacks, "analyze", dying)
    outcome = guarded.up(THINGS.format(values={"a": "good"}))
    assert outcome.result == "failed"
    assert guarded.provider.things == {}

"""The checkpoint: its shape, that it is whole at any moment, locks, notes and operations cut off."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.engine import PendingCreates, ProviderFailed, StackNotFound, StateLocked
from rehearsal.engine.snapshot import Snapshot
from rehearsal.engine.store import StateStore
from tests.engine.conftest import PASSPHRASE, URN, World
from tests.engine.order import check_order
from tests.engine.provider import Provider

CHAIN = """
east = provider()
o = ResourceOptions(provider=east)
a = Thing("a", o, name="a", value={value})
b = Thing("b", o, name="b", value=a.arn)
Thing("c", ResourceOptions.merge(o, ResourceOptions(depends_on=[b])), name="c")
"""


class PowerCut(Exception):
    """The process ended here."""


class DyingStore(StateStore):
    """Ends the process (by exception) instead of the save that follows `after` a provider's method."""

    def __init__(self, directory: Path, provider: Provider, after: str) -> None:
        super().__init__(directory, PASSPHRASE)
        self.provider, self.after = provider, after

    def save(self, stack: str, deployment: bytes) -> None:
        if self.provider.methods(self.after):
            raise PowerCut
        super().save(stack, deployment)


def cut_off(world: World, after: str, body: str) -> None:
    good = world.store
    world.store = DyingStore(world.root / ".state", world.provider, after)
    world.engine = world.open_engine()
    world.program(body)
    world.provider.calls.clear()
    with pytest.raises(PowerCut):
        world.engine.up("dev", {})
    world.store = good
    world.engine = world.open_engine()


def test_the_shape_of_the_checkpoint(world: World) -> None:
    world.make(
        CHAIN.format(value=1)
        + 'g = Group("g")\n'
        + 'Thing("d", ResourceOptions(provider=east, parent=g, protect=True), value=[b.arn, a.arn])\n'
    )
    exported = world.engine.export("dev")
    assert exported["version"] == 3
    deployment = exported["deployment"]
    manifest = deployment["manifest"]
    assert manifest["magic"] == hashlib.sha256(manifest["version"].encode()).hexdigest()
    assert deployment["secrets_providers"] == {"type": "passphrase", "state": {"salt": world.salt}}
    assert "pending_operations" not in deployment
    resources = world.resources()
    east = resources["east"]
    thing = "test:index:Thing::"
    d = resources["d"]
    created = d.pop("created")
    assert d.pop("modified") == created
    assert d.pop("outputs")["token"].keys() == {"4dabf18193072939515e22adb298388d", "ciphertext"}
    assert d == {
        "urn": f"{URN}proj:index:Group$test:index:Thing::d",
        "custom": True,
        "id": resources["d"]["id"],
        "type": "test:index:Thing",
        "inputs": {"name": "d-auto", "value": ["arn:test:east:b", "arn:test:east:a"]},
        "parent": f"{URN}proj:index:Group::g",
        "dependencies": [f"{URN}{thing}a", f"{URN}{thing}b"],
        "propertyDependencies": {"value": [f"{URN}{thing}a", f"{URN}{thing}b"]},
        "provider": f"{east['urn']}::{east['id']}",
        "protect": True,
    }


def test_dependents_stand_after_what_they_depend_on(world: World) -> None:
    world.make(CHAIN.format(value=1))
    world.make(CHAIN.format(value=2) + 'Thing("e", ResourceOptions(provider=provider("west")))')
    check_order(Snapshot(world.store, "dev", dry_run=True).old)


def test_a_create_cut_off_is_named_and_not_repeated_blindly(world: World) -> None:
    cut_off(world, "Create", CHAIN.format(value=1))
    deployment = world.engine.export("dev")["deployment"]
    assert [(o["type"], o["resource"]["urn"]) for o in deployment["pending_operations"]] == [
        ("creating", f"{URN}test:index:Thing::a")
    ]
    with pytest.raises(PendingCreates) as refusal:
        world.up()
    assert refusal.value.urns == (f"{URN}test:index:Thing::a",)
    assert "Make sure" in str(refusal.value)
    with pytest.raises(PendingCreates):
        world.destroy()
    preview = world.preview()
    assert [d.severity for d in preview.diagnostics if "creating" in d.message] == ["warning"]
    assert [p.urn for p in world.engine.pending("dev")] == [f"{URN}test:index:Thing::a"], (
        "and is not forgotten"
    )


@pytest.mark.parametrize(
    ("method", "activity", "body"),
    [("Update", "updating", CHAIN.format(value=2)), ("Delete", "deleting", "provider()")],
)
def test_an_update_or_delete_cut_off_is_reported_and_done_again(
    world: World, method: str, activity: str, body: str
) -> None:
    world.make(CHAIN.format(value=1))
    cut_off(world, method, body)
    assert [p.activity for p in world.engine.pending("dev")] == [activity]
    if method == "Delete":  # the cloud says that it is gone already; the provider of this test does not
        world.provider.things.setdefault("thing-3", {})
    outcome = world.up()
    assert outcome.result == "ok", outcome.error
    assert any(activity in d.message for d in outcome.diagnostics)
    assert world.engine.pending("dev") == ()


def test_a_provider_that_breaks_leaves_the_operation_pending(world: World) -> None:
    world.program(CHAIN.format(value=1))
    world.provider.breaks = True
    outcome = world.up()
    assert isinstance(outcome.error, ProviderFailed)
    assert not outcome.error.answered
    assert [p.activity for p in world.engine.pending("dev")] == ["creating"]


def test_every_step_is_saved_as_it_is_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[tuple[list[str], list[str]]] = []
    save = StateStore.save

    def noting(store: StateStore, stack: str, deployment: bytes) -> None:
        data = json.loads(deployment)
        names = [r["urn"].split("::")[-1] for r in data["resources"]]
        pending = [o["resource"]["urn"].split("::")[-1] for o in data.get("pending_operations", [])]
        saved.append((names, pending))
        save(store, stack, deployment)

    monkeypatch.setattr(StateStore, "save", noting)
    world.make(CHAIN.format(value=1))
    base = ["proj-dev", "east"]
    expected = [(base, ["a"]), ([*base, "a"], []), ([*base, "a"], ["b"]), ([*base, "a", "b"], [])]
    assert [entry for entry in saved if entry in expected] == expected


def test_a_save_that_fails_leaves_the_old_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make("")
    path = world.root / ".state" / "dev.json"
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        world.store.save("dev", b"{}")
    assert path.read_bytes() == before
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".json", ".lock"]


def test_a_stack_in_use_is_locked_and_names_its_holder(world: World) -> None:
    world.make("")
    with world.store.lock("dev"), pytest.raises(StateLocked) as refusal:
        world.up()
    assert refusal.value.pid == os.getpid()
    assert refusal.value.host in str(refusal.value)
    assert refusal.value.since is not None
    assert world.up().result == "ok"


def test_the_lock_of_a_dead_process_is_no_lock(world: World) -> None:
    world.make("")
    code = (
        "import os, sys; from pathlib import Path; from rehearsal.engine.store import StateStore\n"
        "with StateStore(Path(sys.argv[1]), 'x').lock('dev'): os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(world.root / ".state")], check=False)
    assert died.returncode == -9
    assert "pid" in (world.root / ".state" / "dev.lock").read_text()
    assert world.up().result == "ok"


def test_a_preview_needs_no_lock(world: World) -> None:
    world.make("")
    with world.store.lock("dev"):
        assert world.preview().result == "ok"


def test_notes_beside_a_state(world: World) -> None:
    assert world.store.meta("dev") == {}
    world.store.set_meta("dev", {"cloud": "c1"})
    world.make("")
    assert world.open_store().meta("dev") == {"cloud": "c1"}
    assert world.store.stacks() == ("dev",)
    world.store.remove("dev")
    assert world.store.stacks() == ()
    assert world.store.meta("dev") == {}


def test_there_is_nothing_to_export_or_destroy_before_the_first_up(world: World) -> None:
    with pytest.raises(StackNotFound, match="'dev' does not exist"):
        world.engine.export("dev")
    with pytest.raises(StackNotFound):
        world.destroy()

"""kill -9 at every step of a small program: the next run converges, with nothing created twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rehearsal.engine import Engine, Outcome, Project
from rehearsal.engine.passphrase import Passphrase
from rehearsal.engine.snapshot import Snapshot
from tests.engine.conftest import HEAD, PULUMI_YAML
from tests.engine.order import check_order
from tests.engine.provider import serving
from tests.faults.cloud import SmallCloud
from tests.faults.dying import MOMENTS, Death, Moment, open_store, run, same_salt

FIRST = """
east = provider()
o = ResourceOptions(provider=east)
def options(**more):
    return ResourceOptions.merge(o, ResourceOptions(**more))
a = Thing("a", o, name="a", value=1)
key = Thing("key", o, name="key", nameless=True, label="the key")
replaced = Thing("replaced", o, name="before", value=key.token)
slot = Thing("slot", o, name="slot", slot=1)
Thing("user", o, name="user", value=slot.token)
Thing("gone", options(depends_on=[a]), name="gone")
"""
SECOND = """
east = provider()
o = ResourceOptions(provider=east)
a = Thing("a", o, name="a", value=2)
key = Thing("key", o, name="new key", nameless=True, label="the key")
replaced = Thing("replaced", o, name="after", value=key.token)
slot = Thing("slot", o, name="slot", slot=2)
Thing("user", o, name="user", value=slot.token)
Thing("added", o, name="added", value=replaced.arn)
"""
MADE = {
    "first": ["a", "before", "gone", "key", "slot", "user"],
    "second": ["a", "added", "after", "new key", "slot", "user"],
    "destroy": [],
}


class Small:
    """A project and a cloud; `settled` is a copy of both as they were after the first program."""

    def __init__(self, root: Path, cloud: SmallCloud, address: str) -> None:
        self.root, self.cloud, self.servers = root, cloud, {"test": address}
        (root / "Pulumi.yaml").write_text(PULUMI_YAML)

    def program(self, body: str) -> None:
        (self.root / "__main__.py").write_text(HEAD + body)

    def engine(self) -> Engine:
        return Engine(Project.load(self.root), open_store(self.root), providers=self.servers)

    def dies(self, phase: str, moment: Moment, step: int) -> bool:
        operation = "destroy" if phase == "destroy" else "up"
        return run(operation, self.root, self.servers, {}, Death(moment, step))

    def again(self, phase: str) -> Outcome:
        engine = self.engine()
        return engine.destroy("dev", {}) if phase == "destroy" else engine.up("dev", {})


def begin(root: Path, cloud: SmallCloud, address: str, phase: str) -> Small:
    small = Small(root, cloud, address)
    small.program(FIRST)
    if phase != "first":
        assert small.engine().up("dev", {}).result == "ok"
    if phase == "second":
        small.program(SECOND)
    return small


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passphrase, "fresh", same_salt)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("phase", MADE)
def test_killed_at_every_step(phase: str, moment: Moment, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    cloud = SmallCloud()
    with serving(cloud) as address:
        small = begin(base, cloud, address, phase)
        things, step = dict(cloud.things), 0
        while True:
            step += 1
            cloud.things = dict(things)
            small.root = tmp_path / str(step)
            shutil.copytree(base, small.root)
            if not small.dies(phase, moment, step):
                break
            outcome = small.again(phase)
            assert outcome.result == "ok", (step, outcome.error)
            assert cloud.names() == MADE[phase], step
            snapshot = Snapshot(open_store(small.root), "dev", dry_run=True)
            check_order(snapshot.old)
            assert {r.id for r in snapshot.old if r.id.startswith("thing")} == set(cloud.things), step
            if phase != "destroy":
                assert set(small.engine().preview("dev", {}).changes) == {"same"}, step
    assert step > len(MADE["first"]), "every call was a step"

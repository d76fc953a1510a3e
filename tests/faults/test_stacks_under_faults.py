"""Calls of the real stacks that fail once, and engines that are killed: the next run converges.

A sample of the failing calls in every run of the tests, the same each time; the rest with `make exhaustive`,
where what the programs asked is played again without them, and they themselves come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rehearsal.engine import Engine, EngineError, Outcome, PendingCreates
from rehearsal.engine.passphrase import Passphrase
from rehearsal.engine.snapshot import Snapshot
from tests.faults.dying import same_salt
from tests.faults.faulty import DEATHS, FAILURES, Kind, share
from tests.faults.recording import Recording
from tests.faults.stacks import GROUPS, Place, Straight, place, up, up_in_child

pytestmark = pytest.mark.cloud

MOST_RUNS = 2_000
Recordings = Sequence[Recording]
"""One of each stack of a group, in order."""


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passphrase, "fresh", same_salt)


class Undisturbed:
    """What there is, how it is protected, and what the programs asked, where nothing failed."""

    def __init__(self, where: Place) -> None:
        self.recordings = [Recording() for _ in where.stacks]
        with where.engine() as (engine, faults):
            for stack, recording in zip(where.stacks, self.recordings, strict=True):
                with recording.made():
                    outcome = up(engine, stack)
                assert outcome.result == "ok", outcome.error
            self.calls = faults.made
        watch = where.watch()
        self.counts, self.protection = watch.counts(), watch.protection()
        self.urns = urns(where)


def urns(where: Place) -> dict[str, set[str]]:
    return {s: {r.urn for r in Snapshot(where.store(), s, dry_run=True).resources()} for s in where.stacks}


@cache
def undisturbed(group: str) -> Undisturbed:
    with TemporaryDirectory() as home, place(Path(home), group) as where:
        return Undisturbed(where)


def sample(kinds: tuple[Kind, ...], percent: int, signature: str) -> Kind | None:
    """A few of the calls, each kind of failure in turn."""
    number = share(signature)
    return kinds[number % len(kinds)] if number < percent else None


def fail_all(
    where: Place, meant: Undisturbed, choose: partial[Kind | None], recordings: Recordings | None = None
) -> int:
    """`up` until nothing fails any more; returns how many runs failed. With recordings, these are played."""
    watch = where.watch(meant.protection)
    runs = 0
    for index, stack in enumerate(where.stacks):
        played = recordings[index].played() if recordings else nullcontext()
        with where.engine(choose, watch, Straight if recordings else Engine) as (engine, faults), played:
            for _ in range(MOST_RUNS):
                faults.last = None
                error = failure(engine, stack)
                faults.looked()
                assert watch.found == []
                if error is None:
                    assert faults.last is None, "a failure went unnoticed"
                    break
                runs += 1
                assert faults.last is not None, f"nothing was made to fail, and yet: {error}"
                assert "urn:pulumi:" in error.where
                assert error.where.rpartition("::")[2]
                assert faults.words[faults.last] in str(error)
    return runs


def failure(engine: object, stack: str) -> EngineError | None:
    try:
        outcome: Outcome = up(engine, stack)  # type: ignore[arg-type]
    except PendingCreates:
        raise
    except EngineError as problem:  # a look at what an earlier run left behind can fail, too
        return problem
    return outcome.error


def demand_convergence(where: Place, undisturbed: Undisturbed) -> None:
    watch = where.watch()
    assert watch.counts() == undisturbed.counts
    assert watch.protection().locks == undisturbed.protection.locks
    assert urns(where) == undisturbed.urns
    with where.engine() as (engine, _):
        for stack in where.stacks:
            outcome = up(engine, stack)
            assert outcome.result == "ok", outcome.error
            assert set(outcome.changes) == {"same"}


def demand_that_all_failed(where: Place, meant: Undisturbed) -> None:
    """But for one in fifty: what is found to be so already is not set after the call before it failed."""
    missed = meant.calls - where.failed()
    assert len(missed) <= len(meant.calls) // 50, missed


def test_some_calls_fail(tmp_path: Path) -> None:
    with place(tmp_path, "sandbox") as where:
        meant = undisturbed("sandbox")
        assert fail_all(where, meant, partial(sample, FAILURES, 4)) > 3
        demand_convergence(where, meant)


def test_some_requests_to_azure_fail(tmp_path: Path) -> None:
    """What the programs asked is played again: there are many requests, and each failure is a run."""
    meant = undisturbed("azure-sandbox")
    with place(tmp_path, "azure-sandbox") as where:
        assert fail_all(where, meant, partial(sample, FAILURES, 4), meant.recordings) > 3
        demand_convergence(where, meant)


def kill(
    where: Place, choose: partial[Kind | None], recordings: Recordings | None = None, *, writes: bool = False
) -> int:
    deaths = 0
    for index, stack in enumerate(where.stacks):
        recording = recordings[index] if recordings else None
        while up_in_child(where, stack, choose, recording, writes=writes):
            deaths += 1
            assert deaths < MOST_RUNS
    return deaths


@pytest.mark.parametrize("group", ["sandbox", "azure-sandbox"])
def test_killed_at_some_calls(group: str, tmp_path: Path) -> None:
    meant = undisturbed(group)
    with place(tmp_path, group) as where:
        assert kill(where, partial(sample, DEATHS, 2), meant.recordings) > 2
        demand_convergence(where, meant)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_call_fails_once(group: str, kind: Kind, tmp_path: Path) -> None:
    meant = undisturbed(group)
    with place(tmp_path, group) as where:
        fail_all(where, meant, partial(sample, (kind,), 100), meant.recordings)
        demand_that_all_failed(where, meant)
        demand_convergence(where, meant)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", DEATHS)
@pytest.mark.parametrize("group", GROUPS)
def test_killed_at_every_call(group: str, kind: Kind, tmp_path: Path) -> None:
    meant = undisturbed(group)
    with place(tmp_path, group) as where:
        kill(where, partial(sample, (kind,), 100), meant.recordings)
        demand_that_all_failed(where, meant)
        demand_convergence(where, meant)


@pytest.mark.exhaustive
@pytest.mark.parametrize("group", GROUPS)
def test_killed_in_every_write_of_the_state(group: str, tmp_path: Path) -> None:
    meant = undisturbed(group)
    with place(tmp_path, group) as where:
        deaths = kill(where, partial(sample, DEATHS, 0), meant.recordings, writes=True)
        assert deaths >= sum(map(len, meant.urns.values()))
        demand_convergence(where, meant)

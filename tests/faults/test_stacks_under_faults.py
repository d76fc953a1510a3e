"""Calls of the real stacks that fail once, and engines that are killed: the next run converges.

A sample of the failing calls in every run of the tests, the same each time; the rest with `make exhaustive`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from rehearsal.engine import EngineError, Outcome, PendingCreates
from rehearsal.engine.passphrase import Passphrase
from rehearsal.engine.snapshot import Snapshot
from tests.faults.dying import same_salt
from tests.faults.faulty import DEATHS, FAILURES, WORDS, Kind, share
from tests.faults.stacks import STACKS, Place, place, up, up_in_child
from tests.faults.watch import Protection

pytestmark = pytest.mark.cloud

MOST_RUNS = 2_000


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passphrase, "fresh", same_salt)


class Undisturbed:
    """What there is, and how it is protected, where nothing failed."""

    def __init__(self, where: Place) -> None:
        with where.engine() as (engine, faults):
            for stack in STACKS:
                outcome = up(engine, stack)
                assert outcome.result == "ok", outcome.error
            self.calls = faults.calls
        watch = where.watch()
        self.counts, self.protection = watch.counts(), watch.protection()
        self.urns = urns(where)


def urns(where: Place) -> dict[str, set[str]]:
    return {s: {r.urn for r in Snapshot(where.store(), s, dry_run=True).resources()} for s in STACKS}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with place(tmp_path_factory.mktemp("undisturbed")) as where:
        yield Undisturbed(where)


def sample(kinds: tuple[Kind, ...], percent: int, signature: str) -> Kind | None:
    """A few of the calls, each kind of failure in turn."""
    number = share(signature)
    return kinds[number % len(kinds)] if number < percent else None


def fail_all(where: Place, meant: Protection, choose: partial[Kind | None]) -> int:
    """`up` until nothing fails any more; returns how many runs failed."""
    watch = where.watch(meant)
    runs = 0
    for stack in STACKS:
        with where.engine(choose, watch) as (engine, faults):
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
                assert WORDS[faults.last] in str(error)
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
        for stack in STACKS:
            outcome = up(engine, stack)
            assert outcome.result == "ok", outcome.error
            assert set(outcome.changes) == {"same"}


def test_some_calls_fail(undisturbed: Undisturbed, tmp_path: Path) -> None:
    with place(tmp_path) as where:
        assert fail_all(where, undisturbed.protection, partial(sample, FAILURES, 4)) > 3
        demand_convergence(where, undisturbed)


def kill(where: Place, choose: partial[Kind | None]) -> int:
    deaths = 0
    for stack in STACKS:
        while up_in_child(where, stack, choose):
            deaths += 1
            assert deaths < MOST_RUNS
    return deaths


@pytest.mark.exhaustive
def test_killed_at_some_calls(undisturbed: Undisturbed, tmp_path: Path) -> None:
    with place(tmp_path) as where:
        assert kill(where, partial(sample, DEATHS, 3)) > 2
        demand_convergence(where, undisturbed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAILURES)
def test_every_call_fails_once(kind: Kind, undisturbed: Undisturbed, tmp_path: Path) -> None:
    with place(tmp_path) as where:
        assert fail_all(where, undisturbed.protection, partial(sample, (kind,), 100)) > 100
        demand_convergence(where, undisturbed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", DEATHS)
def test_killed_at_every_call(kind: Kind, undisturbed: Undisturbed, tmp_path: Path) -> None:
    with place(tmp_path) as where:
        assert kill(where, partial(sample, (kind,), 100)) > 100
        demand_convergence(where, undisturbed)


@pytest.mark.exhaustive
def test_killed_in_every_write_of_the_state(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Each run comes one write further than the one before."""
    never = partial(sample, DEATHS, 0)
    with place(tmp_path) as where:
        for stack in STACKS:
            deaths = 0
            while up_in_child(where, stack, never, write=deaths + 1):
                deaths += 1
                assert deaths < MOST_RUNS
            assert deaths > 4
        demand_convergence(where, undisturbed)

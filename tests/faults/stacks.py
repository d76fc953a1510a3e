"""The project's own stacks under faults, on a local cloud of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.spec import EnvironmentStack, load_stack
from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import Cloud
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.engine.passphrase import Passphrase
from rehearsal.local_cloud import LocalCloud
from tests.faults.dying import PASSPHRASE, ROOT, preloading, same_salt
from tests.faults.faulty import Faults, Kind
from tests.faults.watch import Protection, Watch

STACKS = ("sandbox", "optimus-sandbox")


@dataclass
class Place:
    """A local cloud, and the state of what is in it."""

    home: Path
    endpoint: str
    account: str
    region: str

    def watch(self, meant: Protection | None = None) -> Watch:
        return Watch(self.endpoint, self.account, self.region, meant)

    def store(self) -> StateStore:
        return StateStore(self.home / "state", PASSPHRASE)

    @contextmanager
    def engine(
        self, choose: Callable[[str], Kind | None] = lambda _: None, watch: Watch | None = None
    ) -> Iterator[tuple[Engine, Faults]]:
        """One step at a time, so that what fails is the same in every run."""
        cloud = Cloud(self.endpoint, self.account)
        faults = Faults(cloud, self.region, choose, self.home / "failed", watch or self.watch())
        provider = AwsProvider(self.endpoint, self.account, faults)
        try:
            servers = {"aws": provider.serve()}
            yield Engine(Project.load(ROOT), self.store(), providers=servers, parallel=1), faults
        finally:
            provider.stop()


@contextmanager
def place(home: Path) -> Iterator[Place]:
    stack = load_stack(ROOT, STACKS[0]).stack
    assert isinstance(stack, EnvironmentStack)
    aws = stack.spec.aws
    cloud = LocalCloud.ensure(home)
    try:
        yield Place(home, cloud.endpoint, aws.account, aws.region)
    finally:
        cloud.stop()


def up(engine: Engine, stack: str) -> Outcome:
    return engine.up(stack, load_stack(ROOT, stack).config)


def up_in_child(where: Place, stack: str, choose: Callable[[str], Kind | None], write: int = 0) -> bool:
    """`up` in a process that a fault, or its `write`-th write of the state, kills. Whether it was killed."""
    child = preloading().Process(target=_child, args=(where, stack, choose, write))
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), f"the engine ended with {child.exitcode}"
    return child.exitcode != 0


def _child(where: Place, stack: str, choose: Callable[[str], Kind | None], write: int) -> None:
    from tests.faults.dying import tear_write

    Passphrase.fresh = same_salt  # type: ignore[method-assign]
    if write:
        tear_write(write)
    with where.engine(choose) as (engine, _):
        outcome = up(engine, stack)
    os._exit(0 if outcome.result == "ok" else 1)

"""The project's own stacks under faults, on a local cloud of their own."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from components.spec import AzureEnvironmentStack, EnvironmentStack, OrganizationStack, load_stack
from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import Cloud
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.engine.engine import Config
from rehearsal.engine.passphrase import Passphrase
from rehearsal.local_cloud import LocalCloud
from rehearsal.provider.servicer import StandIn
from tests.faults.dying import PASSPHRASE, ROOT, preloading, same_salt, tear_writes
from tests.faults.faulty import Faults, Kind, ToldCloud
from tests.faults.recording import Recording
from tests.faults.watch import Watch

GROUPS = {
    "sandbox": ("sandbox", "optimus-sandbox"),
    "dev": ("dev", "optimus-dev"),
    "prod": ("prod-optimus", "optimus-prod"),
    "organization": ("organization",),
    "azure-sandbox": ("azure-sandbox", "catalyst-sandbox"),
    "azure-dev": ("azure-dev", "catalyst-dev", "azure-dev"),
    "azure-prod": ("azure-prod-catalyst", "catalyst-prod", "azure-prod-catalyst"),
}
"""Stacks that come up together in one account, in order. On Azure an environment comes up again when a
project's group is there: only then somebody can be eligible in it."""


Choice = Callable[[str], Kind | None]
"""How a call fails by its signature, None for not at all."""


@cache
def config_of(stack: str) -> Mapping[str, object]:
    return load_stack(ROOT, stack).config


class Straight(Engine):
    """`up` without the preview before it, which calls nothing in a cloud and takes half of the time."""

    def up(self, stack: str, config: Config) -> Outcome:
        with self._store.lock(stack):
            self._settle(stack, "up")
            return self._operate("up", stack, config, *self._gate(stack, config, dry_run=False))[0]


@dataclass
class Place:
    """A local cloud, and the state of what is in it."""

    home: Path
    endpoint: str
    account: str
    region: str
    stacks: tuple[str, ...]

    def watch(self, meant: Any = None) -> Any:
        return Watch(self.endpoint, self.account, self.region, meant)

    def failed(self) -> set[str]:
        """The signatures of all calls that were made to fail."""
        return set((self.home / "failed").read_text().splitlines())

    def store(self) -> StateStore:
        return StateStore(self.home / "state", PASSPHRASE)

    def provider(self, choose: Choice, watch: Any) -> tuple[str, StandIn, Any]:
        """What plays the cloud, by its name in a program, and what fails in it."""
        cloud = Cloud(self.endpoint, self.account)
        faults = Faults(cloud, self.region, choose, self.home / "failed", watch)
        provider = AwsProvider(self.endpoint, self.account)
        provider._cloud = ToldCloud(self.endpoint, self.account, faults)
        return "aws", provider, faults

    @contextmanager
    def engine(
        self, choose: Choice = lambda _: None, watch: Any = None, kind: type[Engine] = Engine
    ) -> Iterator[tuple[Engine, Any]]:
        """One step at a time, so that what fails is the same in every run."""
        name, provider, faults = self.provider(choose, watch or self.watch())
        try:
            servers = {name: provider.serve()}
            yield kind(Project.load(ROOT), self.store(), providers=servers, parallel=1), faults
        finally:
            provider.stop()


@contextmanager
def place(home: Path, group: str) -> Iterator[Place]:
    stacks = GROUPS[group]
    stack = load_stack(ROOT, stacks[0]).stack
    if isinstance(stack, AzureEnvironmentStack):
        from tests.faults.azure_stacks import azure_place

        with azure_place(home, stack, stacks) as where:
            yield where
        return
    assert isinstance(stack, EnvironmentStack | OrganizationStack)
    aws = stack.spec.aws
    cloud = LocalCloud.ensure(home)
    try:
        yield Place(home, cloud.endpoint, aws.account, aws.region, stacks)
    finally:
        cloud.stop()


def up(engine: Engine, stack: str) -> Outcome:
    return engine.up(stack, config_of(stack))


def up_in_child(
    where: Place,
    stack: str,
    choose: Choice,
    recording: Recording | None = None,
    *,
    writes: bool = False,
) -> bool:
    """`up` in a process that is killed by a fault, or (`writes`) in a write of what was never written
    before. Returns whether it was killed."""
    child = preloading("tests.faults.warm").Process(
        target=_child, args=(where, stack, choose, recording, writes)
    )
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), f"the engine ended with {child.exitcode}"
    return child.exitcode != 0


def _child(
    where: Place,
    stack: str,
    choose: Choice,
    recording: Recording | None,
    writes: bool,
) -> None:
    Passphrase.fresh = same_salt  # type: ignore[method-assign]
    if writes:
        journal = where.home / "torn"
        journal.touch()
        tear_writes(partial(_not_yet, journal))
    played = recording.played() if recording else nullcontext()
    with where.engine(choose, kind=Straight if recording else Engine) as (engine, _), played:
        outcome = up(engine, stack)
    os._exit(0 if outcome.result == "ok" else 1)


def _not_yet(journal: Path, content: bytes) -> bool:
    """Whether the state was never written with these resources and operations; notes that it is now."""
    deployment = json.loads(content)["deployment"]
    operations = [(o["type"], o["resource"]["urn"]) for o in deployment.get("pending_operations", ())]
    resources = [(r["urn"], sorted(r)) for r in deployment["resources"]]
    signature = hashlib.sha256(repr((resources, operations)).encode()).hexdigest()
    if signature in journal.read_text().split():
        return False
    with journal.open("a") as file:
        file.write(f"{signature}\n")
    return True

"""What the measures share: the project, places to rehearse in, medians, the shape of the machine."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.spec import load_stack
from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import Fault
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.local_cloud import LocalCloud

ROOT = Path(__file__).parents[1]
PACKS = (Path("policy_packs/baseline"), Path("policy_packs/regulated"))
PASSPHRASE = "of the benchmarks"  # noqa: S105 guards nothing


@dataclass
class Result:
    """One measure: a table, its title in the first column's head; `values` for machines."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)

    def add(self, *cells: str, **values: float) -> None:
        self.rows.append(cells)
        self.values |= values

    def compare(self, what: str, ours: float, theirs: float, aim: str = "") -> None:
        """A row of seconds on both sides, and their ratio."""
        ratio = ours / theirs
        self.add(what, f"{ours:.2f} s", f"{theirs:.2f} s", f"{ratio:.2f}", aim)
        self.values |= {f"{what}: ours": ours, f"{what}: other": theirs, f"{what}: ratio": ratio}

    def table(self) -> str:
        """In Markdown, as benchmarks/README.md has it."""
        lines = [(self.title, *self.columns), ("---",) * (len(self.columns) + 1), *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine() -> str:
    """Cores and memory; nothing that says which machine it is."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {pages / 2**30:.0f} GiB, load {load:.1f} at the start"


def median(times: Sequence[float]) -> float:
    return statistics.median(times)


def timed(act: Callable[[], Any]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def cost(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of wall time, and of processor time: this process's and that of children that have ended."""

    def spent() -> float:
        return sum(os.times()[:4])

    before = spent()
    wall = timed(act)
    return wall, spent() - before


def well(outcome: Outcome) -> Outcome:
    if outcome.result != "ok":
        raise SystemExit(f"{outcome.stack}: {outcome.operation} did not end well: {outcome.error}")
    return outcome


def resources(outcome: Outcome) -> int:
    return len(outcome.steps)


def environment_of(stack: str) -> str:
    """The environment stack a project lives in; an environment lives in itself."""
    return str(getattr(load_stack(ROOT, stack).stack.spec, "environment", stack))


def account_of(stack: str) -> str:
    return load_stack(ROOT, stack).stack.account


def config_of(stack: str) -> Mapping[str, object]:
    return load_stack(ROOT, stack).config


@contextmanager
def local_cloud(home: Path) -> Iterator[LocalCloud]:
    cloud = LocalCloud.ensure(home)
    try:
        yield cloud
    finally:
        cloud.stop()


@contextmanager
def provider(endpoint: str | None, account: str, fault: Fault | None = None) -> Iterator[Mapping[str, str]]:
    """A stand-in for AWS; yields what an engine needs to find it."""
    stand_in = AwsProvider(endpoint, account, fault)
    try:
        yield {"aws": stand_in.serve()}
    finally:
        stand_in.stop()


def embedded(directory: Path, servers: Mapping[str, str], **settings: Any) -> Engine:
    return Engine(Project.load(ROOT), StateStore(directory, PASSPHRASE), providers=servers, **settings)

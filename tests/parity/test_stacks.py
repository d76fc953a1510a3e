"""Both engines over the project's own stacks, each on a local cloud of its own behind the same stand-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.spec import load_stack
from rehearsal.aws import AwsProvider
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.export_diff import differences, normalise
from rehearsal.local_cloud import LocalCloud
from rehearsal.pulumi_cli import PulumiCli
from tests.parity.conftest import PASSPHRASE, ROOT

pytestmark = [pytest.mark.cli, pytest.mark.cloud]

STACKS = ("sandbox", "optimus-sandbox")
PACKS = (Path("policy_packs/baseline"),)
Steps = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Rehearsed:
    """One engine's run: each stack's `up`, its state after it, and the steps of a second preview.

    The CLI's second preview is left to the test in which it takes over the embedded engine's state.
    """

    endpoint: str
    passphrase: str
    ups: dict[str, Outcome]
    exports: dict[str, dict[str, Any]]
    again: dict[str, Steps]


@pytest.fixture(scope="module")
def account() -> str:
    return load_stack(ROOT, "sandbox").stack.account


def local_cloud(home: Path) -> Iterator[str]:
    cloud = LocalCloud.ensure(home)
    try:
        yield cloud.endpoint
    finally:
        cloud.stop()


@pytest.fixture(scope="module")
def embedded_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from local_cloud(tmp_path_factory.mktemp("embedded-cloud"))


@pytest.fixture(scope="module")
def real_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from local_cloud(tmp_path_factory.mktemp("real-cloud"))


def steps(outcome: Outcome) -> Steps:
    return Counter((step.op, step.urn) for step in outcome.steps)


def well(outcome: Outcome) -> Outcome:
    assert outcome.result == "ok", (outcome.error, outcome.violations, outcome.diagnostics)
    return outcome


def run_embedded(endpoint: str, account: str, directory: Path) -> Rehearsed:
    provider = AwsProvider(endpoint, account)
    project = Project.load(ROOT)
    ups, again, exports = {}, {}, {}
    store = StateStore(directory, PASSPHRASE)
    engine = Engine(project, store, providers={"aws": provider.serve()}, policy_packs=PACKS)
    for stack in STACKS:
        config = load_stack(ROOT, stack).config
        ups[stack] = well(engine.up(stack, config))
        again[stack] = steps(well(engine.preview(stack, config)))
        exports[stack] = engine.export(stack)
    provider.stop()
    return Rehearsed(endpoint, PASSPHRASE, ups, exports, again)


def run_real(cli: PulumiCli, endpoint: str, account: str, home: Path) -> Rehearsed:
    provider = AwsProvider(endpoint, account)
    ups, exports = {}, {}
    with cli.open(ROOT, home, {"aws": provider.serve()}) as project:
        for stack in STACKS:
            ups[stack] = well(project.up(stack, PACKS))
            exports[stack] = project.export(stack)
        passphrase = project.passphrase
    provider.stop()
    return Rehearsed(endpoint, passphrase, ups, exports, again={})


@pytest.fixture(scope="module")
def both(
    pulumi_cli: PulumiCli,
    account: str,
    embedded_cloud: str,
    real_cloud: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Rehearsed, Rehearsed]:
    """The two engines at once: the CLI is a process of its own."""
    home = tmp_path_factory.mktemp("real-state")
    with ThreadPoolExecutor(1) as beside:
        real = beside.submit(run_real, pulumi_cli, real_cloud, account, home)
        embedded = run_embedded(embedded_cloud, account, tmp_path_factory.mktemp("embedded-state"))
        return embedded, real.result()


@pytest.fixture(scope="module")
def embedded(both: tuple[Rehearsed, Rehearsed]) -> Rehearsed:
    return both[0]


@pytest.fixture(scope="module")
def real(both: tuple[Rehearsed, Rehearsed]) -> Rehearsed:
    return both[1]


@pytest.mark.parametrize("stack", STACKS)
def test_both_engines_do_the_same(embedded: Rehearsed, real: Rehearsed, stack: str) -> None:
    assert steps(embedded.ups[stack]) == steps(real.ups[stack])
    assert {op for op, _ in embedded.again[stack]} == {"same"}


@pytest.mark.parametrize("stack", STACKS)
def test_exports_are_equal(embedded: Rehearsed, real: Rehearsed, stack: str) -> None:
    ours = normalise(embedded.exports[stack], embedded.passphrase)
    theirs = normalise(real.exports[stack], real.passphrase)
    assert len(theirs["resources"]) > 10
    assert differences(ours, theirs) == []


def unprotected(exported: dict[str, Any]) -> dict[str, Any]:
    deployment = exported["deployment"]
    resources = [{k: v for k, v in r.items() if k != "protect"} for r in deployment["resources"]]
    return {**exported, "deployment": {**deployment, "resources": resources}}


def test_the_cli_takes_over_what_the_embedded_engine_made(
    embedded: Rehearsed, pulumi_cli: PulumiCli, account: str, tmp_path: Path
) -> None:
    """Imports, previews empty, refuses to destroy what is protected, destroys it unprotected."""
    provider = AwsProvider(embedded.endpoint, account)
    with pulumi_cli.open(ROOT, tmp_path, {"aws": provider.serve()}) as project:
        for stack in STACKS:
            project.import_(stack, embedded.exports[stack], embedded.passphrase)
            assert steps(well(project.preview(stack))) == embedded.again[stack]
        assert project.destroy("sandbox").result == "failed"
        for stack in reversed(STACKS):
            project.import_(stack, unprotected(project.export(stack)), project.passphrase)
            well(project.destroy(stack))
            assert not project.export(stack)["deployment"].get("resources")
    provider.stop()

"""One run of each engine over the tiny program, shared by the tests that look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.pulumi_cli import CliError, CliProject, PulumiCli
from tests.parity.provider import TestProvider, serving

ROOT = Path(__file__).parents[2]
TINY = Path(__file__).parent / "tiny"
CONFIG: dict[str, object] = {
    "tiny:level": "sandbox",
    "tiny:spec": {"day": "2027-02-01", "account": "011122223333"},
}
PASSPHRASE = "of the embedded engine"


@pytest.fixture(scope="session")
def pulumi_cli() -> PulumiCli:
    """The real CLI; tests that need it are skipped with the reason where there is none."""
    try:
        cli = PulumiCli.find()
    except CliError as problem:
        pytest.skip(str(problem))
    if cli is None:
        pytest.skip("the Pulumi CLI is not on PATH: parity of the two engines was not tested")
    return cli


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tiny") / "project"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".venv").symlink_to(ROOT / ".venv")
    return root


@dataclass(frozen=True)
class Ran:
    """What an engine did with the tiny program: outcomes and what it exported after `up`."""

    provider: TestProvider
    preview: Outcome
    up: Outcome
    again: Outcome
    exported: dict[str, Any]
    passphrase: str


@pytest.fixture(scope="session")
def embedded_engine(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, TestProvider]]:
    provider = TestProvider()
    with serving(provider) as address:
        store = StateStore(tmp_path_factory.mktemp("embedded"), PASSPHRASE)
        yield Engine(Project.load(tiny), store, providers={"test": address}), provider


@pytest.fixture(scope="session")
def embedded(embedded_engine: tuple[Engine, TestProvider]) -> Ran:
    engine, provider = embedded_engine
    preview, up = engine.preview("dev", CONFIG), engine.up("dev", CONFIG)
    assert up.result == "ok", (up.error, up.diagnostics)
    again = engine.preview("dev", CONFIG)
    return Ran(provider, preview, up, again, engine.export("dev"), PASSPHRASE)


@pytest.fixture(scope="session")
def cli_project(
    pulumi_cli: PulumiCli, tiny: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CliProject, TestProvider]]:
    provider = TestProvider()
    home = tmp_path_factory.mktemp("cli")
    with serving(provider) as address, pulumi_cli.open(tiny, home, {"test": address}) as project:
        yield project, provider


@pytest.fixture(scope="session")
def real(cli_project: tuple[CliProject, TestProvider]) -> Ran:
    project, provider = cli_project
    preview, up = project.preview("dev"), project.up("dev")
    assert up.result == "ok", (up.error, up.diagnostics)
    again = project.preview("dev")
    return Ran(provider, preview, up, again, project.export("dev"), project.passphrase)

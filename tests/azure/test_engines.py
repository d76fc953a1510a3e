"""A program with a resource of every type, under both engines, each on a local Azure of its own."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.azure import AzureProvider
from rehearsal.azure.model import MODEL
from rehearsal.azure.rest import Arm
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.export_diff import differences, normalise
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT, policy_name
from rehearsal.pulumi_cli import PulumiCli
from tests.azure.cases import READER, SCOPE
from tests.azure.peer import SUBSCRIPTION

pytestmark = pytest.mark.cloud

ROOT = Path(__file__).parents[2]
PASSPHRASE = "of the embedded engine"
CONFIG = {
    "everything:subscription": SUBSCRIPTION,
    "everything:tenant": TENANT,
    "everything:roleManagementPolicy": policy_name(SCOPE, READER),
}
GROUP = f"{SCOPE}/resourceGroups/everything"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("everything") / "project"
    shutil.copytree(Path(__file__).parent / "everything", root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".venv").symlink_to(ROOT / ".venv")
    lines = "".join(f'  {key}: "{value}"\n' for key, value in CONFIG.items())
    (root / "Pulumi.dev.yaml").write_text(f"config:\n{lines}")
    return root


@contextmanager
def azure(home: Path) -> Iterator[tuple[LocalAzure, str]]:
    """A local Azure and the address of a provider in front of it."""
    cloud = LocalAzure.ensure(home)
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, SUBSCRIPTION, TENANT, cloud.token, TENANT)
    try:
        yield cloud, provider.serve()
    finally:
        provider.stop()
        cloud.stop()


@dataclass(frozen=True)
class Ran:
    preview: Outcome
    up: Outcome
    again: Outcome
    exported: dict[str, Any]
    passphrase: str
    left: list[str]


def well(outcome: Outcome) -> Outcome:
    assert outcome.result == "ok", (outcome.error, outcome.diagnostics)
    return outcome


def left_in(cloud: LocalAzure) -> list[str]:
    arm = Arm(cloud.endpoint, cloud.ca_file, cloud.token)
    there = [item["id"] for item in arm.items(f"{SCOPE}/resourceGroups", "2024-03-01")]
    arm.close()
    return there


@pytest.fixture(scope="module")
def embedded(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    with azure(tmp_path_factory.mktemp("embedded-cloud")) as (cloud, address):
        store = StateStore(tmp_path_factory.mktemp("embedded-state"), PASSPHRASE)
        engine = Engine(Project.load(project), store, providers={"azure-native": address})
        preview, up = well(engine.preview("dev", CONFIG)), well(engine.up("dev", CONFIG))
        again, exported = well(engine.preview("dev", CONFIG)), engine.export("dev")
        well(engine.destroy("dev", CONFIG))
        return Ran(preview, up, again, exported, PASSPHRASE, left_in(cloud))


@pytest.fixture(scope="module")
def real(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    cli = PulumiCli.find()
    if cli is None:
        pytest.skip("the Pulumi CLI is not on PATH: parity of the two engines was not tested")
    with azure(tmp_path_factory.mktemp("real-cloud")) as (cloud, address):
        home = tmp_path_factory.mktemp("real-state")
        with cli.open(project, home, {"azure-native": address}) as opened:
            preview, up = well(opened.preview("dev")), well(opened.up("dev"))
            again, exported = well(opened.preview("dev")), opened.export("dev")
            well(opened.destroy("dev"))
            return Ran(preview, up, again, exported, opened.passphrase, left_in(cloud))


def steps(outcome: Outcome) -> Counter[tuple[str, str]]:
    return Counter((step.op, step.urn) for step in outcome.steps)


def test_every_type_comes_up_and_stays(embedded: Ran) -> None:
    assert {step.type for step in embedded.up.steps} >= set(MODEL)
    assert {op for op, _ in steps(embedded.again)} == {"same"}
    assert embedded.up.outputs["workspace"] == f"{GROUP}/providers/Microsoft.Quantum/workspaces/catalyst"
    assert embedded.up.outputs["principal"]
    assert embedded.up.outputs["key"].startswith("https://everything-keys.vault.azure.net/keys/results")
    assert (embedded.up.outputs["seen"], embedded.again.outputs["seen"]) == ("", "westeurope")
    assert embedded.left == []
    assert "hidden" not in str(embedded.exported)


@pytest.mark.cli
def test_both_engines_do_the_same(embedded: Ran, real: Ran) -> None:
    assert steps(embedded.up) == steps(real.up)
    assert {op for op, _ in steps(real.again)} == {"same"}
    assert real.left == []


@pytest.mark.cli
def test_exports_are_equal(embedded: Ran, real: Ran) -> None:
    ours = normalise(embedded.exported, embedded.passphrase)
    theirs = normalise(real.exported, real.passphrase)
    assert len(theirs["resources"]) > 25
    assert "\n".join(differences(ours, theirs)) == ""

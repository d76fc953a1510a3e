"""A project that is destroyed and made again takes its vault back, with a key of its new life."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from components.azure_quantum.keys import SOFT_DELETE_DAYS
from components.spec import load_stack
from rehearsal.azure.model import ARM
from rehearsal.engine import Engine, Project
from tests.components.azure_quantum.runner import ROOT
from tests.components.azure_quantum.test_local_azure import ENVIRONMENT, NAMES, PROJECT, World, steps, world

__all__ = ["world"]

FILE = Path("stacks") / f"Pulumi.{PROJECT}.yaml"
ACTIVE = "lifecycle: active"


class Files:
    """A copy of the program and its stack files, whose project a test says something else about."""

    def __init__(self, root: Path, world: World) -> None:
        self.root, self._world = root, world
        shutil.copytree(ROOT / "stacks", root / "stacks")
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, root / name)
        self._text = (root / FILE).read_text(encoding="utf-8")

    def say(self, words: str) -> None:
        assert self._text.count(ACTIVE) == 1
        (self.root / FILE).write_text(self._text.replace(ACTIVE, words), encoding="utf-8")

    def engine(self) -> Engine:
        world = self._world
        return Engine(Project.load(self.root), world.store, providers={"azure-native": world.address})

    def up(self, stack: str = PROJECT) -> dict[str, int]:
        return steps(self.engine().up(stack, load_stack(self.root, stack).config))

    def away(self, life: int) -> None:
        self.say(f"lifecycle: decommissioned\n    life: {life}")
        self.up()
        steps(self.engine().destroy(PROJECT, load_stack(self.root, PROJECT).config))


def keys(world: World) -> set[str]:
    version = ARM["azure-native:keyvault:Key"].api_version
    return {str(row["name"]) for row in world.arm.items(f"{NAMES.vault_id}/keys", version)}


@pytest.mark.cloud
def test_a_project_made_again_takes_its_vault_back(world: World, tmp_path: Path) -> None:
    files = Files(tmp_path / "root", world)
    world.up(ENVIRONMENT)
    files.up()
    assert keys(world) == {"results"}
    for life in (2, 3):
        files.away(life - 1)
        files.say(f"{ACTIVE}\n    life: {life}")
        stopped = files.engine().up(PROJECT, load_stack(files.root, PROJECT).config)
        assert stopped.result != "ok", "its name is taken"
        assert "deleted state" in str(stopped.error)
        files.say(f"{ACTIVE}\n    life: {life}\n    recover: true")
        assert files.up()["create"] > 0
        assert set(steps(files.engine().preview(PROJECT, load_stack(files.root, PROJECT).config))) == {"same"}
        own = replace(NAMES, life=life).key
        assert keys(world) == {"results", *(replace(NAMES, life=each).key for each in range(2, life + 1))}
        account = world.arm.get(NAMES.account_id, ARM["azure-native:storage:StorageAccount"].api_version)
        assert account is not None
        assert account["properties"]["encryption"]["keyvaultproperties"]["keyname"] == own
    # Without the word it stays as it is: nothing is made again when the vault's time is over.
    assert SOFT_DELETE_DAYS == 90
    files.say(f"{ACTIVE}\n    life: 3")
    assert set(files.up()) <= {"same", "update"}

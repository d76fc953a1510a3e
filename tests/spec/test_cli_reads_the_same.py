"""The Pulumi CLI hands a program what the loader read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from components.spec import SpecError, load_stack, verify_effective

ROOT = Path(__file__).parents[2]
STACKS = ("sandbox", "optimus-sandbox")
PULUMI = shutil.which("pulumi")
PROGRAM = """
import os, pathlib
pathlib.Path(os.environ["SEEN"]).write_text(os.environ["PULUMI_CONFIG"])
"""

pytestmark = [
    pytest.mark.cli,
    pytest.mark.skipif(PULUMI is None, reason="the Pulumi CLI is not on PATH"),
]


def cli(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the CLI with a home, backend and passphrase of its own."""
    home = project.parent / "home"
    backend = project.parent / "backend"
    backend.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PULUMI_HOME": str(home / ".pulumi"),
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "for this test only",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SEEN": str(project.parent / "seen.json"),
    }
    command = [str(PULUMI), *arguments, "--non-interactive", "--color", "never"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("cli") / "project"
    copy.mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", copy)
    shutil.copytree(ROOT / "stacks", copy / "stacks")
    (copy / ".venv").symlink_to(ROOT / ".venv")
    (copy / "__main__.py").write_text(PROGRAM)
    for stack in STACKS:
        made = cli(copy, "stack", "init", stack)
        assert made.returncode == 0, made.stderr
    return copy


def preview(project: Path, stack: str, *arguments: str) -> dict[str, str]:
    """The configuration that a program under the CLI sees."""
    seen = cli(project, "preview", "--stack", stack, *arguments)
    assert seen.returncode == 0, seen.stdout + seen.stderr
    config: dict[str, str] = json.loads((project.parent / "seen.json").read_text())
    return config


@pytest.mark.parametrize("stack", STACKS)
def test_the_examples(project: Path, stack: str) -> None:
    written = load_stack(ROOT, stack)
    # `stack init` has rewritten the copy, which must still load and mean the same.
    rewritten = load_stack(project, stack)
    assert rewritten.config == written.config
    verify_effective(rewritten, preview(project, stack))


def test_another_configuration_file_is_noticed(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = (project / "stacks/Pulumi.sandbox.yaml").read_text()
    other.write_text(text.replace("region: eu-west-2", "region: eu-north-1"))
    with pytest.raises(SpecError) as error:
        verify_effective(
            load_stack(project, "sandbox"), preview(project, "sandbox", "--config-file", str(other))
        )
    assert [(p.key, p.line) for p in error.value.problems] == [("config.qlz:spec", 6)]

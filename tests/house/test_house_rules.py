"""Rules of the house that a reader relies on: short modules, no machine's paths, no registry's host."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
# A path of one machine, or the host of a package registry, would tie the project to where it was written.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:root|home|Users)/[a-z]")
REGISTRY_HOST = re.compile(r"(?:files\.pythonhosted|registry\.npmjs|pypi)\.org", re.IGNORECASE)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return tracked()


def test_modules_are_short(files: list[Path]) -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files
        if path.suffix == ".py" and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long, f"modules over {LONGEST} lines: {long}"


def test_the_program_is_thin() -> None:
    assert len((ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) < 40


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["machine path", "registry host"])
def test_no_trace_of_one_machine(files: list[Path], pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group(0)}"
        for path in files
        if path != Path(__file__)
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert not found, "\n".join(found[:20])


def test_locked_dependencies_carry_hashes() -> None:
    for name in ("requirements.txt", "requirements-uv.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)
        assert pins, name
        blocks = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
        bare = [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block]
        assert not bare, f"{name}: no hash for {bare}"

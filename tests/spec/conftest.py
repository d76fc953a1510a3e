"""A copy of the project's stack files that a test may break."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.spec import LoadedStack, Problem, SpecError, load_stack

ROOT = Path(__file__).parents[2]
SANDBOX = "stacks/Pulumi.sandbox.yaml"
OPTIMUS = "stacks/Pulumi.optimus-sandbox.yaml"
CHARTER = "stacks/charters/optimus.yaml"


@dataclass(frozen=True)
class Copy:
    """The project's files in a folder of the test's own."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace what stands exactly once in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        """Write a file, its folder included."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def line(self, file: str, text: str) -> int:
        """The number of the only line that holds a text."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if text in line]
        assert len(found) == 1, f"{text!r} is in lines {found} of {file}"
        return found[0]

    def load(self, stack: str) -> LoadedStack:
        """The stack, which must be right."""
        return load_stack(self.root, stack)

    def problems(self, stack: str) -> tuple[Problem, ...]:
        """What is wrong with the stack, which must not be right."""
        with pytest.raises(SpecError) as error:
            load_stack(self.root, stack)
        return error.value.problems

    def make_production(self) -> None:
        """Turn the examples into a regulated production project in an environment of its own."""
        for file in (SANDBOX, OPTIMUS):
            self.edit(file, "qlz:level: sandbox", "qlz:level: prod")
        self.edit(OPTIMUS, "    environment: sandbox #", "    environment: prod-optimus #")
        self.edit(OPTIMUS, "tier: internal-research", "tier: regulated-production")
        self.edit(OPTIMUS, "    results:\n", "    key: {material: own}\n    results:\n")
        network = '    network: {cidr: "10.40.0.0/20"}\n'
        self.edit(SANDBOX, "    retention:\n", f"{network}    retention:\n")
        self.edit(CHARTER, "tiers: [public-demo, internal-research]", "tiers: [regulated-production]")
        (self.root / SANDBOX).rename(self.root / "stacks/Pulumi.prod-optimus.yaml")
        (self.root / OPTIMUS).rename(self.root / "stacks/Pulumi.optimus-prod.yaml")
        with (self.root / CHARTER).open("a", encoding="utf-8") as charter:
            charter.write(CONTRACT)


CONTRACT = """\
contract:
  reference: AWS-2026-17
  subprocessors: [Amazon Web Services EMEA SARL]
  support_jurisdictions: [GB, US]
  log_jurisdictions: [GB]
  backup_jurisdictions: [GB]
  deletion_days: 90
  verified: "2026-11-01"
  expires: "2027-10-31"
"""


@pytest.fixture
def project(tmp_path: Path) -> Copy:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    # The sandbox alone, with a charter that knows nothing else: what a test adds is what it is about.
    for stack in ("optimus-dev", "optimus-prod"):
        (tmp_path / f"stacks/Pulumi.{stack}.yaml").unlink()
    shutil.copy(Path(__file__).parent / "data/charter.yaml", tmp_path / CHARTER)
    return Copy(tmp_path)

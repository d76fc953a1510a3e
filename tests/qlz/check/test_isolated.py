"""Nothing that lies in the project that is judged is loaded by the judge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
TELLING = "open({told!r}, 'a').write(__name__ + ' ')\nraise SystemExit(0)\n"


def test_an_installation_of_its_own_judges_a_checkout_without_loading_of_it(tmp_path: Path) -> None:
    checkout, told = tmp_path / "checkout", tmp_path / "told"
    for part in ("components", "stacks"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, checkout)
    for name in ("sitecustomize", "usercustomize", "typer", "rich", "json", "socket"):
        (checkout / f"{name}.py").write_text(TELLING.format(told=str(told)))
    (checkout / "x.pth").write_text(f"import os; open({str(told)!r}, 'a').write('pth ')\n")
    for package in ("qlz", "policy_packs", "rehearsal"):
        (checkout / package).mkdir()
        (checkout / package / "__init__.py").write_text(TELLING.format(told=str(told)))
    ran = subprocess.run(
        [sys.executable, "-I", "-m", "qlz", "check", "organization", "--root", "."],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not told.exists(), told.read_text()
    assert ran.returncode == 0, ran.stderr
    assert "1 of 1 stack pass" in ran.stderr

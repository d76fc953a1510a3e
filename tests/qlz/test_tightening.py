"""A date refuses what adds or widens, but for a stack of which the operator says that it only tightens."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from components.spec import load_stack
from policy_packs.controls.exceptions import TIGHTENING
from qlz.stacks import blocking_time_problems

ROOT = Path(__file__).parents[2]
ENDED = date(2030, 1, 1)


@pytest.mark.parametrize(
    ("said", "refused"),
    [("", True), ("optimus-sandbox", False), ("sandbox", True), ("optimus-*", True), ("1", True)],
)
def test_the_operators_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, refused: bool
) -> None:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    monkeypatch.setenv(TIGHTENING, said)
    loaded = load_stack(tmp_path, "optimus-sandbox")
    problems = blocking_time_problems(loaded, ENDED)
    assert bool(problems) is refused
    assert {problem.key for problem in problems} <= {"end"}
    assert any(problem.key == "end" for problem in loaded.time_problems(ENDED)), "it is shown all the same"

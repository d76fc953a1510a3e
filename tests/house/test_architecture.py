"""The architecture's drawings say what the stacks build."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.architecture import page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
EMPTY = "".join(f"<!-- drawn: {name} --><!-- /drawn -->\n" for name in ("way", "stacks"))


def test_the_drawings_are_up_to_date() -> None:
    """In a process of its own: it registers stacks of its own."""
    command = [sys.executable, "-m", "scripts.architecture", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_every_concern_that_is_drawn_is_a_file() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for cloud, title in (("braket", "stacks"), ("azure_quantum", "azure")):
        drawing = text.partition(f"<!-- drawn: {title} -->")[2].partition("<!-- /drawn -->")[0]
        concerns = set(re.findall(r'\["([a-z ]+) <b>\d+</b>"\]', drawing))
        files = {path.stem.replace("_", " ") for path in (ROOT / "components" / cloud).glob("*.py")}
        assert concerns - {"the account itself", "resource group"} <= files
        assert len(concerns) > 6


def test_every_principal_on_azure_is_drawn_with_a_role() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("<!-- drawn: azure-roles -->")[2]
    drawn = dict(re.findall(r'\["<b>([a-z -]+)</b><br/>([^"]*)"\]', text))
    assert {"researchers", "auditors", "pipeline", "service", "project-apply"} <= set(drawn)
    assert all(drawn.values())


def test_a_drawing_takes_the_place_of_the_one_before() -> None:
    once = page(EMPTY, {"way": "one", "stacks": "two"})
    assert "```mermaid\none\n```" in once
    assert page(once, {"way": "three", "stacks": "two"}) == once.replace("one", "three")


def test_a_page_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(SystemExit, match="no place for the drawing data"):
        page(EMPTY, {"data": "x"})

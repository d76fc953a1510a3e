"""The example of docs/exceptions.md, as a file that a test may break."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from pathlib import Path

from components.spec import SpecError, load_stack
from components.spec.exceptions import FOLDER, Recorded, exceptions_of, read_exceptions

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "exceptions.md"
_BLOCK = re.search(r"^( *)```yaml\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
assert _BLOCK is not None
EXAMPLE = textwrap.dedent(_BLOCK[2])
TODAY = date(2026, 11, 22)


def changed(**fields: str | None) -> str:
    """The example with some values as written here; None leaves a field out."""
    text = EXAMPLE
    for key, value in fields.items():
        line = "" if value is None else f"{key}: {value}\n"
        text, count = re.subn(rf"^{key}: .*\n", lambda _: line, text, flags=re.MULTILINE)  # noqa: B023
        assert count == 1, key
    return text


def write(root: Path, text: str, name: str = "simulation-log") -> str:
    """Put it on record; returns its file, relative to the root."""
    file = f"{FOLDER}/{name}.yaml"
    (root / FOLDER).mkdir(exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")
    return file


def judged(root: Path, stack: str = "optimus-sandbox", today: date = TODAY) -> tuple[Recorded, ...]:
    """What is on record for a stack."""
    try:
        loaded = load_stack(root, stack)
    except SpecError:
        loaded = None
    return exceptions_of(stack, read_exceptions(root), loaded, today)


def said(root: Path, stack: str = "optimus-sandbox", today: date = TODAY) -> list[str]:
    """All that is wrong with them."""
    return [str(problem) for each in judged(root, stack, today) for problem in each.problems]

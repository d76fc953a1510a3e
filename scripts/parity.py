"""Writes docs/parity.md: each requirement on each cloud, from what components and controls say they serve.

``python -m scripts.parity`` writes, ``--check`` says whether the page is still true. A component serves what
its docstrings name (``K2``, or ``L1 to L3``), a control what it lists. Titles of the requirements, the
reasons for what a cloud goes without, and the limits of what it has are in parity.json, which is dated.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policy_packs.controls.registry import all_controls

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "parity.md"
DATA = Path(__file__).with_name("parity.json")
CLOUDS = {"aws": "Amazon Braket", "azure": "Azure Quantum"}
FOLDERS = {"braket": "aws", "azure_quantum": "azure"}
AWS_FILES = ("spec/environment.py", "spec/organization.py", "spec/project.py")
"""What stack files on AWS may say; azure.py says the same of the other cloud."""
_NAMED = re.compile(r"\b([WITRKDLVCG])([1-9])(?: to \1([1-9]))?\b")


class ParityError(Exception):
    """The data does not fit the code; the text says where."""


@dataclass(frozen=True)
class Row:
    """One requirement on one cloud. files: below components/; what both clouds share among them."""

    files: tuple[str, ...]
    controls: tuple[str, ...]
    reason: str
    limit: str

    @property
    def served(self) -> bool:
        return bool(self.files or self.controls)


@cache
def data() -> Mapping[str, Any]:
    """Titles, reasons, limits and their date."""
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def named(text: str) -> Iterator[str]:
    """The requirements that a text names."""
    for letter, first, last in _NAMED.findall(text):
        yield from (f"{letter}{number}" for number in range(int(first), int(last or first) + 1))


def docstrings(source: str) -> Iterator[str]:
    """Every docstring of a module, those of its attributes too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value.value if isinstance(node.value.value, str) else ""


def clouds_of(path: Path) -> tuple[str, ...]:
    """The clouds that a file is for; its path as the page shows it."""
    own = FOLDERS.get(path.parts[0])
    if own or path.as_posix() in AWS_FILES:
        return (own or "aws",)
    return ("azure",) if path.stem.startswith("azure") else tuple(CLOUDS)


def serving(root: Path = ROOT) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """Requirement and cloud to files and controls. ParityError for a control that serves no requirement."""
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {
        (requirement, cloud): ([], []) for requirement in data()["requirements"] for cloud in CLOUDS
    }
    components = root / "components"
    for path in (*sorted(components.rglob("*.py")), *sorted((root / "qlz").rglob("*.py"))):
        where = path.relative_to(components if path.is_relative_to(components) else root)
        ids = {one for text in docstrings(path.read_text(encoding="utf-8")) for one in named(text)}
        for requirement in ids & set(data()["requirements"]):
            for cloud in clouds_of(where):
                found[requirement, cloud][0].append(where.as_posix())
    for control in all_controls():
        for requirement in control.requirements:
            if (requirement, "aws") not in found:
                raise ParityError(f"{control.id} serves {requirement}, which parity.json does not list")
            for cloud in CLOUDS if control.cloud == "any" else (control.cloud,):
                found[requirement, cloud][1].append(control.id)
    return found


def rows(root: Path = ROOT) -> dict[tuple[str, str], Row]:
    """The table. ParityError for a requirement with nothing and no reason, or with both."""
    found = {}
    for (requirement, cloud), (files, controls) in serving(root).items():
        reason = data()["without"].get(requirement, {}).get(cloud, "")
        limit = data()["limits"].get(requirement, {}).get(cloud, "")
        row = Row(tuple(files), tuple(controls), reason, limit)
        if row.served and reason:
            raise ParityError(
                f"{requirement} is served on {CLOUDS[cloud]}: take its reason out of parity.json"
            )
        if not row.served and not reason:
            raise ParityError(
                f"{requirement} is not served on {CLOUDS[cloud]}, and parity.json gives no reason"
            )
        found[requirement, cloud] = row
    for kind in ("without", "limits"):
        if unknown := set(data()[kind]) - set(data()["requirements"]):
            raise ParityError(f"parity.json: {kind} names {', '.join(sorted(unknown))}, no requirements")
    return found


def page(table: Mapping[tuple[str, str], Row]) -> str:
    """The page as Markdown."""
    totals = {cloud: sum(table[one, cloud].served for one in data()["requirements"]) for cloud in CLOUDS}
    lines = [
        "# What serves which requirement, on each cloud",
        "",
        "Written by `python -m scripts.parity` from the code; do not edit. A file stands in a cell as its",
        "docstrings name the requirement, a control as it lists it: each does its part, not always all. What",
        "is known to be missing stands in italics. Files are below `components/`, or of `qlz/`; one without",
        "a folder of its cloud serves both, unless it describes one cloud's stack files. The controls are",
        "described in [controls.md](controls.md).",
        "",
        f"Of {len(data()['requirements'])} requirements "
        + " and ".join(f"{count} have something on {CLOUDS[cloud]}" for cloud, count in totals.items())
        + f"; reasons and limits as of {data()['checked']}.",
        "",
        f"| Requirement | {' | '.join(CLOUDS.values())} |",
        "|---|---|---|",
    ]
    for requirement, title in data()["requirements"].items():
        cells = " | ".join(_cell(table[requirement, cloud]) for cloud in CLOUDS)
        lines.append(f"| **{requirement}** {title} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(row: Row) -> str:
    parts = [", ".join(f"`{name}`" for name in row.files), ", ".join(f"`{name}`" for name in row.controls)]
    said = row.reason or row.limit
    return "<br>".join([*filter(None, parts), *([f"*{said}*"] if said else [])])


def main(arguments: list[str] | None = None) -> int:
    """Writes the page, or checks it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if the page is out of date"
    )
    options = parser.parse_args(arguments)
    try:
        text = page(rows())
    except ParityError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if options.check:
        if there != text:
            sys.stderr.write("docs/parity.md is out of date: run python -m scripts.parity\n")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

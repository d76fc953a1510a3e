"""How a list of stacks is written for the CI systems."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence

Rows = Sequence[Mapping[str, str]]


def as_json(rows: Rows) -> str:
    """One line: what a matrix of GitHub Actions is made of."""
    return json.dumps(list(rows)) + "\n"


def as_names(rows: Rows) -> str:
    """One stack a line."""
    return "".join(f"{row['stack']}\n" for row in rows)


def as_after(rows: Rows) -> str:
    """Each stack, and the environment that it waits for, if any, one a line."""
    return "".join(f"{row['stack']} {row['after']}".rstrip() + "\n" for row in rows)


def as_lines(rows: Rows) -> str:
    """Cloud and stack, one a line, for a shell to read."""
    return "".join(f"{row['cloud']} {row['stack']}\n" for row in rows)


def as_shell(rows: Rows) -> str:
    """Assignments QLZ_… of one stack, quoted for a shell."""
    return "".join(f"QLZ_{key.upper()}={shlex.quote(value)}\n" for row in rows for key, value in row.items())


def as_azure(rows: Rows) -> str:
    """The stacks of azure-pipelines.yml: service connections must be known before a run begins."""
    lines = ["stacks:" if rows else "stacks: []"]
    for row in azure_rows(rows):
        pairs = ", ".join(f"{key}: {json.dumps(value)}" for key, value in row.items())
        lines.append(f"  - {{ {pairs} }}")
    return "\n".join(lines) + "\n"


def azure_rows(rows: Rows) -> list[dict[str, str]]:
    """What stages.yml reads of each row."""
    return [{key: row[key] for key in ("stack", "cloud", "role", "place")} for row in rows]


FORMATS: Mapping[str, Callable[[Rows], str]] = {
    "after": as_after,
    "json": as_json,
    "lines": as_lines,
    "names": as_names,
    "shell": as_shell,
    "azure": as_azure,
}

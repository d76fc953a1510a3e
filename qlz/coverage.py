"""What the local cloud truly plays, by type and property."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rehearsal.aws.model import MODEL, Carried
from rehearsal.aws.model.coverage import coverage_of

STYLES = {Carried.EMULATED.value: "green", Carried.RECORDED.value: "yellow", Carried.REFUSED.value: "red"}


def coverage_rows(types: Collection[str] | None) -> list[dict[str, Any]]:
    """One entry per type (all of them for None): its properties, each with how it is carried and why."""
    return [
        {
            "type": token,
            "properties": [
                {"name": p.property, "carried": p.carried.value, "note": p.note}
                for p in coverage_of(model).properties
            ],
            "notes": list(model.notes),
        }
        for token, model in sorted(MODEL.items())
        if types is None or token in types
    ]


def show_coverage(rows: list[dict[str, Any]]) -> None:
    """The table, on stdout: it is what the command was asked for."""
    table = Table(box=None, pad_edge=False)
    for column in ("type", "property", "carried", "note"):
        table.add_column(column)
    for row in rows:
        label = row["type"]
        for prop in row["properties"]:
            style = STYLES[prop["carried"]]
            table.add_row(label, prop["name"], Text(prop["carried"], style), Text(prop["note"], "dim"))
            label = ""
        for note in row["notes"]:
            table.add_row(label, "", "", Text(note, "dim"))
            label = ""
    Console(highlight=False).print(table)

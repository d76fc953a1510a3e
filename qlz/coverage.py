"""What the local clouds truly play, by type and property."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rich.console import Console
from rich.text import Text

from rehearsal.aws import model as aws
from rehearsal.azure import model as azure
from rehearsal.provider.model.schema import Carried

STYLES = {Carried.EMULATED.value: "green", Carried.RECORDED.value: "yellow", Carried.REFUSED.value: "red"}


def coverage_rows(types: Collection[str] | None) -> list[dict[str, Any]]:
    """One entry per type (all of them for None): its properties, each with how it is carried and why."""
    return [
        {
            "type": entry.type,
            "properties": [
                {"name": p.property, "carried": p.carried.value, "note": p.note} for p in entry.properties
            ],
            "notes": list(entry.notes),
        }
        for entry in sorted((*aws.coverage(), *azure.coverage()), key=lambda entry: entry.type)
        if types is None or entry.type in types
    ]


def show_coverage(rows: list[dict[str, Any]]) -> None:
    """The list, on stdout: it is what the command was asked for. Reasons stand with what is not emulated."""
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        console.print(Text(row["type"], "bold"))
        for carried, style in STYLES.items():
            found = [prop for prop in row["properties"] if prop["carried"] == carried]
            if carried == Carried.EMULATED.value and found:
                console.print(Text.assemble(f"  {carried}  ", (", ".join(p["name"] for p in found), style)))
                continue
            for prop in found:
                note = f"  {prop['note']}" if prop["note"] else ""
                console.print(Text.assemble(f"  {carried}  ", (prop["name"], style), (note, "dim")))
        for note in row["notes"]:
            console.print(Text(f"  note      {note}", "dim"))

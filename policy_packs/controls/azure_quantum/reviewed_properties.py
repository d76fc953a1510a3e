"""C1: of reviewed kinds of Azure resources only the properties that other controls know how to judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

DATA: Final = Path(__file__).resolve().parents[1] / "data" / "reviewed_azure_properties.json"
Tree = dict[str, Any]
"""Names of properties to what may be set in them; empty for whatever it is."""


@cache
def reviewed() -> dict[str, Tree]:
    """Each type's properties, from the dated list beside the controls."""
    found: dict[str, Tree] = {}
    for kind, paths in json.loads(DATA.read_text(encoding="utf-8"))["types"].items():
        tree = found.setdefault(kind, {})
        for path in paths:
            place = tree
            for name in path.split("."):
                place = place.setdefault(name, {})
    return found


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    for value in _set(resource.props, reviewed()[resource.type]):
        if value.unknown:
            yield undecided(value, resource)
        else:
            yield fail(f"it sets {value.path}, which this landing zone has not reviewed", resource)


def _set(value: Value, tree: Tree) -> Iterator[Value]:
    """What is set and in no list, or may be: an object of which nothing is known."""
    if value.unknown:
        yield value
    for name, part in value.items():
        if part.absent:
            continue
        below = tree.get(name, tree.get("*"))
        if below is None:
            yield part
        elif below:
            for each in part.elements():
                yield from _set(each, below)


CONTROL = Control(
    id="qlz-c1-azure-reviewed-properties",
    title="Only reviewed properties of Azure resources",
    why=(
        "A guard that is set as reviewed can be undone by a property beside it: an alarm that counts one"
        " caller alone, a log with a daily cap, a budget with a filter."
    ),
    fix=(
        "Leave the property out; or have it reviewed: the controls that judge it first, then its entry in"
        " reviewed_azure_properties.json."
    ),
    requirements=("C1", "G4", "L4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-6", "CM-7(5)"),
        "iso-27001-2022-annex-a": ("A.8.9",),
        "ncsc-cloud-principles": ("5", "14"),
        "csa-ccm-4": ("CCC-04",),
    },
    types=tuple(reviewed()),
    judge=judge,
    cloud="azure",
)

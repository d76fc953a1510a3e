"""C1: only kinds of resources that the other controls know how to judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts

_CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
DATA = Path(__file__).resolve().parents[1] / "data" / "reviewed_types.json"


@cache
def reviewed() -> frozenset[str]:
    """Type tokens, from the dated list beside the controls."""
    return frozenset(json.loads(DATA.read_text(encoding="utf-8"))["types"])


@cache
def through_cloud_control() -> frozenset[str]:
    """Types of Cloud Control, which makes anything, from the same list."""
    return frozenset(json.loads(DATA.read_text(encoding="utf-8"))["cloud_control"])


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == _CLOUD_CONTROL:
        yield from expect(
            resource["typeName"],
            lambda name: name in through_cloud_control(),
            f"{resource['typeName']}, through Cloud Control, is not a type this landing zone has reviewed",
        )
        return
    if resource.type.startswith(("azure-native:", "pulumi:providers:azure-native")):
        return  # judged by qlz-c1-azure-reviewed-types
    if resource.is_component or resource.type in reviewed():
        return
    yield fail(f"{resource.type} is not a type this landing zone has reviewed")


CONTROL = Control(
    id="qlz-c1-reviewed-types",
    title="Only reviewed kinds of resources",
    why="A kind of resource that no control understands can carry data, rights or money past all of them.",
    fix=(
        "Use a reviewed kind; or have the new one reviewed: its controls first, then its entry in "
        "reviewed_types.json."
    ),
    requirements=("C1", "G4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-7(5)",),
        "iso-27001-2022-annex-a": ("A.5.9", "A.8.9"),
        "ncsc-cloud-principles": ("5", "14"),
        "csa-ccm-4": ("CCC-04",),
    },
    types=(),
    judge=judge,
    admits_exceptions=False,
)

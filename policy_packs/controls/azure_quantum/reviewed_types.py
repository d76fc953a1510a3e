"""C1: only kinds of Azure resources that the other controls know how to judge, and one cloud a stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from policy_packs.controls.azure import PREFIX, PROVIDER
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts

DATA = Path(__file__).resolve().parents[1] / "data" / "reviewed_azure_types.json"


@cache
def reviewed() -> frozenset[str]:
    """Type tokens, from the dated list beside the controls."""
    return frozenset(json.loads(DATA.read_text(encoding="utf-8"))["types"])


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    of_azure = resource.type.startswith(PREFIX) or resource.type == PROVIDER
    of_aws = resource.type.startswith(("aws:", "pulumi:providers:aws"))
    if not (of_azure or of_aws):
        return
    declared = facts.need()
    if of_azure and declared.azure is None:
        yield fail("it is of Azure, and the stack file describes a stack on AWS")
    elif of_aws and declared.azure is not None:
        yield fail("it is of AWS, and the stack file describes a stack on Azure")
    elif of_azure and resource.type not in reviewed():
        yield fail(f"{resource.type} is not a type this landing zone has reviewed")


CONTROL = Control(
    id="qlz-c1-azure-reviewed-types",
    title="Only reviewed kinds of Azure resources",
    why=(
        "A kind of resource that no control understands, or an old version of one, can carry data, rights or"
        " money past all of them."
    ),
    fix=(
        "Use a reviewed kind, without a version in its type; or have the new one reviewed: its controls"
        " first, then its entry in reviewed_azure_types.json."
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
    cloud="azure",
    admits_exceptions=False,
)

"""K2: where a tier demands own key material, people import it, and it passes through no program or state."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import KEY, KEYS
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == KEY:
        declared = facts.need()
        if declared.is_project and declared.own_key:
            yield fail("AWS makes its material, and the tier demands the organisation's own")
        return
    # Never read: whatever it is, known here it is known to everybody who can read the state.
    if not resource["keyMaterialBase64"].absent:
        yield fail("its material passes through the program and lies in the state")
    yield from expect(
        resource["validTo"],
        lambda until: until is None,
        "its material runs out by itself, and all data with it",
    )
    yield from expect(
        resource["keySpec"],
        lambda kind: kind in (None, "SYMMETRIC_DEFAULT"),
        "it is of a kind that no store encrypts with",
    )


CONTROL = Control(
    id="qlz-k2-own-material",
    title="Own key material is imported by people",
    why=(
        "Material that a program holds can be read in its state by whoever runs it, and AWS's own cannot be"
        " taken back from AWS."
    ),
    fix=(
        "Make an ExternalKey without key_material_base64 and valid_to, and import the material as"
        " docs/own-key-material.md says."
    ),
    requirements=("K2", "K1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-12",),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-08", "CEK-10"),
    },
    types=KEYS,
    judge=judge,
)

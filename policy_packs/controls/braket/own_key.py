"""K2: regulated production has a key whose material is the organisation's own, and no other."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import EXTERNAL_KEY, KEY
from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, Stack, fail
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not (declared.is_project and declared.own_key) or declared.lifecycle == "decommissioned":
        return
    if not stack.of_type(EXTERNAL_KEY):
        yield fail("it has no key whose material the organisation could take back")
    for key in stack.of_type(KEY):
        yield fail("its material is made and kept by AWS, and the tier demands the organisation's own", key)


CONTROL = Control(
    id="qlz-k2-own-key",
    title="Regulated data is under own key material",
    why="Material that AWS made cannot be taken back from AWS, whatever a court or a contract says.",
    fix="Set key: {material: own} in the stack file; the program then makes an ExternalKey.",
    requirements=("K2", "R5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12",),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-08", "CEK-10"),
        "uk-gdpr": ("32",),
    },
    types=(KEY, EXTERNAL_KEY),
    judge_stack=judge_stack,
    levels=UPPER_ONLY,
)

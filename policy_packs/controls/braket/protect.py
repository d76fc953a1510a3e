"""K5, L7: keys, logs and stores do not vanish with a line of code. Policies do not see deletes; `protect`
stops them.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET, KEYS, LOG_GROUP, SECRET, TRAIL
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if facts.need().lifecycle == "decommissioned":
        return
    if not resource.protect:
        yield fail("it is not protected")
    if resource.type == BUCKET:
        yield from expect(
            resource["forceDestroy"],
            lambda force: force in (None, False),
            "it may be deleted with all it holds",
        )


CONTROL = Control(
    id="qlz-l7-protected",
    title="Keys, logs and stores are protected",
    why="A resource left out of a program is deleted by the next update, and its data with it.",
    fix="Set protect=True; to take a project away, set its lifecycle to decommissioned first.",
    requirements=("L7", "K5", "C3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-5", "AU-9"),
        "iso-27001-2022-annex-a": ("A.5.33", "A.8.32"),
        "ncsc-cloud-principles": ("2", "5"),
        "csa-ccm-4": ("CCC-04", "LOG-02"),
        "uk-gdpr": ("32",),
    },
    types=(*KEYS, BUCKET, LOG_GROUP, SECRET, TRAIL),
    judge=judge,
)

"""K5, L7: vaults, keys, stores, workspaces and logs do not vanish with a line of code."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import GROUP, KEY, LOG, STORAGE, VAULT, WORKSPACE
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    # A group's deletion deletes what is in it.
    if facts.need().lifecycle != "decommissioned" and not resource.protect:
        yield fail("it is not protected")


CONTROL = Control(
    id="qlz-l7-azure-protected",
    title="Vaults, stores and logs are protected",
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
    types=(GROUP, KEY, LOG, STORAGE, VAULT, WORKSPACE),
    judge=judge,
    cloud="azure",
)

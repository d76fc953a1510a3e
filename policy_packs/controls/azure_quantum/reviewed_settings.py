"""L1, L4, L5, C1: what watches and keeps is there on Azure, and set as it was reviewed."""

from __future__ import annotations

from policy_packs.controls.control import Control, Severity
from policy_packs.controls.reviewed_settings import judge, types

CONTROL = Control(
    id="qlz-c1-azure-reviewed-settings",
    title="Guards on Azure are there, and set as reviewed",
    why=(
        "A guard that is left out, or of which one setting is another, looks like one that works; nobody"
        " sees it until it is needed."
    ),
    fix=(
        "Declare it as data/reviewed_settings.json says; a setting changes there first, reviewed, and in the"
        " program then."
    ),
    requirements=("L1", "L4", "L5", "C1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-6", "AU-12", "SI-4(5)"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.8.16"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-03", "LOG-05"),
    },
    types=types("azure"),
    judge_stack=judge,
    cloud="azure",
)

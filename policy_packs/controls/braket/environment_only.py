"""W3, T4: what serves or shows a whole account is made by its environment, never by a project in it."""

from __future__ import annotations

from policy_packs.controls.aws import ACCOUNT_ACCESS, LOG_POLICY, SERVICE_LINKED_ROLE, TRAIL
from policy_packs.controls.control import Control, Severity
from policy_packs.controls.environment_only import left_to_environments

# Identity providers and alert addresses are judged by qlz-i1-declared-ways-in.
_WHOLE_ACCOUNT = {
    TRAIL: "it shows everything that the account's other projects do",
    LOG_POLICY: "it opens log groups of the whole account",
    ACCOUNT_ACCESS: "it is the whole account's setting, and would go with the project",
    SERVICE_LINKED_ROLE: "all projects of the account need it, and it would go with this one",
}

CONTROL = Control(
    id="qlz-w3-environment-only",
    title="Projects make nothing that concerns the whole account",
    why="A project that owns a part of its account can watch the other projects, or take it away from them.",
    fix="Leave it to the environment's stack, and read what it exports.",
    requirements=("W3", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AU-9(4)"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.22"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06", "LOG-04"),
    },
    types=tuple(_WHOLE_ACCOUNT),
    judge=left_to_environments(_WHOLE_ACCOUNT),
    admits_exceptions=False,
)

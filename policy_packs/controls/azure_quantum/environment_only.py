"""W3, T4: what serves or shows a whole subscription is made by its environment, never by a project in it."""

from __future__ import annotations

from policy_packs.controls.azure import (
    ACTION_GROUP,
    ACTIVITY_ALERT,
    ELIGIBILITY,
    IMMUTABILITY,
    LOG,
    POLICY_ASSIGNMENT,
    POLICY_DEFINITION,
    ROLE_DEFINITION,
    ROLE_RULES,
)
from policy_packs.controls.control import Control, Severity
from policy_packs.controls.environment_only import left_to_environments

_WHOLE_SUBSCRIPTION = {
    ACTION_GROUP: "it decides who is told of every project",
    ACTIVITY_ALERT: "it looks at the whole subscription",
    ELIGIBILITY: "whoever makes people eligible can make anybody eligible for anything",
    IMMUTABILITY: "a project's payloads must stay deletable",
    LOG: "logs are the environment's, whose readers a project does not choose",
    POLICY_ASSIGNMENT: "policies stand above the projects",
    POLICY_DEFINITION: "policies stand above the projects",
    ROLE_DEFINITION: "a role's content is decided above the projects that give it",
    ROLE_RULES: "whoever writes the rules of elevation approves himself",
}

CONTROL = Control(
    id="qlz-w3-azure-environment-only",
    title="Projects make nothing that concerns the whole subscription",
    why="A project that owns a part of its subscription can watch the other projects, or lift their locks.",
    fix="Leave it to the environment's stack, and read what it exports.",
    requirements=("W3", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AU-9(4)"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.22"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06", "LOG-04"),
    },
    types=tuple(_WHOLE_SUBSCRIPTION),
    judge=left_to_environments(_WHOLE_SUBSCRIPTION),
    cloud="azure",
    admits_exceptions=False,
)

"""I8, T4: a project's roles are allowed reviewed actions only, each by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from policy_packs.controls.aws import IDENTITY_POLICIES, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts

DATA = Path(__file__).resolve().parents[1] / "data" / "reviewed_actions.json"


@cache
def reviewed() -> frozenset[str]:
    """Actions in lower case, from the dated list beside the controls."""
    return frozenset(action.lower() for action in json.loads(DATA.read_text(encoding="utf-8"))["actions"])


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if not facts.need().is_project:
        return
    for document in identity_documents(resource):
        for statement in document.allows():
            if statement.not_actions:
                yield fail(f"{statement.label} allows all actions but a list")
            for action in statement.actions:
                if action.lower() not in reviewed():
                    yield fail(f"{statement.label} allows {action}, which nobody has reviewed for projects")


CONTROL = Control(
    id="qlz-i8-reviewed-actions",
    title="A project's roles do reviewed things only",
    why=(
        "An action nobody has thought about may show other projects, take off a lock, or start something "
        "that no lock holds."
    ),
    fix=(
        "Name a reviewed action, no pattern; or have the new one reviewed: the boundary first, then its entry"
        " in reviewed_actions.json."
    ),
    requirements=("I8", "T4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-6", "CM-7(5)"),
        "csa-ccm-4": ("IAM-05",),
        "iso-27001-2022-annex-a": ("A.8.2",),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
)

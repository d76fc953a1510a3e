"""L7: only the trail is immutable: payloads must stay deletable while logs are kept."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import CONTAINER, IMMUTABILITY, STORAGE, low, need_azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

TRAIL_CONTAINER = "insights-activity-logs"  # where Azure puts the activity log


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    need_azure(facts)
    if resource.type == IMMUTABILITY:
        name = resource["containerName"]
        if name.unknown:
            yield undecided(name)
        elif not facts.need().is_environment or low(name) != TRAIL_CONTAINER:
            yield fail(f"it makes {name} immutable, which is not the trail")
    elif resource["immutableStorageWithVersioning"]:
        yield fail("what is in it cannot be deleted")


CONTROL = Control(
    id="qlz-l7-azure-immutability",
    title="Payloads stay deletable",
    why="After an incident payloads go and logs stay; an immutable results store keeps what must be deleted.",
    fix="Leave immutability to the trail's container in the environment's stack.",
    requirements=("L7", "C3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-9", "SI-12(3)"),
        "iso-27001-2022-annex-a": ("A.5.33", "A.8.10"),
        "ncsc-cloud-principles": ("2", "13"),
        "csa-ccm-4": ("LOG-02", "DSP-16"),
        "uk-gdpr": ("17",),
    },
    types=(IMMUTABILITY, STORAGE, CONTAINER),
    judge=judge,
    cloud="azure",
)

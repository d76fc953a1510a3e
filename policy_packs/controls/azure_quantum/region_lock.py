"""R1: everything is in the location that the stack file names, and is copied nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    ACTION_GROUP,
    ACTIVITY_ALERT,
    GROUP,
    IDENTITY,
    LOG,
    PREFIX,
    QUERY_ALERT,
    STORAGE,
    VAULT,
    WORKSPACE,
    low,
    need_azure,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

# Left out, azure-native takes a group's location, or the provider's, or the machine's.
_LOCATED = (GROUP, IDENTITY, LOG, QUERY_ALERT, STORAGE, VAULT, WORKSPACE)
_GLOBAL = (ACTION_GROUP, ACTIVITY_ALERT)  # Azure has them in one location of its own, and they hold no data
# Locally or zone redundant: geo-redundant ones are copied to the paired region.
_SKUS = ("Standard_LRS", "Standard_ZRS", "Premium_LRS", "Premium_ZRS")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if not resource.type.startswith(PREFIX):
        return
    need_azure(facts)
    allowed, location = facts.need().region, resource["location"]
    if resource.type in _LOCATED and location.absent:
        yield undecided("its location is not written down")
    elif location.unknown:
        yield undecided(location)
    elif not location.absent:
        here = low(location).replace(" ", "")
        if here != ("global" if resource.type in _GLOBAL else allowed):
            yield fail(f"its location is {location}, the stack allows {allowed}")
    if resource.type == STORAGE:
        sku = resource["sku"]["name"]
        yield from expect(sku, lambda name: name in _SKUS, f"its sku {sku} copies it to another region")
    if resource["replication"]:
        yield fail("it is replicated")


CONTROL = Control(
    id="qlz-r1-azure-locations",
    title="Everything stays in the stack's location",
    why="Data, keys and logs outside the agreed location break the residency promise made for the project.",
    fix="Write the stack's own location, and storage that stays there; to move, change azure.location.",
    requirements=("R1",),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-4", "SA-9"),
        "iso-27001-2022-annex-a": ("A.5.23", "A.5.31"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-10",),
        "uk-gdpr": ("44", "32"),
    },
    types=(),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

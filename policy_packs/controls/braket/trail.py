"""L5: the trail records every management action in every region, and can be checked for gaps."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import TRAIL
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    yield from expect(resource["isMultiRegionTrail"], lambda on: on is True, "it sees one region only")
    yield from expect(
        resource["enableLogFileValidation"], lambda on: on is True, "changes to it go unnoticed"
    )
    yield from expect(resource["enableLogging"], lambda on: on in (None, True), "it is turned off")
    yield from expect(
        resource["includeGlobalServiceEvents"], lambda on: on in (None, True), "it leaves IAM and STS out"
    )
    for selector in resource["eventSelectors"]:
        yield from expect(
            selector.get("includeManagementEvents"),
            lambda on: on in (None, True),
            "it leaves management actions out",
        )
        yield from expect(
            selector.get("excludeManagementEventSources"), lambda out: not out, "it leaves some services out"
        )
        yield from expect(
            selector.get("readWriteType"), lambda kind: kind in (None, "All"), "it leaves reads or writes out"
        )
    advanced = resource["advancedEventSelectors"]
    if advanced and not advanced.known:
        yield undecided(advanced)
    elif advanced and not any(_all_management(selector) for selector in advanced):
        yield fail("it leaves management actions out")


def _all_management(selector: Value) -> bool:
    """A selector with the one condition that the events be management events."""
    fields = selector.get("fieldSelectors").elements()
    return len(fields) == 1 and fields[0].equals({"field": "eventCategory", "equals": ["Management"]}) is True


CONTROL = Control(
    id="qlz-l5-trail",
    title="The trail records everything",
    why="What the trail leaves out can be done without anybody ever knowing who did it.",
    fix=(
        "Make the trail multi-region, with log file validation, global events and no selector that leaves "
        "actions out."
    ),
    requirements=("L5", "L1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AU-2", "AU-12"),
        "iso-27001-2022-annex-a": ("A.8.15",),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-07", "LOG-11"),
    },
    types=(TRAIL,),
    judge=judge,
    admits_exceptions=False,
)

"""L1, C2: a log group says how long it keeps its entries."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import LOG_GROUP
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    # Absent and 0 both mean for ever.
    yield from expect(
        resource["retentionInDays"],
        lambda days: isinstance(days, int) and days > 0,
        "it keeps its entries for ever",
    )
    yield from expect(
        resource["logGroupClass"],
        lambda kind: kind in (None, "", "STANDARD"),
        "it is of a class without alarms",
    )


CONTROL = Control(
    id="qlz-l1-log-retention",
    title="Logs are kept for a stated time",
    why="Entries without an end pile up metadata about people and experiments that nobody agreed to keep.",
    fix="Set retention_in_days to what the environment's stack file says.",
    requirements=("L1", "T3", "C2"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("AU-11", "SI-12"),
        "iso-27001-2022-annex-a": ("A.8.10", "A.8.15"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("DSP-16", "LOG-04"),
        "uk-gdpr": ("5",),
    },
    types=(LOG_GROUP,),
    judge=judge,
)

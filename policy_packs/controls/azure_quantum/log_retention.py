"""T3, L1: a log says for how long it keeps what it knows of people and jobs."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import LOG, need_azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect
from policy_packs.controls.stack_facts import StackFacts

_LONGEST = 730
"""Days that a workspace keeps at most (Azure Monitor, "Manage data retention")."""


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    need_azure(facts)
    yield from expect(
        resource["retentionInDays"],
        lambda days: isinstance(days, int) and 0 < days <= _LONGEST,
        "how long it keeps its entries is left to Azure, or is too long",
    )
    yield from expect(
        resource["features"]["immediatePurgeDataOn30Days"],
        lambda on: on in (None, False) or resource["retentionInDays"] == 30,
        "it drops its entries after 30 days, whatever its retention says",
    )


CONTROL = Control(
    id="qlz-t3-azure-log-retention",
    title="Logs are kept for a stated time on Azure",
    why="Metadata of jobs, kept without an end, tells of people and experiments long after anybody agreed.",
    fix="Set retention_in_days to what the environment's stack file says.",
    requirements=("T3", "L1", "C2"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("AU-11", "SI-12"),
        "iso-27001-2022-annex-a": ("A.8.10", "A.8.15"),
        "ncsc-cloud-principles": ("2", "13"),
        "csa-ccm-4": ("DSP-16", "LOG-04"),
        "uk-gdpr": ("5",),
    },
    types=(LOG,),
    judge=judge,
    cloud="azure",
)

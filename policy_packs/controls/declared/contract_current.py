"""R3: the contract record was checked within a year, and has not run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_YEAR = timedelta(days=366)


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    contract = spec.contract
    if not declared.is_project or contract is None or declared.lifecycle == "decommissioned":
        return
    if spec.today > contract.expires:
        yield fail(f"its contract record ran out on {contract.expires}")
    if spec.today - contract.verified > _YEAR:
        yield fail(f"its contract record was last checked on {contract.verified}, more than a year ago")
    if contract.verified > spec.today:
        yield fail(f"its contract record was checked on {contract.verified}, which has not come yet")


CONTROL = Control(
    id="qlz-r3-contract-current",
    title="The contract record is up to date",
    why="Subprocessors and places change; last year's record describes last year's provider.",
    fix="Check the record with the provider, then set verified and expires in the charter.",
    requirements=("R3", "G3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SA-9", "SR-6", "SA-4"),
        "iso-27001-2022-annex-a": ("A.5.19", "A.5.20", "A.5.22"),
        "ncsc-cloud-principles": ("8",),
        "csa-ccm-4": ("A&A-04",),
        "uk-gdpr": ("28", "30"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    levels=UPPER_ONLY,
    timed=True,
)

"""R3: the contract record says who handles the data, where it is kept, and when it is gone."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_LONGEST = 365
"""Days until the provider has deleted what was deleted; more is no deletion anybody waits for."""


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    contract = spec.contract
    if contract is None:
        yield fail("its charter holds no contract record")
        return
    for what in ("reference", "subprocessors", "support", "logs", "backups"):
        if not getattr(contract, what):
            yield fail(f"its contract record says nothing of {what}")
    told = " ".join(contract.subprocessors).lower()
    for provider in sorted({device.provider for device in spec.devices if device.outside}):
        if provider.lower() not in told:
            yield fail(f"its contract record does not name {provider} among the subprocessors")
    if contract.deletion_days > _LONGEST:
        yield fail(
            f"the provider deletes after {contract.deletion_days} days, at most {_LONGEST} are allowed"
        )


CONTROL = Control(
    id="qlz-r3-contract-record",
    title="The contract record is complete",
    why="Whoever is not in the record handles the data under terms that nobody has read.",
    fix="Fill in the charter's contract: every subprocessor, support, logs, backups and deletion in days.",
    requirements=("R3", "R4"),
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
)

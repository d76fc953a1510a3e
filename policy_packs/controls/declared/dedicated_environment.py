"""W3, T2: pre-production and regulated production share their account with no other project."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    if declared.is_environment:
        own = {each.name for each in spec.tenants if not declared.name.endswith(f"prod-{each.name}")}
        for name in sorted(own):
            yield fail(f"the project {name} lives in it, and it is another's")
        return
    if not declared.is_project:
        return
    if spec.environment_file not in (f"prod-{declared.project}", f"azure-prod-{declared.project}"):
        yield fail(f"it lives in {spec.environment_file}, which is not the project's own environment")
    for other in spec.siblings:
        if other.account == declared.account:
            yield fail(f"it shares its account with {other.name}")


CONTROL = Control(
    id="qlz-w3-dedicated-environment",
    title="Regulated work has an environment of its own",
    why="Shared accounts leave a residue: logs, quotas and lists that no permission keeps apart.",
    fix="Give the project an environment prod-PROJECT (azure-prod-PROJECT) with an account of its own.",
    requirements=("W3", "T2", "T4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-7(21)", "SC-4"),
        "iso-27001-2022-annex-a": ("A.8.22", "A.8.31"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06",),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    levels=UPPER_ONLY,
    admits_exceptions=False,
)

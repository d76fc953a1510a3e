"""V4, G3: what was decided about a provider is decided anew every year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policy_packs.controls.control import UPPER_MANDATORY, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_YEAR = timedelta(days=366)


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project or declared.lifecycle == "decommissioned":
        return
    spec = declared.need_spec()
    decided = {device.provider: device.vendor.decided for device in spec.devices if device.vendor}
    for provider, day in sorted(decided.items()):
        if spec.today - day > _YEAR:
            yield fail(f"{provider} was last assessed on {day}, more than a year ago")
        if day > spec.today:
            yield fail(f"{provider} was assessed on {day}, which has not come yet")


CONTROL = Control(
    id="qlz-v4-vendors-current",
    title="Providers are assessed every year",
    why="Providers move, are bought and change their terms; last year's answers are about another provider.",
    fix="Assess the provider again, and set the day in components/catalog/vendors.json.",
    requirements=("V4", "G3"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("SR-6", "SA-9", "SR-3"),
        "iso-27001-2022-annex-a": ("A.5.19", "A.5.21", "A.5.22"),
        "ncsc-cloud-principles": ("8",),
        "csa-ccm-4": ("A&A-04",),
        "uk-gdpr": ("28",),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    levels=UPPER_MANDATORY,
    timed=True,
)

"""V4, T2: a device is used in tiers that its provider was accepted for, with data it was accepted for."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_ISOLATION = ("logical", "reservation", "control-plane", "regional", "dedicated-hardware")


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    sent: dict[str, set[str]] = {}
    for hop in spec.data_path:
        if hop.step == "qpu-operator":
            sent.setdefault(hop.provider, set()).add(hop.data_class)
    for device in spec.devices:
        vendor = device.vendor
        if vendor is None:
            yield fail(f"{device.id} is run by {device.provider}, whom nobody has assessed")
            continue
        if spec.tier not in vendor.hosts:
            yield fail(f"{device.id}: {device.provider} was not accepted for {spec.tier}")
        if vendor.isolation not in _ISOLATION:
            yield fail(f"{device.id}: nobody has recorded how {device.provider} keeps its customers apart")
        for name in sorted(sent.get(device.provider, set()) - set(vendor.takes)):
            yield fail(f"{device.id}: {device.provider} was not accepted for {name} data")
        if not vendor.evidence:
            yield fail(f"{device.id}: what was verified of {device.provider} has no evidence")


CONTROL = Control(
    id="qlz-v4-vendors",
    title="Providers are accepted for the tier and the data",
    why="A provider's promises differ by device and change; what nobody checked is not promised.",
    fix="Use another device, or assess the provider: its entry in components/catalog/vendors.json.",
    requirements=("V4", "T2", "R4"),
    severity=Severity.HIGH,
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
)

"""R4, W1: whoever runs a device outside the cloud stands in the data path, by name and outside."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    operators = [hop for hop in spec.data_path if hop.step == "qpu-operator"]
    named = {hop.provider for hop in operators if not hop.inside}
    for device in spec.devices:
        if (device.processor or device.outside) and device.provider not in named:
            yield fail(f"{device.id} is run by {device.provider}, whom no hop outside the boundary names")
    for hop in operators:
        if hop.inside:
            yield fail(f"its data path has {hop.system} inside the boundary, which its operator is not")
        if not hop.provider:
            yield fail(f"its data path does not say who runs {hop.system}")
        if hop.region in (declared.region, *declared.also):
            yield fail(f"{hop.system} is given as being in {hop.region}, the cloud's region for its API")


CONTROL = Control(
    id="qlz-r4-operators-named",
    title="Operators of devices are named in the data path",
    why="A quantum processor is its operator's machine at its operator's place, whatever region the API has.",
    fix="Add a qpu-operator hop with provider, its own place and inside: false for each such device.",
    requirements=("R4", "W1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SA-9", "SR-3"),
        "iso-27001-2022-annex-a": ("A.5.21", "A.5.23"),
        "ncsc-cloud-principles": ("8",),
        "csa-ccm-4": ("DSP-03", "DSP-10"),
        "uk-gdpr": ("30", "44"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

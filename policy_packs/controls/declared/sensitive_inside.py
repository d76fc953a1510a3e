"""R5: the sensitive part stays inside, under the charter's law; what leaves was prepared before."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_SENSITIVE = ("confidential", "restricted")
_HARMLESS = frozenset({"aggregated", "parameterised", "synthetic"})
_STAYS = ("source", "pre-processing", "result-store")


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    prepared, raw = False, ""
    for hop in spec.data_path:
        if hop.inside and hop.data_class == "raw":
            prepared, raw = False, hop.system
        if hop.inside and hop.step == "pre-processing" and hop.data_class != "raw":
            prepared = True
        if hop.step in _STAYS and not hop.inside:
            yield fail(f"{hop.system} ({hop.step}) is outside the boundary")
        if hop.inside:
            continue
        if raw and not prepared:
            yield fail(f"nothing inside prepares the raw data of {raw} before it goes to {hop.system}")
        if spec.classification in _SENSITIVE and hop.data_class not in _HARMLESS:
            yield fail(f"{hop.data_class} data of a {spec.classification} project goes to {hop.system}")


CONTROL = Control(
    id="qlz-r5-sensitive-inside",
    title="The sensitive part stays inside",
    why="Where no promise about a place can be had, what goes there must not need one.",
    fix="Keep source, preparation and results inside; send out de-identified or synthetic artefacts alone.",
    requirements=("R5", "R2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SI-19", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.11", "A.8.12"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-10", "DSP-17"),
        "uk-gdpr": ("25", "44"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

"""R2: only classes of data that the charter names leave the boundary, and raw data never does."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_MAY_LEAVE = frozenset({"aggregated", "parameterised", "synthetic", "derived"})


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    for name in spec.data_leaving:
        if name not in _MAY_LEAVE:
            yield fail(f"its charter lets {name} data leave the boundary")
    for hop in spec.data_path:
        if not hop.inside and hop.data_class not in spec.data_leaving:
            yield fail(f"{hop.data_class} data goes to {hop.system}, outside; the charter does not name it")


CONTROL = Control(
    id="qlz-r2-minimised",
    title="Only what was named leaves the boundary",
    why="What has left cannot be called back, so its class is decided before, and raw data is never one.",
    fix="Prepare the data inside, and name its class under data_leaving, such as parameterised.",
    requirements=("R2", "R5"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SA-8(33)", "SI-12(1)", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.11", "A.8.12"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-07", "UEM-11"),
        "uk-gdpr": ("5", "25"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

"""W2, W3: a stack has a tier that its charter admits, that its level may host and that its data allows."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import TIERS, Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

# Written out again, not read from the specification: a row changed there shows itself here.
_HOSTED = {"sandbox": TIERS[:2], "dev": TIERS[1:2], "prod": TIERS[2:]}
_CLASSES = ("public", "internal", "confidential", "restricted")
_MOST = dict(zip(TIERS, _CLASSES, strict=True))


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    if spec.tier not in spec.tiers:
        yield fail(f"its tier {spec.tier} is not among the charter's ({', '.join(spec.tiers)})")
    if spec.tier not in _HOSTED.get(declared.level, ()):
        yield fail(f"its tier {spec.tier} may not live at level {declared.level}")
    if spec.tier != declared.tier:
        yield fail(f"it is judged as {declared.tier}, and declares {spec.tier}")
    if spec.classification not in _CLASSES:
        yield fail(f"its data is of the class {spec.classification}, which nobody has defined")
    elif spec.tier in _MOST and _CLASSES.index(spec.classification) > _CLASSES.index(_MOST[spec.tier]):
        yield fail(f"{spec.classification} data is too sensitive for {spec.tier}")


CONTROL = Control(
    id="qlz-w2-tier",
    title="The tier fits charter, level and data",
    why="The tier decides what is demanded, so a tier too low is a way round every other control.",
    fix="Choose a tier of the charter that the level may host and that is made for such data.",
    requirements=("W2", "W3", "D1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("RA-2", "PL-10"),
        "iso-27001-2022-annex-a": ("A.5.12",),
        "ncsc-cloud-principles": ("2", "3"),
        "csa-ccm-4": ("DSP-04",),
        "uk-gdpr": ("24", "32"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

"""W1: the data path is whole: it begins and ends inside, and each hop says what it is."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Enforcement, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_NEEDED = ("source", "submission-api", "result-store")
_ORDER = ("source", "pre-processing", "submission-api", "qpu-operator", "result-store", "analytics")


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    path = declared.need_spec().data_path
    for step in _NEEDED:
        if step not in {hop.step for hop in path}:
            yield fail(f"its data path has no hop {step}")
    if path and not path[0].inside:
        yield fail(f"its data path begins outside the boundary, at {path[0].system}")
    if path and not path[-1].inside:
        yield fail(f"its data path ends outside the boundary, at {path[-1].system}")
    for number, hop in enumerate(path, 1):
        for what in ("system", "region", "jurisdiction", "data_class", "credential"):
            if not str(getattr(hop, what)).strip():
                yield fail(f"hop {number} of its data path ({hop.step}) says no {what.replace('_', ' ')}")
    places = [_ORDER.index(hop.step) for hop in path if hop.step in _ORDER]
    if places != sorted(places):
        yield fail("the hops of its data path are not in the order in which a job takes them")


CONTROL = Control(
    id="qlz-w1-data-path",
    title="The data path is whole",
    why="Where a hop is missing, nobody has decided what may be there, and the map of the data is wrong.",
    fix="Write every hop into the charter's data_path, in order: source first, and back inside at the end.",
    requirements=("W1", "G6"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-12", "AC-4", "PL-8"),
        "iso-27001-2022-annex-a": ("A.5.9", "A.5.14"),
        "ncsc-cloud-principles": ("2", "8"),
        "csa-ccm-4": ("DSP-03",),
        "uk-gdpr": ("30",),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    levels={"public-demo": Enforcement.ADVISORY},
)

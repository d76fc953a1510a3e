"""W4: a project's environments are apart: what may act in a lower one cannot reach a higher one."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail, undecided
from policy_packs.controls.declarations import Sibling, Spec
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    for other in spec.siblings:
        if not other.level:
            yield undecided(f"the file of {other.name}, of the same project, cannot be read")
        elif other.level != declared.level:
            yield from _apart(declared, spec, other)
    if declared.level == "prod" and not any(other.level in ("sandbox", "dev") for other in spec.siblings):
        yield fail("it has no stack at a lower level, so nothing was tried before it came to production")


def _apart(declared: Declared, spec: Spec, other: Sibling) -> Iterator[Finding]:
    if other.account == declared.account:
        yield fail(f"{other.name}, at level {other.level}, has the same account")
    for own in spec.places:
        if (own.repository.lower(), own.place.lower()) == (
            other.place.repository.lower(),
            other.place.place.lower(),
        ):
            yield fail(f"the pipeline of {other.name}, at level {other.level}, could act in it: {own.place}")
    if shared := sorted(set(spec.groups.values()) & set(other.groups.values())):
        yield fail(f"{other.name}, at level {other.level}, lets in the same group of people, {shared[0]}")


CONTROL = Control(
    id="qlz-w4-promotion",
    title="Sandbox, dev and production are apart",
    why="A proof of concept whose identity also opens production makes production a proof of concept.",
    fix="Give each environment its own account, place in the CI system and groups; begin at a lower level.",
    requirements=("W4", "D1", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("CM-3", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.31", "A.8.32"),
        "ncsc-cloud-principles": ("3", "7"),
        "csa-ccm-4": ("IVS-06", "CCC-04"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
)

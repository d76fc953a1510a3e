"""C1: somebody answers for each stack and pays for it, and says what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOBODY = re.compile(r"(no-?reply|donotreply|nobody|root|admin|test)@", re.IGNORECASE)
_WORDS = 4
"""A purpose in fewer words says nothing that a reviewer could object to."""


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    if not _ADDRESS.fullmatch(spec.owner) or _NOBODY.match(spec.owner):
        yield fail(f"its owner, {spec.owner or 'nobody'}, is no address of somebody who answers for it")
    if len(spec.purpose.split()) < _WORDS:
        yield fail("its purpose does not say what it is for")
    if not spec.cost_centre.strip():
        yield fail("no cost centre pays for it")


CONTROL = Control(
    id="qlz-c1-owner-and-purpose",
    title="An owner, a purpose and a cost centre",
    why="What nobody answers for is reviewed, paid and taken away by nobody.",
    fix="Write owner, purpose and cost_centre into the charter, or an environment's own file.",
    requirements=("C1", "G5"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-8", "PM-11", "AC-2"),
        "iso-27001-2022-annex-a": ("A.5.2", "A.5.9"),
        "ncsc-cloud-principles": ("4",),
        "csa-ccm-4": ("DCS-06", "IAM-03"),
        "uk-gdpr": ("24", "30"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
)

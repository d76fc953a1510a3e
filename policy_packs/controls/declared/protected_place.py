"""D3: what applies a change comes from a protected place, which a change under review is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared

# Names of places where code runs before anybody has looked at it.
_UNREVIEWED = re.compile(
    r"(^|[/_. -])(pull|pr|pull[-_]?requests?|merge[-_]?requests?|mr|feature|fix|draft|wip|fork)s?([/_. -]|$)",
    re.I,
)
_APPLIES = ("project", "environment-apply", "project-apply")


def judge_spec(declared: Declared) -> Iterator[Finding]:
    spec = declared.need_spec()
    for place in spec.places:
        if not place.place.strip() or any(sign in place.place for sign in "*?"):
            yield fail(f"{place.who} comes from {place.place or 'nowhere in particular'}: no one place")
        elif place.who in _APPLIES and _UNREVIEWED.search(place.place):
            yield fail(f"{place.who} comes from {place.place}, where changes run before their review")
    if declared.is_environment and declared.level != "sandbox" and not spec.places:
        yield fail("no pipeline is named, so changes come from people's machines, without a review")


CONTROL = Control(
    id="qlz-d3-protected-place",
    title="Changes are applied from a protected place",
    why="A pipeline that a pull request can start applies what nobody has reviewed.",
    fix="Name a protected environment, branch or service connection that only merged work reaches.",
    requirements=("D3", "I2", "W4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-3", "CM-5", "SA-10"),
        "iso-27001-2022-annex-a": ("A.8.32", "A.8.25"),
        "ncsc-cloud-principles": ("7",),
        "csa-ccm-4": ("CCC-04", "AIS-04"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
)

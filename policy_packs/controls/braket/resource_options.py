"""C1, L7: what a program says is what will be, and a resource takes over nothing but its own earlier self.

A check judges a program as if nothing existed yet. With `ignore_changes` the old value stays at an update, so
that what was judged is not what is there. With an alias of another kind an update takes a guard out of the
state, and makes something else of it. No engine shows policies `retain_on_delete`, `deleted_with` and
`replace_on_changes`: they weaken nothing that is there, and what one leaves behind keeps its own guards. Nor
`plugin_download_url`, which the embedded engine refuses; a pipeline downloads no plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts

_GENERATION = re.compile(r"V\d+$")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.is_component:
        return
    facts.need()
    if resource.ignored:
        names = ", ".join(resource.ignored)
        yield fail(f"changes of {names} are ignored, so that an older value stays whatever the program says")
    for alias in resource.aliases:
        if _place(alias) != _place(resource.urn):
            yield fail(f"its alias {alias} is of another stack or project")
        elif _kind(alias.split("::")[2].rpartition("$")[2]) != _kind(resource.type):
            yield fail(f"its alias {alias} would make it of a resource of another kind")


def _place(urn: str) -> tuple[str, ...]:
    """Stack and project."""
    return tuple(urn.split("::")[:2]) if urn.count("::") >= 3 else ()


def _kind(type_token: str) -> tuple[str, str]:
    """Provider and name: SDKs give every resource aliases of other modules, versions and generations of its
    type."""
    return type_token.partition(":")[0], _GENERATION.sub("", type_token.rpartition(":")[2]).lower()


CONTROL = Control(
    id="qlz-c1-plain-options",
    title="No ignored changes, no foreign aliases",
    why="What is judged is what the program says; these options keep something else in its place.",
    fix="Leave ignore_changes out; give an alias only for an earlier name or parent of the same resource.",
    requirements=("C1", "L7", "G4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-3", "CM-6"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.8.32"),
        "ncsc-cloud-principles": ("5",),
        "csa-ccm-4": ("CCC-04", "CCC-07"),
    },
    types=(),
    judge=judge,
    cloud="any",
)

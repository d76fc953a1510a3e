"""L6, I7: a frozen project gets no way in and no data role back, whatever its program says."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    CREDENTIAL,
    ELIGIBILITY,
    FREEZE_MARK,
    GROUP,
    ROLE_ASSIGNMENT,
    guid_of,
    is_frozen,
    need_azure,
    role_of,
    said,
)
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    taken = {row.role for row in need_azure(facts).grants if row.data}
    for group in stack.of_type(GROUP):
        if said(group, "tags").unknown:
            yield undecided(said(group, "tags"), group)
    if not facts.need().is_project or not is_frozen(stack):
        return
    for made in stack.of_type(ROLE_ASSIGNMENT):
        if role_of(made).unknown:
            yield undecided(role_of(made), made)
        elif guid_of(role_of(made)) in taken:
            yield fail("it gives a role on data back, and the project is frozen", made)
    for made in stack.of_type(CREDENTIAL, ELIGIBILITY):
        yield fail("it lets somebody in, and the project is frozen", made)


CONTROL = Control(
    id="qlz-l6-azure-freeze",
    title="Frozen stays frozen",
    why="An update that gives roles back thaws a project in the middle of the incident it was frozen for.",
    fix=f"Leave data roles, credentials and eligibilities out while the group has the tag {FREEZE_MARK}.",
    requirements=("L6", "I7"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-2(3)", "AC-2(13)", "IR-4"),
        "iso-27001-2022-annex-a": ("A.5.26",),
        "ncsc-cloud-principles": ("5", "9"),
        "csa-ccm-4": ("SEF-03", "IAM-07"),
        "uk-gdpr": ("32",),
    },
    types=(GROUP, ROLE_ASSIGNMENT, CREDENTIAL, ELIGIBILITY),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

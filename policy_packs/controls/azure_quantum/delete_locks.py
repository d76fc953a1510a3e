"""L7: nobody deletes workspaces, stores or vaults of an active stack, whatever role he has."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    LOCK,
    ROLE_ASSIGNMENT,
    STORAGE,
    VAULT,
    WORKSPACE,
    arm_id,
    low,
    need_azure,
    said,
)
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    locks = set()
    lockable = {arm_id(each, azure) for each in stack.of_type(STORAGE, VAULT, WORKSPACE)} - {""}
    for lock in stack.of_type(LOCK):
        level, scope = said(lock, "level"), said(lock, "scope")
        if not (level.known and scope.known):
            yield undecided(level if not level.known else scope, lock)
        elif level.text() != "CanNotDelete":
            yield fail(f"it is a lock of level {level}: ReadOnly stops jobs or nothing", lock)
        else:
            locks.add(low(scope))
            if low(scope) not in lockable:  # such as an identity, whose credential a freeze takes away
                yield fail(f"it locks {scope}, which is no store, vault or workspace of this stack", lock)
    if declared.lifecycle == "decommissioned":
        return
    kinds = (STORAGE, VAULT, WORKSPACE) if declared.is_project else (STORAGE,)
    for resource in stack.of_type(*kinds):
        if arm_id(resource, azure) not in locks:
            yield fail("nothing locks it against deletion", resource)
    for given in stack.of_type(ROLE_ASSIGNMENT):
        scope_of = f"{low(said(given, 'scope'))}/"
        if any(scope_of.startswith(f"{lock}/") for lock in locks):
            yield fail("it is under a lock, so that a freeze could not take it away", given)


CONTROL = Control(
    id="qlz-l7-azure-delete-locks",
    title="Stores and vaults are locked against deletion",
    why="A program's protect holds back this program only; a lock holds back everybody, by any tool.",
    fix="Lock each resource with CanNotDelete, not the group: roles at a locked scope cannot be taken away.",
    requirements=("L7", "C3", "L6"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-5", "AU-9"),
        "iso-27001-2022-annex-a": ("A.5.33", "A.8.32"),
        "ncsc-cloud-principles": ("2", "5"),
        "csa-ccm-4": ("CCC-04", "LOG-02"),
        "uk-gdpr": ("32",),
    },
    types=(LOCK, STORAGE, VAULT, WORKSPACE),
    judge_stack=judge_stack,
    cloud="azure",
)

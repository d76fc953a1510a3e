"""K4: a project's key can be taken out of use at once, by people who cannot use it."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import KEY, ROLE_ASSIGNMENT, guid_of, need_azure, role_of, who
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_REVOKES = "administer-keys"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    keys = stack.of_type(KEY)
    if not declared.is_project or not keys or declared.lifecycle == "decommissioned":
        return
    given = stack.of_type(ROLE_ASSIGNMENT)
    holders = {who(stack, made) for made in given if _kind(azure.role_kinds, guid_of(role_of(made)))}
    if not holders:
        unread = [made for made in given if role_of(made).unknown]
        if unread:
            yield undecided(role_of(unread[0]), unread[0])
        else:
            yield fail("nobody has the role administer-keys, so nobody could disable it", keys[0])
    data = {row.role for row in azure.grants if row.data}
    for made in given:
        if guid_of(role_of(made)) in data and who(stack, made) in holders:
            yield fail("it lets an administrator of the key read the data, too", made)


def _kind(kinds: object, role: str) -> bool:
    return isinstance(kinds, dict) and kinds.get(role) == _REVOKES


CONTROL = Control(
    id="qlz-k4-azure-key-revocable",
    title="A project's key can be taken out of use at once",
    why="Disabling the key is what still helps when everything else is in other hands.",
    fix="Give the project's key administrators the role administer-keys, and no role on data.",
    requirements=("K4", "K7"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2", "12"),
        "csa-ccm-4": ("CEK-08",),
    },
    types=(KEY, ROLE_ASSIGNMENT),
    judge_stack=judge_stack,
    cloud="azure",
)

"""K2: every key has an alias of this landing zone, by which policies name it before its ARN exists."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ALIAS, KEYS, names_key
from policy_packs.controls.control import Control, Finding, Severity, Stack, expect, fail
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    # Policies admit by alias, so a project that takes another's name would be taken for it.
    own = f"alias/qlz/{declared.environment}/{declared.project}" if declared.is_project else "alias/qlz"
    aliases = stack.of_type(ALIAS)
    for key in stack.of_type(*KEYS):
        if not any(names_key(stack, alias, key) for alias in aliases):
            yield fail("it has no alias", key)
    for alias in aliases:
        if not any(names_key(stack, alias, key) for key in stack.of_type(*KEYS)):
            yield fail("it names a key that is not of this stack", alias)
        yield from expect(
            alias["name"],
            lambda name: isinstance(name, str) and (name == own or name.startswith(f"{own}/")),
            f"its name is not {own} or below it",
            alias,
        )


CONTROL = Control(
    id="qlz-k2-key-alias",
    title="Every key has its alias",
    why="Policies admit roles to keys by alias, so a key without one is used by nobody or by the wrong role.",
    fix="Declare an aws.kms.Alias for the key, named alias/qlz/ENVIRONMENT/PROJECT or below that.",
    requirements=("K2",),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("SC-12",),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-08",),
    },
    types=(*KEYS, ALIAS),
    judge_stack=judge_stack,
)

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.protect import CONTROL
from tests.policies.azure_quantum.things import PROJECT, account, az, identity, key, vault, workspace
from tests.policies.support import UNREADABLE, Case, Cases, analyze

CASES = Cases(CONTROL, PROJECT)

CASES.passes("protected", [replace(each, protect=True) for each in (account(), vault(), key(), workspace())])
CASES.passes("what holds nothing", identity("pipeline"))
CASES.passes("a stack that is to go", account(), declared=replace(PROJECT, lifecycle="decommissioned"))
for each in (account(), vault(), key(), workspace(), az("resources:ResourceGroup", {})):
    CASES.fails(each.type, each, "it is not protected")


def test_an_unreadable_stack_is_not_decided() -> None:
    (found,) = analyze([CONTROL], account(), UNREADABLE)
    assert "cannot be decided" in found.message


CASES.unreadable(account())


def test_case(case: Case) -> None:
    case.check()

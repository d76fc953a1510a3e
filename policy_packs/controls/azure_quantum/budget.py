"""D1: a project that may use quantum processors has a budget that tells somebody; Azure stops no spending."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from policy_packs.controls.azure import BUDGET, inside, low, need_azure, said
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    if not declared.is_project or declared.lifecycle == "decommissioned":
        return
    if not any(".qpu." in target for target in azure.targets):
        return
    agreed = declared.need_spec().budget
    own = [each for each in stack.of_type(BUDGET) if inside(low(said(each, "scope")), azure)]
    if not own:
        yield fail("it may use quantum processors, and no budget tells what they cost")
    for budget in own:
        yield from _judge(budget, agreed, azure)


def _judge(budget: Resource, agreed: str, azure: Azure) -> Iterator[Finding]:
    amount, notices = said(budget, "amount"), said(budget, "notifications")
    if not (amount.known and notices.known):
        yield undecided(amount if not amount.known else notices, budget)
        return
    number = amount.plain()
    if not isinstance(number, int | float) or not 0 < Decimal(str(number)) <= Decimal(agreed or "0"):
        yield fail(f"its amount is {amount}, the stack file says {agreed or 'nothing'}", budget)
    if not any(_tells(notice, azure) for _, notice in notices.items()):
        yield fail("it tells the environment's action group only after the money is spent, or never", budget)


def _tells(notice: Value, azure: Azure) -> bool:
    """Whether a notice comes at the latest when the money is spent, to those who hear the alarms."""
    threshold = notice["threshold"].plain()
    return (
        notice["enabled"].plain() is True
        and notice["operator"].text() in ("GreaterThan", "GreaterThanOrEqualTo")
        and isinstance(threshold, int | float)
        and 0 < threshold <= 100
        and azure.alert_group in {low(group) for group in notice["contactGroups"]}
    )


CONTROL = Control(
    id="qlz-d1-azure-budget",
    title="A budget tells what quantum processors cost",
    why="Azure limits no spending: whoever is not told reads of it on the bill.",
    fix="Give the project a budget of the stack file's amount, with a notice to the action group by 100%.",
    requirements=("D1",),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("SC-5", "CM-6"),
        "iso-27001-2022-annex-a": ("A.8.6",),
        "ncsc-cloud-principles": ("5", "14"),
        "csa-ccm-4": ("IVS-02",),
    },
    types=(BUDGET,),
    judge_stack=judge_stack,
    cloud="azure",
)

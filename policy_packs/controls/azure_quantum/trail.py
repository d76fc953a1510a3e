"""L5: the subscription's activity log goes to both logs and to a store that nobody changes."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    DIAGNOSTICS,
    IMMUTABILITY,
    STORAGE,
    arm_id,
    at_least,
    low,
    need_azure,
    said,
)
from policy_packs.controls.azure_quantum.immutability import TRAIL_CONTAINER
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail
from policy_packs.controls.stack_facts import StackFacts

_NEEDED = {"operational": {"administrative", "policy"}, "security": {"administrative", "policy", "security"}}
_TRAIL = {"administrative", "policy", "security"}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    if not facts.need().is_environment:
        return
    settings = [each for each in stack.of_type(DIAGNOSTICS) if low(said(each, "resourceUri")) == azure.scope]
    for name, log in (("operational", azure.operational_log), ("security", azure.security_log)):
        found = _categories([each for each in settings if low(said(each, "workspaceId")) == log])
        if missing := _NEEDED[name] - found:
            yield fail(f"the activity log's {', '.join(sorted(missing))} does not go to the {name} log")
    stores = {arm_id(account, azure): account for account in stack.of_type(STORAGE)}
    kept = [each for each in settings if low(said(each, "storageAccountId")) in stores]
    if missing := _TRAIL - _categories(kept):
        yield fail(f"the activity log's {', '.join(sorted(missing))} goes to no store of this stack")
    for setting in kept:
        account = stores[low(said(setting, "storageAccountId"))]
        locks = [
            each
            for each in stack.of_type(IMMUTABILITY)
            if low(said(each, "accountName")) == low(said(account, "accountName"))
            and low(said(each, "containerName")) == TRAIL_CONTAINER
        ]
        if not locks:
            yield fail("the trail in it can be deleted or changed", account)
        for lock in locks:
            days = said(lock, "immutabilityPeriodSinceCreationInDays")
            least = azure.trail_lock_days
            yield from expect(
                days,
                at_least(least),
                f"it keeps the trail for {days} days, the stack says {least}",
                lock,
            )


def _categories(settings: list[Resource]) -> set[str]:
    return {
        low(row["category"])
        for setting in settings
        for row in said(setting, "logs")
        if row["enabled"] == True  # noqa: E712 - a Value
    }


CONTROL = Control(
    id="qlz-l5-azure-trail",
    title="The activity log is kept where nobody changes it",
    why="An intruder's first wish is to remove the record of how he came in.",
    fix="Send the activity log to both logs and to the trail's account, whose container is immutable.",
    requirements=("L5", "L1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AU-9", "AU-11", "AU-12"),
        "iso-27001-2022-annex-a": ("A.5.33", "A.8.15"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-02", "IAM-12"),
    },
    types=(DIAGNOSTICS, IMMUTABILITY, STORAGE),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

"""C2, T3: a project's results are gone when its tier says, with the days they can be brought back."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import BLOBS, LIFECYCLE, STORAGE, low, need_azure, said
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

_UNDO = ("deleteRetentionPolicy", "containerDeleteRetentionPolicy")
_EVERYTHING = {"blockBlob", "appendBlob"}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    if not facts.need().is_project:
        return
    most = need_azure(facts).most_days
    for account in stack.of_type(STORAGE):
        policies, services = _of(stack, account, LIFECYCLE), _of(stack, account, BLOBS)
        if not policies or not services:
            yield fail("it says nowhere when its blobs are gone, or when deleted ones are", account)
        unknown = [
            value
            for each, key in (
                *((p, "policy") for p in policies),
                *((s, key) for s in services for key in _UNDO),
            )
            if not (value := said(each, key)).known
        ]
        if unknown:
            yield undecided(unknown[0], account)
            continue
        undo = max((_undo(service) for service in services), default=0)
        for policy in policies:
            days = [found for rule in said(policy, "policy")["rules"] if (found := _days(rule)) is not None]
            if not days:
                yield fail("no rule of its lifecycle deletes every blob by its age", account)
            elif min(days) + undo > most:
                yield fail(f"its blobs live {min(days)} and {undo} days, the tier allows {most}", account)
        for service in services:
            if said(service, "isVersioningEnabled") != False:  # noqa: E712 - a Value
                yield fail("it keeps former versions, which the lifecycle leaves alone", account)
            if said(service, "restorePolicy")["enabled"] == True:  # noqa: E712 - a Value
                yield fail("it can be set back in time", account)


def _of(stack: Stack, account: Resource, kind: str) -> tuple[Resource, ...]:
    name = low(said(account, "accountName"))
    return tuple(each for each in stack.of_type(kind) if name and low(said(each, "accountName")) == name)


def _undo(service: Resource) -> int:
    """Days for which deleted blobs, or containers with what is in them, can be brought back."""
    policies = [said(service, key) for key in _UNDO]
    found = [each["days"].plain() for each in policies if each["enabled"] != False]  # noqa: E712 - a Value
    return max((days for days in found if isinstance(days, int)), default=0)


def _days(rule: Value) -> int | None:
    """The age at which a rule deletes every blob there is; None where it leaves some out."""
    filters = rule["definition"]["filters"]
    kinds = {each.text() for each in filters["blobTypes"]}
    days = rule["definition"]["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"].plain()
    narrow = bool(filters["prefixMatch"]) or bool(filters["blobIndexMatch"])
    off = rule["enabled"] == False  # noqa: E712 - a Value; left out means on
    return days if isinstance(days, int) and not off and not narrow and kinds >= _EVERYTHING else None


CONTROL = Control(
    id="qlz-c2-azure-results-retention",
    title="Results are gone in time",
    why="Results and circuits that nobody deletes are there for every later intruder and subpoena.",
    fix="Give the account one rule for all blobs whose days, with those of soft delete, fit the tier.",
    requirements=("C2", "T3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SI-12",),
        "iso-27001-2022-annex-a": ("A.8.10",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-16", "DSP-02"),
        "uk-gdpr": ("5", "17"),
    },
    types=(STORAGE, LIFECYCLE, BLOBS),
    judge_stack=judge_stack,
    cloud="azure",
)

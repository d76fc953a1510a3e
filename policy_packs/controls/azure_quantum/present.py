"""L7, R1, K2: what a stack on Azure must have is there: deletes are not judged, so it is missed here."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    ACTION_GROUP,
    ACTIVITY_ALERT,
    GROUP,
    KEY,
    LOG,
    POLICY_ASSIGNMENT,
    ROLE_ASSIGNMENT,
    STORAGE,
    VAULT,
    WORKSPACE,
    guid_of,
    is_frozen,
    low,
    need_azure,
    role_of,
    said,
    who,
)
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail
from policy_packs.controls.stack_facts import Declared, StackFacts

_ENVIRONMENT = {
    ACTION_GROUP: "nobody who is told of alarms",
    ACTIVITY_ALERT: "no alarm on changes of its guards",
    LOG: "no log",
    POLICY_ASSIGNMENT: "no policy above the projects",
    STORAGE: "no store for the trail",
}
_WORKS = {"alarms": "its alarms read nothing", "trail": "the trail cannot be written"}
_PROJECT = {
    GROUP: "no group of its own",
    STORAGE: "no store for jobs and results",
    WORKSPACE: "no workspace",
}
_KEYS = {KEY: "no key of its own", VAULT: "no vault for its key"}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    if declared.lifecycle == "decommissioned":
        return
    for token, without in _needed(declared).items():
        if not stack.of_type(token):
            yield fail(f"it has {without}")
    if declared.is_environment and not any(
        azure.role_kinds.get(guid_of(role_of(made))) == "responder" for made in stack.of_type(ROLE_ASSIGNMENT)
    ):
        yield fail("nobody has the role responder, so nobody could freeze a project")
    if declared.is_environment:
        yield from _work(stack, azure)
    if declared.is_project and not is_frozen(stack) and not stack.of_type(ROLE_ASSIGNMENT):
        yield fail("it gives nobody a role, so people would ask for wider ones")


def _work(stack: Stack, azure: Azure) -> Iterator[Finding]:
    """The rights by which alarms read the logs, and the trail's store its key."""
    given = {
        (who(stack, made), guid_of(role_of(made)), low(said(made, "scope")))
        for made in stack.of_type(ROLE_ASSIGNMENT)
    }
    for row in azure.grants:
        without = _WORKS.get(row.who.removeprefix(f"identity:qlz-{azure.label}-"))
        if without and (row.who.lower(), row.role, row.scope.lower()) not in given:
            yield fail(f"{row.who.partition(':')[2]} has no right at {row.scope}, so {without}")


def _needed(declared: Declared) -> dict[str, str]:
    if declared.is_environment:
        return _ENVIRONMENT
    return {**_PROJECT, **(_KEYS if declared.customer_key else {})}


CONTROL = Control(
    id="qlz-l7-azure-present",
    title="What a stack on Azure must have is there",
    why="A guard left out of a program is deleted by the next update, and no rule over resources sees it go.",
    fix="Put it back into the program; to take the stack away, set its lifecycle to decommissioned first.",
    requirements=("L7", "R1", "K2", "L6", "L4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-2", "AU-9", "CM-8"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.5.33"),
        "ncsc-cloud-principles": ("2", "5"),
        "csa-ccm-4": ("CCC-07", "CCC-04"),
    },
    types=(*_ENVIRONMENT, *_PROJECT, *_KEYS, ROLE_ASSIGNMENT),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

"""I8, I4: whoever may give roles on does so under a condition: these roles, and none to himself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.azure import (
    IDENTITY,
    ROLE_ASSIGNMENT,
    guid_of,
    low,
    need_azure,
    role_of,
    said,
    who,
)
from policy_packs.controls.azure_facts import reviewed
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_WRITE, _DELETE = (f"microsoft.authorization/roleassignments/{verb}" for verb in ("write", "delete"))
_ATTRIBUTE = r"microsoft\.authorization/roleassignments"
# The one shape that is understood (role-based-access-control/delegate-role-assignments-examples).
_FORM = re.compile(
    rf"(?:\(\(!\(actionmatches\{{'{_ATTRIBUTE}/write'\}}\)\)or"
    rf"\(@request\[{_ATTRIBUTE}:roledefinitionid\]foranyofanyvalues:guidequals\{{(?P<given>[0-9a-f,-]+)\}}and"
    rf"@request\[{_ATTRIBUTE}:principalid\]foranyofanyvalues:guidnotequals\{{(?P<self>[0-9a-f-]+)\}}\)\)and)?"
    rf"\(\(!\(actionmatches\{{'{_ATTRIBUTE}/delete'\}}\)\)or"
    rf"\(@resource\[{_ATTRIBUTE}:roledefinitionid\]foranyofanyvalues:guidequals\{{(?P<taken>[0-9a-f,-]+)\}}\)\)"
)


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    for made in stack.of_type(ROLE_ASSIGNMENT):
        kind = azure.role_kinds.get(guid_of(role_of(made)), "")
        actions = {action.lower() for action in reviewed()["roles"].get(kind, {}).get("actions", ())}
        if not actions & {_WRITE, _DELETE}:
            continue
        rows = [row for row in azure.grants if row.role == guid_of(role_of(made))]
        allowed = {role for row in rows for role in row.gives}
        yield from _judge(stack, made, allowed, writes=_WRITE in actions)


def _judge(stack: Stack, made: Resource, allowed: set[str], writes: bool) -> Iterator[Finding]:
    condition, version = said(made, "condition"), said(made, "conditionVersion")
    if condition.unknown:
        # It names its holder, whom Azure has not made yet: nothing else may stand behind it.
        behind = {each.urn for each in stack.behind(made, "condition")}
        holder = {each.urn for each in stack.behind(made, "principalId") if each.type == IDENTITY}
        if not behind or behind != holder:
            yield undecided(condition, made)
        return
    if not condition.text():
        yield fail("it may give roles on, under no condition", made)
        return
    found = _FORM.fullmatch("".join(low(condition).split()))
    if found is None or version.text() != "2.0":
        yield undecided("its condition is of a form that is not understood", made)
        return
    if writes and not found["given"]:
        yield fail("its condition does not limit which roles it gives", made)
    for part in ("given", "taken"):
        for role in sorted(set((found[part] or "").split(",")) - allowed - {""}):
            yield fail(f"its condition lets the role {role} be {part}, which is not its to give", made)
    if writes and found["self"] and found["self"] not in _own_ids(stack, made):
        yield fail("its condition lets it give roles to itself", made)


def _own_ids(stack: Stack, made: Resource) -> set[str]:
    holder = who(stack, made)
    ids = {low(each["principalId"]) for each in stack.of_type(IDENTITY) if holder.startswith("identity:")}
    return (ids & {low(said(made, "principalId"))}) if ids else {holder}


CONTROL = Control(
    id="qlz-i8-azure-delegation",
    title="Roles are given on under a condition",
    why="Whoever gives any role to anybody is an owner by another name.",
    fix="Give it the condition that names the roles of azure_roles.json and leaves its holder out.",
    requirements=("I8", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6(1)", "AC-6(5)", "AC-5"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.2"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-09", "IAM-16"),
    },
    types=(ROLE_ASSIGNMENT,),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

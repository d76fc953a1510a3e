"""I8, K7: a role definition holds what has been reviewed for its kind, and can be given here alone."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import ROLE_DEFINITION, low, need_azure, one_of
from policy_packs.controls.azure_facts import reviewed
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Plain, Value


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    named = resource["roleDefinitionId"]
    if not named.known:
        yield undecided(named)
        return
    kind = azure.role_kinds.get(low(named).rpartition("/")[2])
    if kind is None:
        yield fail(f"{named} is none of the reviewed roles")
        return
    for key, wanted in _wanted(azure.scope):
        yield from expect(
            resource[key],
            one_of(wanted),
            f"its {key} goes beyond the subscription",
        )
    permissions = resource["permissions"]
    if not permissions.known:
        yield undecided(permissions)
        return
    limit = reviewed()["roles"][kind]
    for part in permissions:
        yield from _judge(part, {key: {one.lower() for one in limit[key]} for key in limit}, kind)


def _wanted(scope: str) -> tuple[tuple[str, Plain], ...]:
    return ("assignableScopes", [scope]), ("scope", scope)


def _judge(part: Value, limit: dict[str, set[str]], kind: str) -> Iterator[Finding]:
    for key, name in (("actions", "actions"), ("dataActions", "data_actions")):
        for action in part[key]:
            if low(action) in limit[name]:
                continue
            wide = "a wildcard that" if "*" in action.text() else "which"
            yield fail(f"it holds {action}, {wide} has not been reviewed for {kind}")
    if missing := limit["not_actions"] - {low(each) for each in part["notActions"]}:
        yield fail(f"it does not leave out {', '.join(sorted(missing))}")


CONTROL = Control(
    id="qlz-i8-azure-reviewed-actions",
    title="Roles hold what has been reviewed",
    why="An action added to a role reaches everybody who has it, in every project, at once.",
    fix="Take it out, or have it reviewed: then it joins azure_roles.json for this role.",
    requirements=("I8", "K7"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-6(1)", "CM-5"),
        "iso-27001-2022-annex-a": ("A.8.2", "A.8.3"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-05", "CCC-04"),
    },
    types=(ROLE_DEFINITION,),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

"""R1, I2: an environment denies other locations above every project, and others its own identities."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import POLICY_ASSIGNMENT, POLICY_DEFINITION, low, need_azure, said, texts
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Plain, Value

_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
_COMPARES = ("equals", "notEquals", "in", "notIn", "like", "notLike")
_KEYS = "Microsoft.Storage/storageAccounts"
_WEAKENED = ("notScopes", "overrides", "resourceSelectors", "parameters", "identity")


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    azure = need_azure(facts)
    if not declared.is_environment:
        return
    own = {_id(each, azure.scope) for each in stack.of_type(POLICY_DEFINITION)} - {""}
    for made in stack.of_type(POLICY_ASSIGNMENT):
        yield from _judge_assignment(made, own)
    for made in stack.of_type(POLICY_DEFINITION):
        effect = said(made, "policyRule")["then"]["effect"]
        if not effect.known:
            yield undecided(effect, made)
        elif low(effect) != "deny":
            yield fail(f"its effect is {effect}: only what denies is understood", made)
    for what, mode, scope, condition in _needed(declared, azure):
        rule: dict[str, Plain] = {"if": condition, "then": {"effect": "deny"}}
        defined = [each for each in stack.of_type(POLICY_DEFINITION) if _says(each, mode, rule)]
        ids = {_id(each, azure.scope) for each in defined}
        assigned = [
            each
            for each in stack.of_type(POLICY_ASSIGNMENT)
            if low(said(each, "scope")) == scope and low(said(each, "policyDefinitionId")) in ids
        ]
        if not defined or not assigned:
            yield fail(f"nothing denies {what}")
    if not _guards_identities(stack, azure):
        yield fail("nothing denies other workloads to come in as the environment's own identities")


def _needed(declared: Declared, azure: Azure) -> Iterator[tuple[str, str, str, Plain]]:
    """What is denied, letter for letter: in words, the mode, the scope, the condition."""
    there: list[Plain] = [declared.region, *declared.also]
    yield (
        "resources outside its locations",
        "Indexed",
        azure.scope,
        {"field": "location", "notIn": [*there, "global"]},
    )
    yield (
        "resource groups outside its locations",
        "All",
        azure.scope,
        {"allOf": [{"field": "type", "equals": _GROUPS}, {"field": "location", "notIn": there}]},
    )
    yield (
        "storage accounts that take shared keys",
        "Indexed",
        azure.scope,
        {
            "allOf": [
                {"field": "type", "equals": _KEYS},
                {"field": f"{_KEYS}/allowSharedKeyAccess", "notEquals": "false"},
            ]
        },
    )


def _guards_identities(stack: Stack, azure: Azure) -> bool:
    """Whether a rule on credentials holds in the environment's group, with the pipelines' subjects alone.

    What it says of them is not judged here: tests try it on a local Azure.
    """
    assigned = {
        low(said(each, "policyDefinitionId"))
        for each in stack.of_type(POLICY_ASSIGNMENT)
        if low(said(each, "scope")) == azure.group_ids[0]
    }
    rows = {row for each in azure.credentials.values() for row in each}
    subjects = {subject for _, subject in rows}
    allowed = subjects | {issuer for issuer, _ in rows} | {f"{name}/*" for name in azure.credentials}
    return any(
        subjects | {_CREDENTIALS} <= (compared := set(_compared(said(each, "policyRule")["if"])))
        and compared <= allowed | {_CREDENTIALS}
        for each in stack.of_type(POLICY_DEFINITION)
        if _id(each, azure.scope) in assigned
    )


def _compared(condition: Value) -> Iterator[str]:
    """Every text that a condition compares something with."""
    for key, part in condition.items():
        if key in _COMPARES:
            yield from texts(part)
        elif key != "field":
            for each in part.elements():
                yield from _compared(each)


def _judge_assignment(made: Resource, own: set[str]) -> Iterator[Finding]:
    mode, definition = said(made, "enforcementMode"), said(made, "policyDefinitionId")
    if not definition.known:
        yield undecided(definition, made)
    elif low(definition) not in own:
        yield fail(f"it assigns {definition}, which is not defined in this stack", made)
    if not mode.known:
        yield undecided(mode, made)
    elif mode.text() != "Default":
        yield fail("it only reports what it should deny", made)
    for key in _WEAKENED:
        if said(made, key):
            yield fail(f"{key} takes something out of it", made)


def _says(definition: Resource, mode: str, rule: dict[str, Plain]) -> bool:
    """Whether a definition holds just this rule; lists may stand in any order."""
    found = said(definition, "policyRule")
    same_mode = said(definition, "mode").text() == mode
    return same_mode and found.known and _sorted(found.plain()) == _sorted(rule)


def _sorted(part: Plain) -> Plain:
    if isinstance(part, dict):
        return {key: _sorted(value) for key, value in part.items()}
    return sorted(map(_sorted, part), key=str) if isinstance(part, list) else part


def _id(definition: Resource, scope: str) -> str:
    name = low(said(definition, "policyDefinitionName"))
    return f"{scope}/providers/microsoft.authorization/policydefinitions/{name}" if name else ""


CONTROL = Control(
    id="qlz-r1-azure-location-policies",
    title="The environment denies other locations",
    why="Without it each project's own program is all that keeps its data in the agreed location.",
    fix="Assign the four denials of the environment, in mode Default, without exemptions.",
    requirements=("R1", "I2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-4", "SA-9", "CM-7(5)"),
        "iso-27001-2022-annex-a": ("A.5.23", "A.5.31"),
        "ncsc-cloud-principles": ("2", "12"),
        "csa-ccm-4": ("DSP-10", "CCC-07"),
        "uk-gdpr": ("44",),
    },
    types=(POLICY_DEFINITION, POLICY_ASSIGNMENT),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

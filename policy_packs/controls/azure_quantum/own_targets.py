"""T4: what a stack makes lies in its own resource groups, and what it sets is set on those."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import BUDGET, DIAGNOSTICS, GROUP, LOCK, PREFIX, inside, low, need_azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_SET_ON = {BUDGET: "scope", DIAGNOSTICS: "resourceUri", LOCK: "scope"}


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if not resource.type.startswith(PREFIX):
        return
    azure, group = need_azure(facts), resource["resourceGroupName"]
    if group.unknown:
        yield undecided(group)
    elif resource.type == GROUP and group.absent:
        yield undecided("its name is made up by the engine")
    elif not group.absent and low(group) not in {name.lower() for name in azure.groups}:
        yield fail(f"it is in the group {group}, the stack's own are {', '.join(azure.groups)}")
    key = _SET_ON.get(resource.type)
    if key is None:
        return
    scope, whole = resource[key], facts.need().is_environment and resource.type == DIAGNOSTICS
    if not scope.known:
        yield undecided(scope)
    elif not inside(low(scope), azure) and not (whole and low(scope) == azure.scope):
        yield fail(f"it is set on {scope}, which is not the stack's own")


CONTROL = Control(
    id="qlz-t4-azure-own-groups",
    title="Each stack keeps to its own resource groups",
    why="A project that makes or sets something in another's group reads, stops or bills the other.",
    fix="Use the stack's own resource group; what concerns the environment is the environment's stack's.",
    requirements=("T4", "W3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-3", "AC-6"),
        "iso-27001-2022-annex-a": ("A.8.3",),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IAM-16", "DSP-17"),
        "uk-gdpr": ("32",),
    },
    types=(),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

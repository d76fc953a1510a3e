"""T4: a workspace keeps its jobs in the project's own store, and comes to it as itself."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import STORAGE, WORKSPACE, arm_id, low, need_azure, said
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    own = {arm_id(account, azure) for account in stack.of_type(STORAGE)} - {""}
    for workspace in stack.of_type(WORKSPACE):
        store = said(workspace, "properties")["storageAccount"]
        kind = said(workspace, "identity")["type"]
        if not store.known:
            yield undecided(store, workspace)
        elif low(store) not in own:
            yield fail(f"it keeps its jobs in {store}, which is no store of this stack", workspace)
        if not kind.known:
            yield undecided(kind, workspace)
        elif kind.text() != "SystemAssigned":
            yield fail(f"its identity is {kind}, not one of its own alone", workspace)


CONTROL = Control(
    id="qlz-t4-azure-own-data",
    title="Jobs stay in the project's own store",
    why="A workspace on another's store, or with another's identity, reads and fills what is not its own.",
    fix="Give it the stack's storage account and a system-assigned identity.",
    requirements=("T4",),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(21)", "AC-4", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.8.22"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06", "DSP-17"),
        "uk-gdpr": ("32",),
    },
    types=(WORKSPACE,),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

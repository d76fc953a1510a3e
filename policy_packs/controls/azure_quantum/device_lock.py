"""D1, T2: a workspace has exactly the providers and plans that the stack file and the catalogue name."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import WORKSPACE, low, need_azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    if not facts.need().is_project:
        yield fail("it is a quantum workspace outside any project")
        return
    name, listed = resource["workspaceName"], resource["properties"]["providers"]
    if name.unknown:
        yield undecided(name)
    elif low(name) != azure.workspace.lower():
        yield fail(f"it is called {name}; the project's one workspace is {azure.workspace}")
    if not listed.known:
        yield undecided(listed)
        return
    pairs = {(each["providerId"].text(), each["providerSku"].text()) for each in listed}
    for provider, plan in sorted(pairs - set(azure.plans.items())):
        yield fail(
            f"it has {provider} on the plan {plan or 'that Azure chooses'}, which the stack does not name"
        )
    for provider, plan in sorted(pairs & set(azure.plans.items()) - azure.offered):
        yield fail(f"it has {provider} on the plan {plan}, which the catalogue does not know")
    if not pairs:
        yield fail("it names no providers, and Azure may add its own")
    for each in listed:
        if each["instanceUri"] or each["applicationName"]:
            yield fail(f"it sends jobs for {each['providerId']} to an application of its own")


CONTROL = Control(
    id="qlz-d1-azure-device-lock",
    title="Only the project's providers and plans",
    why=(
        "Azure Quantum has no permission per target: whatever a workspace's plans reach, everybody in it may"
        " use and pay."
    ),
    fix="List the stack file's plans, all of them and no other; a new one is entered in the catalogue first.",
    requirements=("D1", "T2"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-7(5)", "AC-3"),
        "iso-27001-2022-annex-a": ("A.5.23", "A.8.31"),
        "ncsc-cloud-principles": ("8", "14"),
        "csa-ccm-4": ("DSP-10", "CCC-04"),
    },
    types=(WORKSPACE,),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

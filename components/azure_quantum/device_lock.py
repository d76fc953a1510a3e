"""The device lock: a workspace has the providers and plans of the project's targets, and no other (D1, T2).

Azure Quantum has no permission per target: whoever may submit to a workspace may submit to every target that
its plans reach. So each project has a workspace of its own in each environment, and an alert tells of jobs
for a target of the same plan that the stack file does not name (see trail_alarms). The plan decides much: one
of Rigetti's reaches its simulator alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_azure_native as azure

from components.args import ArgumentError, check_match

MOST_TARGETS = 32


def check_targets(argument: str, targets: tuple[str, ...], plans: Mapping[str, str]) -> None:
    """Refuses no targets, patterns, a provider without a plan, and a plan of a provider not in use."""
    if not 1 <= len(targets) <= MOST_TARGETS or len(set(targets)) != len(targets):
        raise ArgumentError(
            argument, f"names {len(targets)} targets or one twice", f"1 to {MOST_TARGETS} different ones"
        )
    for target in targets:
        check_match(
            argument, target, r"[a-z]+(\.(sim|qpu))?\.[a-z0-9-]+", "Azure's ids, such as ionq.simulator"
        )
    used = {target.partition(".")[0] for target in targets}
    if used != set(plans):
        odd = ", ".join(sorted(used ^ set(plans)))
        raise ArgumentError(
            "ProjectArgs.plans",
            f"do not fit the targets: {odd}",
            "one plan for each provider in use",
        )
    for plan in plans.values():
        check_match("ProjectArgs.plans", plan, r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "a plan's id")


def provider_list(plans: Mapping[str, str]) -> list[azure.quantum.ProviderArgs]:
    """The workspace's providers, sorted, so that the order in the file changes nothing."""
    return [
        azure.quantum.ProviderArgs(provider_id=provider, provider_sku=plan)
        for provider, plan in sorted(plans.items())
    ]

"""T2, W3: an environment of the upper tiers has its private network, with the endpoints its projects need."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ENDPOINT, VPC
from policy_packs.controls.control import UPPER_ONLY, Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_EVERYWHERE = ("braket",)
_AT_HOME = ("braket", "kms", "logs", "s3", "secretsmanager", "sts")
"""Services that a project uses; data, keys and logs are at home alone."""


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_environment or declared.lifecycle == "decommissioned":
        return
    names = set()
    for endpoint in stack.of_type(ENDPOINT):
        name = endpoint["serviceName"]
        if name.unknown:
            yield undecided(name, endpoint)
        names.add(name.text())
    for region in (declared.region, *declared.also):
        if not any((vpc["region"].text() or declared.region) == region for vpc in stack.of_type(VPC)):
            yield fail(f"it has no private network in {region}")
        for service in _AT_HOME if region == declared.region else _EVERYWHERE:
            if f"com.amazonaws.{region}.{service}" not in names:
                yield fail(f"it has no endpoint for {service} in {region}")


CONTROL = Control(
    id="qlz-t2-network-present",
    title="The private network is there",
    why="Without the network and its endpoints, work goes over the internet or does not go at all.",
    fix="Give the environment a network in its stack file, and leave its endpoints in the program.",
    requirements=("T2", "W3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-7(5)", "SC-7", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.20", "A.8.22"),
        "ncsc-cloud-principles": ("3", "11"),
        "csa-ccm-4": ("IVS-03", "IVS-09"),
        "uk-gdpr": ("32",),
    },
    types=(VPC, ENDPOINT),
    judge_stack=judge_stack,
    levels=UPPER_ONLY,
)

"""D1: each quantum processor within reach has a spending limit, no higher than the charters agreed on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

RESOURCE = "aws:cloudcontrol/resource:Resource"
_TYPE = "AWS::Braket::SpendingLimit"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_environment or declared.lifecycle == "decommissioned":
        return
    agreed = declared.need_spec().spending
    limits: dict[str, list[Resource]] = {}
    for limit in stack.of_type(RESOURCE):
        if not limit["desiredState"].known:
            yield undecided(limit["desiredState"], limit)
        elif limit["typeName"].text() == _TYPE:
            limits.setdefault(_state(limit).get("DeviceArn", ""), []).append(limit)
    regions = (declared.region, *declared.also)
    for device in declared.catalogue:
        if device.retired or "/qpu/" not in device.arn or device.arn.split(":")[3] not in regions:
            continue
        found = limits.get(device.arn, [])
        if not found:
            yield fail(f"nothing limits what {device.arn} may cost")
        for limit in found:
            most = Decimal(agreed.get(device.arn, "0"))
            if not _at_most(_state(limit).get("SpendingLimit", ""), most):
                yield fail(f"it lets {device.arn} cost more than the ${most} of the charters", limit)
            if not limit.protect:
                yield fail("it is not protected, and without it the device costs what it costs", limit)


def _state(limit: Resource) -> dict[str, str]:
    try:
        state = json.loads(limit["desiredState"].text())
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def _at_most(amount: object, most: Decimal) -> bool:
    try:
        return Decimal(0) <= Decimal(str(amount)) <= most
    except InvalidOperation:
        return False


CONTROL = Control(
    id="qlz-d1-spending-limits",
    title="Every quantum processor has a spending limit",
    why="A processor without a limit bills whatever a loop, or an intruder, sends to it.",
    fix="Give each processor of the environment's regions a limit: the charters' sum, or 0; protect it.",
    requirements=("D1",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-5", "CM-6"),
        "iso-27001-2022-annex-a": ("A.8.6",),
        "ncsc-cloud-principles": ("5", "14"),
        "csa-ccm-4": ("IVS-02",),
    },
    types=(RESOURCE,),
    judge_stack=judge_stack,
)

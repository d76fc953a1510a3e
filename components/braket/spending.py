"""Spending limits: for each QPU the sum of what its projects may spend, nothing for a QPU nobody uses.

One limit holds for a device in the whole account, so it belongs to the environment. It covers tasks on QPUs:
not simulators, notebooks, the instances of hybrid jobs, reservations, nor tasks already queued. Deleting one
leaves the device unrestricted, so they are protected and stay when the stack is destroyed.

The API writes "0.00" as "0" and "250.50" as "250.5"; amounts are written so from the start, else every
preview would show a difference (type AWS::Braket::SpendingLimit, read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pulumi
import pulumi_aws as aws

from components.args import check_match
from components.braket.names import EnvironmentNames

TYPE = "AWS::Braket::SpendingLimit"
_AMOUNT = r"(0|[1-9][0-9]*)(\.[0-9]?[1-9])?"


def total(amounts: Iterable[str]) -> str:
    """The sum of amounts in US dollars, in the form in which the API gives it back; "0" for none."""
    found = sum(map(Decimal, amounts), Decimal(0))
    return f"{found.normalize():f}"


def check_limits(limits: Mapping[str, str], names: EnvironmentNames) -> None:
    """Refuses devices that have no limit here, and amounts the API would write otherwise."""
    for arn, usd in limits.items():
        check_match(
            "EnvironmentArgs.spending",
            arn,
            rf"arn:aws:braket:({'|'.join(names.regions)})::device/qpu/[a-z0-9-]+/[A-Za-z0-9_-]+",
            f"ARNs of QPUs in {', '.join(names.regions)}; simulators have no limit",
        )
        check_match("EnvironmentArgs.spending", usd, _AMOUNT, 'dollars such as "250", "0.5" or "0"')


def spending_limits(
    limits: Mapping[str, str],
    names: EnvironmentNames,
    tags: Mapping[str, str],
    protect: bool,
    parent: pulumi.Resource,
) -> tuple[pulumi.Resource, ...]:
    """Makes the limits: device ARN to US dollars. Each lives in its device's region."""
    return tuple(
        aws.cloudcontrol.Resource(
            "spending-" + arn.split("/qpu/", 1)[1].replace("/", "-"),
            type_name=TYPE,
            desired_state=desired_state(arn, usd, tags),
            region=None if (region := arn.split(":")[3]) == names.region else region,
            opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=True),
        )
        for arn, usd in sorted(limits.items())
    )


def desired_state(arn: str, usd: str, tags: Mapping[str, str]) -> str:
    """A limit's properties as canonical JSON."""
    return json.dumps(
        {
            "DeviceArn": arn,
            "SpendingLimit": usd,
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        },
        separators=(",", ":"),
    )

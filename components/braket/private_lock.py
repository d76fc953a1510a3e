"""The private lock: a project of a tier with a private network submits through its endpoints only (W3, T2).

Two Denies in a policy of its own, for the ids are the cloud's to give. Every role of the project bears it
but those that AWS's own services take: a hybrid job is submitted through an endpoint, and what it does runs
where Amazon Braket runs it, which is in no network of ours. The permission boundary repeats it without ids:
no submission but through some endpoint. A service that acts for the caller comes through none, so data is
refused to the caller alone. Cancelling stays open from everywhere: it only takes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.args import ArgumentError
from components.braket.device_lock import SUBMIT
from components.braket.policy import Kind, Statement, policy

TAKEN_BY_SERVICES = ("backup", "job")
"""Kinds of roles that AWS's own services take, and no person and no pipeline: they come from no network."""
DATA = (
    *("logs:GetLogEvents", "s3:GetObject*", "s3:PutObject*", "secretsmanager:GetSecretValue"),
    "secretsmanager:PutSecretValue",
)
"""What hybrid jobs print is data, too: it may hold payloads (see log_sinks)."""


@dataclass(frozen=True, slots=True)
class PrivateAccess:
    """Where a project works from. endpoints: Braket's, by region. vpcs: by region; subnet, group: at home.

    only: whether it submits from nowhere else; else the boundary alone speaks, for some endpoint.
    """

    endpoints: pulumi.Input[Mapping[str, str]]
    vpcs: pulumi.Input[Mapping[str, str]]
    only: bool = True
    subnet: pulumi.Input[str] = ""
    group: pulumi.Input[str] = ""


def private_lock(access: PrivateAccess) -> pulumi.Output[str]:
    """The document."""
    return pulumi.Output.all(access.endpoints, access.vpcs).apply(
        lambda found: policy(Kind.MANAGED, outside(tuple(found[0].values()), tuple(found[1].values())))
    )


def outside(endpoints: tuple[str, ...], vpcs: tuple[str, ...]) -> tuple[Statement, Statement]:
    """Denies submission but through these endpoints, and data but from these networks."""
    if not endpoints or not vpcs:
        raise ArgumentError("PrivateAccess", "names no endpoint or no network", "those of the environment")
    return (
        Statement(
            "SubmitThroughEndpoints",
            "Deny",
            actions=SUBMIT,
            resources=("*",),
            conditions={"StringNotEquals": {"aws:SourceVpce": endpoints}},
        ),
        Statement(
            "DataFromTheNetwork",
            "Deny",
            actions=DATA,
            resources=("*",),
            conditions={
                "StringNotEquals": {"aws:SourceVpc": vpcs},
                "BoolIfExists": {"aws:ViaAWSService": "false"},
            },
        ),
    )

"""The device lock: a project submits to the devices its stack file names, and to no other (D1, T2).

CreateQuantumTask is checked on the device and on the new quantum task, CreateJob on the device and on the new
job. The Deny therefore leaves those out, every ARN segment written: ``*`` spans ``:`` and ``/``, so a shorter
pattern would let a crafted device ARN through. GetDevice stays allowed: prices and calibration are public.
A hybrid job on an embedded simulator (``local:…``) names no device ARN and is refused with the others.
"""

from __future__ import annotations

import re

from components.args import ArgumentError
from components.braket.names import EnvironmentNames
from components.braket.policy import Statement

SUBMIT = ("braket:CreateJob", "braket:CreateQuantumTask")
MOST_DEVICES = 32


def check_devices(argument: str, arns: tuple[str, ...], regions: tuple[str, ...]) -> None:
    """Refuses no devices, too many, patterns, and QPUs of other regions."""
    if not 1 <= len(arns) <= MOST_DEVICES or len(set(arns)) != len(arns):
        raise ArgumentError(
            argument, f"names {len(arns)} devices or one twice", f"1 to {MOST_DEVICES} different ones"
        )
    qpu = rf"arn:aws:braket:({'|'.join(regions)})::device/qpu/[a-z0-9-]+/[A-Za-z0-9_-]+"
    simulator = r"arn:aws:braket:::device/quantum-simulator/[a-z0-9-]+/[A-Za-z0-9_-]+"
    for arn in arns:
        if not re.fullmatch(f"{qpu}|{simulator}", arn):
            raise ArgumentError(
                argument,
                f"{arn} is not a device {', '.join(regions)} takes tasks for",
                f"ARNs without wildcards: a simulator's, or a QPU's of {', '.join(regions)}",
            )


def tasks_and_jobs(names: EnvironmentNames) -> tuple[str, ...]:
    """ARN patterns of the account's quantum tasks and hybrid jobs."""
    return *names.quantum_tasks, *names.hybrid_jobs


def other_devices(devices: tuple[str, ...], names: EnvironmentNames) -> Statement:
    """Denies submission to every device but these."""
    return Statement(
        sid="DeviceLock",
        effect="Deny",
        actions=SUBMIT,
        not_resources=(*devices, *tasks_and_jobs(names)),
    )

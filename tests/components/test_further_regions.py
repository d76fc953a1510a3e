"""A project whose quantum processor is in another region than its data (R1, D1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from components.braket.boundary import boundary_policy
from components.braket.names import ProjectNames
from tests.components.conftest import PLACE, SV1, roles_of, run_project
from tests.components.runner import ACCOUNT

NORTH = "eu-north-1"
GARNET = f"arn:aws:braket:{NORTH}::device/qpu/iqm/Garnet"
TASK = f"arn:aws:braket:{NORTH}:{ACCOUNT}:quantum-task/1"
OWN: dict[str, Any] = {"aws__RequestTag___project": "optimus"}


def test_it_submits_there_and_nowhere_else() -> None:
    both = replace(PLACE, also=(NORTH,))
    found = run_project(names=ProjectNames("optimus", both), devices=(SV1, GARNET))
    role = roles_of(found, json.loads(boundary_policy(both)))["researcher"]
    assert role.may("braket:CreateQuantumTask", GARNET, TASK, aws__RequestedRegion=NORTH, **OWN)
    assert role.may(
        "braket:GetQuantumTask", TASK, aws__RequestedRegion=NORTH, aws__ResourceTag___project="optimus"
    )
    emerald = GARNET.replace("Garnet", "Emerald")
    assert not role.may("braket:CreateQuantumTask", emerald, TASK, aws__RequestedRegion=NORTH, **OWN)
    elsewhere = TASK.replace(NORTH, "us-east-1")
    assert not role.may("braket:CreateQuantumTask", SV1, elsewhere, aws__RequestedRegion="us-east-1", **OWN)
    assert {made.inputs["region"] for made in found.all("pulumi:providers:aws")} == {"eu-west-2"}

"""D1, R4, W2: rights to submit name devices one by one, and only those the stack file declares."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import IDENTITY_POLICIES, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement, reaches
from policy_packs.controls.stack_facts import Declared, StackFacts

_SUBMIT = ("braket:CreateQuantumTask", "braket:CreateJob", "braket:CreateSpendingLimit")
_DEVICE = "arn:*:braket:*:*:device/*"


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    for document in identity_documents(resource):
        for statement in document.allows():
            if statement.may(*_SUBMIT):
                yield from _judge_devices(statement, facts.need())


def _judge_devices(statement: Statement, declared: Declared) -> Iterator[Finding]:
    if statement.not_resources:
        yield fail(f"{statement.label} allows submission to all devices but a list")
    catalogue = {device.arn: device for device in declared.catalogue}
    for pattern in statement.resources:
        if not reaches(pattern, _DEVICE):
            continue
        if any(mark in pattern for mark in ("*", "?", "${")):
            yield fail(f"{statement.label} allows submission to every device that {pattern} matches")
        elif pattern not in catalogue:
            yield fail(f"{statement.label} names {pattern}, which is not in the device catalogue")
        # A device that retires must not stand in the way of a project's exit.
        elif catalogue[pattern].retired and declared.lifecycle != "decommissioned":
            yield fail(f"{statement.label} names {pattern}, which is retired")
        elif declared.is_project and pattern not in {device.arn for device in declared.devices}:
            yield fail(f"{statement.label} names {pattern}, which is not among the stack's devices")


CONTROL = Control(
    id="qlz-d1-device-lock",
    title="Submission only to declared devices",
    why=(
        "A device decides who processes the circuit and what it costs; a third party's may process it "
        "elsewhere."
    ),
    fix="Name each device's ARN from the catalogue and list it under devices in the stack file.",
    requirements=("D1", "R4", "W2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("CM-7(5)", "AC-3"),
        "iso-27001-2022-annex-a": ("A.5.23", "A.8.31"),
        "ncsc-cloud-principles": ("8", "14"),
        "csa-ccm-4": ("DSP-10", "CCC-04"),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
    admits_exceptions=False,
)

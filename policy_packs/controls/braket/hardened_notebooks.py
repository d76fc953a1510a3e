"""T2, I8, K2: a notebook lives in the private network, under our key, and its user is not root."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    NOTEBOOK,
    NOTEBOOK_SCRIPTS,
    ROLE,
    SECURITY_GROUP,
    STACK_REFERENCE,
    SUBNET,
    kinds_behind,
    role_arn,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    for notebook in stack.of_type(NOTEBOOK):
        yield from _judge(stack, notebook, facts.need())
    for scripts in stack.of_type(NOTEBOOK_SCRIPTS):
        for name in ("onCreate", "onStart"):
            if scripts[name].has_secret():
                yield fail(f"{name} holds a secret, which everybody at the notebook can read", scripts)


def _judge(stack: Stack, notebook: Resource, declared: Declared) -> Iterator[Finding]:
    for name, wanted, what in (
        ("directInternetAccess", "Disabled", "it reaches the internet past the private network"),
        ("rootAccess", "Disabled", "its user is root, and can undo whatever is set up in it"),
    ):
        yield from expect(notebook[name], lambda value, wanted=wanted: value == wanted, what, notebook)  # type: ignore[misc]
    metadata = notebook["instanceMetadataServiceConfiguration"].get("minimumInstanceMetadataServiceVersion")
    yield from expect(
        metadata,
        lambda version: version == "2",
        "its role's credentials can be had by a single request forged from outside (IMDSv1)",
        notebook,
    )
    if notebook["kmsKeyId"].absent:
        yield fail("its volume is not encrypted with a key of ours", notebook)
    yield from _placed(notebook)
    yield from _role(stack, notebook, declared)
    for name in ("defaultCodeRepository", "additionalCodeRepositories"):
        yield from expect(
            notebook[name],
            lambda code: code in (None, "", []),
            "it takes code from elsewhere than its own project's stores",
            notebook,
        )


def _placed(notebook: Resource) -> Iterator[Finding]:
    """In a subnet and groups that come from this stack or its environment's."""
    subnet, groups = notebook["subnetId"], notebook["securityGroups"]
    if subnet.absent:
        yield fail("it lies in no subnet", notebook)
    if groups.absent or (not groups.unknown and not groups.elements()):
        yield fail("it has no security group", notebook)
    for name, value in (("subnetId", subnet), ("securityGroups", groups)):
        if not value.absent and not kinds_behind(notebook, name) & {STACK_REFERENCE, SUBNET, SECURITY_GROUP}:
            yield undecided(f"{name} comes from neither this stack nor its environment's", notebook)


def _role(stack: Stack, notebook: Resource, declared: Declared) -> Iterator[Finding]:
    arn = notebook["roleArn"]
    roles = [
        role
        for role in stack.of_type(ROLE)
        if role in stack.behind(notebook, "roleArn")
        or (arn.text() and arn.text() in (role["arn"].text(), role_arn(role, declared.account)))
    ]
    if not roles:
        yield fail("its role is not one of this stack", notebook)
    for role in roles:
        boundary = role["permissionsBoundary"]
        if boundary.absent:
            yield fail("its role is under no permission boundary", notebook)


CONTROL = Control(
    id="qlz-t2-hardened-notebooks",
    title="Notebooks are closed off",
    why="A notebook runs whatever is pasted into it, with its role's rights and the project's data at hand.",
    fix=(
        "Disable direct internet access and root access, demand IMDSv2, give it the project's key, a subnet"
        " and group of the private network, and a role of the project under its boundary."
    ),
    requirements=("T2", "I8", "K1", "K2"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-7", "AC-6", "SC-7"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.8.20"),
        "ncsc-cloud-principles": ("3", "5"),
        "csa-ccm-4": ("IVS-04", "IVS-03"),
        "uk-gdpr": ("32",),
    },
    types=(NOTEBOOK, NOTEBOOK_SCRIPTS),
    judge_stack=judge_stack,
)

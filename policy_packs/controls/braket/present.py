"""L7, R1, K2: what a stack must have is there. Deletes are not judged, so what is gone is missed here."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    ACCOUNT_ACCESS,
    ALIAS,
    ATTACHMENT,
    BUCKET,
    BUDGET,
    KEYS,
    POLICY,
    ROLE,
    ROLE_POLICY,
    SAML_PROVIDER,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
    is_boundary,
    refers,
    role_arn,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail
from policy_packs.controls.stack_facts import Declared, StackFacts

ORGANIZATION_POLICY = "aws:organizations/policy:Policy"
ORGANIZATION_ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
COST_TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag"
_ENVIRONMENT = {
    ACCOUNT_ACCESS: "no public access block of the account",
    TOPIC: "no topic for alarms",
    TOPIC_POLICY: "no policy on who may speak on its topic",
    SUBSCRIPTION: "nobody who is told of alarms",
}
_WORKS = {
    "responder": "nobody could freeze a project",
    "trail": "the trail does not reach the log that the alarms look at",
    "events": "what runs in further regions is not recorded at home",
}
"""Kinds of an environment's own roles that a guard works by, and what happens without their rights."""
_ORGANIZATION = {
    ORGANIZATION_POLICY: "no region lock above the accounts",
    ORGANIZATION_ATTACHMENT: "no account that its region locks hold for",
    COST_TAG: "no tag by which costs are told apart",
}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if declared.lifecycle == "decommissioned":
        return
    for token, without in _needed(declared).items():
        either = KEYS if token == KEYS[0] else (token,)  # a project may bring its own material unasked
        if not stack.of_type(*either):
            yield fail(f"it has {without}")
    if declared.is_environment:
        if not any(is_boundary(policy) for policy in stack.of_type(POLICY)):
            yield fail("it has no permission boundary, which holds the projects and their region lock")
        if declared.saml and not stack.of_type(SAML_PROVIDER):
            yield fail("it has no identity provider, so people could come in by stored keys alone")
        responder = f"qlz-{declared.label}-responder"
        if declared.saml and not any(role["name"].text() == responder for role in stack.of_type(ROLE)):
            yield fail(f"it has no role {responder}, so nobody could freeze a project")
        for role in stack.of_type(ROLE):
            kind = declared.own_roles.get(role_arn(role, declared.account), "")
            if kind in _WORKS and not _may_something(stack, role):
                yield fail(f"it has no policy, so {_WORKS[kind]}", role)


def _may_something(stack: Stack, role: Resource) -> bool:
    """Whether anything is given to a role, in it or beside it."""
    inline = role["inlinePolicies"]
    return bool(inline.unknown or inline.elements()) or any(
        refers(stack, each, "role", role, "name", "id") for each in stack.of_type(ROLE_POLICY, ATTACHMENT)
    )


def _needed(declared: Declared) -> dict[str, str]:
    if declared.is_environment:
        return _ENVIRONMENT
    if not declared.is_project:
        return _ORGANIZATION
    key = KEYS[1] if declared.own_key else KEYS[0]
    own = {key: "no key of its own", ALIAS: "no name for its key"} if declared.customer_key else {}
    agreed = declared.spec.budget if declared.spec else ""
    told = {BUDGET: "no budget, and the stack file agrees on one"} if agreed else {}
    return {BUCKET: "no store for results", **own, **told}


CONTROL = Control(
    id="qlz-l7-present",
    title="What a stack must have is there",
    why="A guard left out of a program is deleted by the next update, and no rule over resources sees it go.",
    fix="Put it back into the program; to take the stack away, set its lifecycle to decommissioned first.",
    requirements=("L7", "R1", "K2", "L6", "L4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("CM-2", "AU-9", "CM-8"),
        "iso-27001-2022-annex-a": ("A.8.9", "A.5.33"),
        "ncsc-cloud-principles": ("2", "5"),
        "csa-ccm-4": ("CCC-07", "CCC-04"),
    },
    types=(
        *_ENVIRONMENT,
        *_ORGANIZATION,
        POLICY,
        ROLE,
        ROLE_POLICY,
        ATTACHMENT,
        SAML_PROVIDER,
        BUCKET,
        BUDGET,
        *KEYS,
        ALIAS,
    ),
    judge_stack=judge_stack,
    admits_exceptions=False,
)

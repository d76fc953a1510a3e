"""I8, R1, D1: each kind of role has the policies made for it and no other, and its locks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.reviewed_documents import DATA
from policy_packs.controls.stack_facts import Declared, StackFacts


@cache
def table() -> Mapping[str, Any]:
    """What each kind of role may and must have, by the kind of stack."""
    found: Mapping[str, Any] = json.loads(DATA.with_name("role_policies.json").read_text(encoding="utf-8"))
    return found


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    has: dict[str, set[str]] = {}
    for attachment in stack.of_type(ATTACHMENT):
        role, policy = _role(stack, attachment), _policy(stack, attachment, declared)
        kind = _kind(role, declared)
        if not role or policy is None:
            yield undecided("whom it gives which policy is unknown at preview", attachment)
        elif kind is None:
            yield fail(
                f"it gives {policy or 'a policy'} to {role}, a role that nobody has reviewed", attachment
            )
        else:
            has.setdefault(role, set()).add(policy)
            if policy not in _rows(declared)[kind]["may"]:
                yield fail(f"it gives {kind} the policy {policy}, which is made for others", attachment)
    for made in stack.of_type(ROLE):
        name = made["name"].text()
        row = _rows(declared).get(_kind(name, declared) or "", {})
        must = [*row.get("must", ()), *(row.get("network", ()) if declared.private_network else ())]
        for policy in must:
            if policy not in has.get(name, ()):
                yield fail(f"it does not have the policy {policy}", made)


def _rows(declared: Declared) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table().get(declared.kind, {})
    return found


def _stem(declared: Declared) -> str:
    label = declared.label or declared.environment
    return f"qlz-{declared.project}-{label}-" if declared.is_project else f"qlz-{label}-"


def _kind(role: str, declared: Declared) -> str | None:
    """A role's kind by its name; Braket demands another one for its jobs'."""
    if (
        declared.is_project
        and role == f"AmazonBraketJobsExecutionRole-{declared.project}-{declared.environment}"
    ):
        return "job"
    kind = role.removeprefix(_stem(declared))
    return kind if kind != role and kind in _rows(declared) else None


def _role(stack: Stack, attachment: Resource) -> str:
    if not attachment["role"].unknown:
        return attachment["role"].text()
    behind = [each for each in stack.behind(attachment, "role") if each.type == ROLE]
    return behind[0]["name"].text() if len(behind) == 1 else ""


def _policy(stack: Stack, attachment: Resource, declared: Declared) -> str | None:
    """What a policy of this stack is called, without the stack's part of the name; None where unknown."""
    arn = attachment["policyArn"]
    if arn.unknown:
        behind = [each for each in stack.behind(attachment, "policyArn") if each.type == POLICY]
        return behind[0]["name"].text().removeprefix(_stem(declared)) if len(behind) == 1 else None
    for made in stack.of_type(POLICY):
        if made["arn"] == arn:
            return made["name"].text().removeprefix(_stem(declared))
    return arn.text().rpartition("/")[2].removeprefix(_stem(declared))


CONTROL = Control(
    id="qlz-i8-role-policies",
    title="Each role has its own rights and its locks",
    why="A right on the wrong role, or a lock left off one, undoes what each policy was reviewed for.",
    fix="Attach as data/role_policies.json says; a new kind of role or right is reviewed there first.",
    requirements=("I8", "R1", "D1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-5", "CM-3"),
        "iso-27001-2022-annex-a": ("A.5.15", "A.5.18"),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("IAM-05",),
    },
    types=(ROLE, ATTACHMENT),
    judge_stack=judge_stack,
)

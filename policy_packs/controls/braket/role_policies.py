"""I8, R1, D1: each role is of a reviewed kind, has the policies made for it and no other, and its locks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE, ROLE_POLICY
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
        yield from _judge_attached(stack, attachment, declared, has)
    for written in stack.of_type(ROLE_POLICY):
        yield from _judge_written(stack, written, declared)
    for made in stack.of_type(ROLE):
        yield from _judge_made(made, declared, has)


def row_of(role: str, declared: Declared) -> Mapping[str, Any] | None:
    """What was reviewed for a role, by its name; None for a name that is of no kind of role."""
    kind = _kind(role, declared)
    return None if kind is None else _rows(declared)[kind]


def _judge_attached(
    stack: Stack, attachment: Resource, declared: Declared, has: dict[str, set[str]]
) -> Iterator[Finding]:
    """has: what each role has, by its name; filled here."""
    role, policy = _role(stack, attachment), _policy(stack, attachment)
    kind = _kind(role, declared)
    if not role or not policy:
        yield undecided("whom it gives which policy is unknown at preview", attachment)
    elif kind is None:
        yield fail(f"it gives {policy} to {role}, a role that nobody has reviewed", attachment)
    else:
        has.setdefault(role, set()).add(policy)
        # The whole name: what is called alike without the stack's part of it, nobody has reviewed.
        if policy not in _named(_rows(declared)[kind]["may"], declared):
            yield fail(f"it gives {kind} the policy {policy}, which is made for others", attachment)


def _judge_written(stack: Stack, written: Resource, declared: Declared) -> Iterator[Finding]:
    """What is written into a role, which no attachment shows."""
    role, name = _role(stack, written), written["name"]
    if not role or name.unknown:
        yield undecided("into which role it is written under which name is unknown at preview", written)
        return
    kind = _kind(role, declared)
    if kind is None:
        yield fail(f"it is written into {role}, a role that nobody has reviewed", written)
    elif name.text() not in _rows(declared)[kind].get("inline", ()):
        yield fail(
            f"it is written into {kind} as {name.text() or 'whatever the provider comes to call it'},"
            " which nobody has reviewed",
            written,
        )


def _judge_made(made: Resource, declared: Declared, has: Mapping[str, set[str]]) -> Iterator[Finding]:
    name = made["name"].text()
    for prop in ("name", "path"):
        if made[prop].unknown:
            yield undecided(made[prop], made)
            return
    kind = _kind(name, declared)
    if kind is None or (made["path"].text() or "/") != _path(kind, declared):
        yield fail("it is a role of no kind that was reviewed, by its path and name", made)
        return
    row = _rows(declared)[kind]
    for policy in (*row.get("must", ()), *(row.get("network", ()) if declared.private_network else ())):
        if not _named([policy], declared) & has.get(name, set()):
            yield fail(f"it does not have the policy {policy}", made)


def _rows(declared: Declared) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table().get(declared.kind, {})
    return found


def _stem(declared: Declared) -> str:
    label = declared.label or declared.environment
    return f"qlz-{declared.project}-{label}-" if declared.is_project else f"qlz-{label}-"


def _named(kinds: Iterable[str], declared: Declared) -> set[str]:
    """The names of policies of this stack."""
    return {_stem(declared) + kind for kind in kinds}


def _kind(role: str, declared: Declared) -> str | None:
    """A role's kind by its name; Braket demands another one for its jobs'."""
    if (
        declared.is_project
        and role == f"AmazonBraketJobsExecutionRole-{declared.project}-{declared.environment}"
    ):
        return "job"
    kind = role.removeprefix(_stem(declared))
    return kind if kind not in (role, "job") and kind in _rows(declared) else None


def _path(kind: str, declared: Declared) -> str:
    """Where a role of a kind lies; Braket demands another place for its jobs'."""
    if kind == "job":
        return "/service-role/"
    label = declared.label or declared.environment
    return f"/qlz/{label}/{declared.project}/" if declared.is_project else f"/qlz/{label}/"


def _role(stack: Stack, giving: Resource) -> str:
    """The role that an attachment or what is written is for; empty where unknown."""
    if not giving["role"].unknown:
        return giving["role"].text()
    behind = [each for each in stack.behind(giving, "role") if each.type == ROLE]
    return behind[0]["name"].text() if len(behind) == 1 else ""


def _policy(stack: Stack, attachment: Resource) -> str:
    """What a policy is called; empty where unknown."""
    arn = attachment["policyArn"]
    if arn.unknown:
        behind = [each for each in stack.behind(attachment, "policyArn") if each.type == POLICY]
        return behind[0]["name"].text() if len(behind) == 1 else ""
    for made in stack.of_type(POLICY):
        if made["arn"] == arn:
            return made["name"].text()
    return arn.text().rpartition("/")[2]


CONTROL = Control(
    id="qlz-i8-role-policies",
    title="Each role has its own rights and its locks",
    why="A right on the wrong role, or a lock left off one, undoes what each policy was reviewed for.",
    fix=(
        "Make roles, attach to them and write into them as data/role_policies.json says; a new kind of role"
        " or right is reviewed there first."
    ),
    requirements=("I8", "R1", "D1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-5", "CM-3"),
        "iso-27001-2022-annex-a": ("A.5.15", "A.5.18"),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("IAM-05",),
    },
    types=(ROLE, ROLE_POLICY, ATTACHMENT),
    judge_stack=judge_stack,
)

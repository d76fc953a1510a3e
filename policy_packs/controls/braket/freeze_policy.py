"""L6, I7: a project has its deny policy ready, so that a freeze is one attachment and no writing.

The name counts: the responder may attach /qlz/ENVIRONMENT/*/qlz-*-ENVIRONMENT-freeze and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import POLICY
from policy_packs.controls.control import (
    CannotDecide,
    Control,
    Finding,
    Resource,
    Severity,
    Stack,
    fail,
    undecided,
)
from policy_packs.controls.iam_document import read_document
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_project:
        return
    path = f"/qlz/{declared.environment}/{declared.project}/"
    name = f"qlz-{declared.project}-{declared.environment}-freeze"
    unread: list[Finding] = []
    for policy in stack.of_type(POLICY):
        try:
            if not _freezes(policy):
                continue
            if policy["name"].unknown or policy["path"].unknown:
                raise CannotDecide("the name of a policy that denies everything is unknown at preview")
            if (policy["path"].text(), policy["name"].text()) == (path, name):
                return
        except CannotDecide as problem:
            unread.append(undecided(str(problem), policy))
    yield fail(f"the project has no policy that denies everything, {path}{name}, ready to be attached")
    yield from unread


def _freezes(policy: Resource) -> bool:
    document = read_document(policy["policy"])
    return not list(document.allows()) and any(
        "*" in each.actions and "*" in each.resources and not each.conditions for each in document.denies()
    )


CONTROL = Control(
    id="qlz-l6-freeze-ready",
    title="A freeze is ready beforehand",
    why="In an incident there is no time to write and review a policy that stops everything.",
    fix=(
        "Declare an aws.iam.Policy with one statement (Deny, every action, every resource, no condition),"
        " in /qlz/ENVIRONMENT/PROJECT/ and named qlz-PROJECT-ENVIRONMENT-freeze: no other may be attached."
    ),
    requirements=("L6", "I7"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-2(3)", "AC-2(13)", "IR-4"),
        "iso-27001-2022-annex-a": ("A.5.26",),
        "ncsc-cloud-principles": ("5", "9"),
        "csa-ccm-4": ("SEF-03", "IAM-07"),
        "uk-gdpr": ("32",),
    },
    types=(POLICY,),
    judge_stack=judge_stack,
    admits_exceptions=False,
)

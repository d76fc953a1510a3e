"""I3, I4: what a service acts as is apart from people and pipelines, and known by its name in the logs.

A notebook is people's own desk: by its role whoever sits at it does what a researcher may, so that it has the
policies of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE, attached_to
from policy_packs.controls.control import CannotDecide, Control, Finding, Resource, Severity, Stack, fail
from policy_packs.controls.iam_document import read_document
from policy_packs.controls.stack_facts import StackFacts

_NOTEBOOKS = "sagemaker.amazonaws.com"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    mark = f"{declared.project}-{declared.environment}"
    roles = stack.of_type(ROLE)
    services = [role for role in roles if _of_services(role)]
    others = [role for role in roles if role not in services]
    granting = cache(lambda number: _granting(stack, others[number]))
    for role in services:
        if declared.is_project and mark not in role["name"].text():
            yield fail(f"a service acts as it, and its name does not say {mark}, as the logs need", role)
        for policy in _granting(stack, role):
            users = [other for number, other in enumerate(others) if policy in granting(number)]
            if _is_desk(role) and any(_is_persons(user) for user in users):
                continue
            for user in users:
                yield fail(f"it has the policy {policy.name}, by which {user.name} acts too", role)


def _of_services(role: Resource) -> bool:
    """Whether AWS services alone take it; a trust that cannot be read is judged by another control."""
    try:
        statements = list(read_document(role["assumeRolePolicy"]).allows())
    except CannotDecide:
        return False
    return bool(statements) and all(set(each.principals) == {"Service"} for each in statements)


def _is_desk(role: Resource) -> bool:
    """Whether notebooks alone take it; what else SageMaker runs is no reviewed kind."""
    statements = read_document(role["assumeRolePolicy"]).allows()
    return all(each.principals == {"Service": (_NOTEBOOKS,)} for each in statements)


def _is_persons(role: Resource) -> bool:
    """Whether people alone take it, through the organisation's identity provider."""
    try:
        statements = list(read_document(role["assumeRolePolicy"]).allows())
    except CannotDecide:
        return False
    return bool(statements) and all("sts:AssumeRoleWithSAML" in each.actions for each in statements)


def _granting(stack: Stack, role: Resource) -> list[Resource]:
    """The policies attached to a role that grant something; locks and the freeze are shared on purpose."""
    return [policy for policy in attached_to(stack, role) if _grants(policy)]


def _grants(policy: Resource) -> bool:
    document = policy["policy"]
    if document.unknown:
        return False  # such as the lock to endpoints, whose ids are to come; other controls refuse the rest
    return any(True for _ in read_document(document).allows())


CONTROL = Control(
    id="qlz-i3-service-identities",
    title="Services act under identities of their own",
    why="What a job did must not look like a person's deed, nor be stopped only by stopping the person.",
    fix="Give the service's role policies of its own, and a name with PROJECT-ENVIRONMENT in it.",
    requirements=("I3", "I4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("IA-2", "AC-5", "AC-6"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.8.2"),
        "ncsc-cloud-principles": ("9", "10"),
        "csa-ccm-4": ("IAM-13", "IAM-09"),
    },
    types=(ROLE, POLICY, ATTACHMENT),
    judge_stack=judge_stack,
)

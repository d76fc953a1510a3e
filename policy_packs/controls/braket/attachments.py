"""I8: what is attached to a role is a policy of this stack, judged here; never one of AWS's wide ones."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ATTACHMENT, BOUNDARY_SUFFIX, POLICY, is_boundary
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    account = facts.need().account
    for attachment in stack.of_type(ATTACHMENT):
        arn = attachment["policyArn"]
        if arn.unknown:
            yield from _judge_unknown(stack, attachment)
        elif arn.text().endswith(BOUNDARY_SUFFIX):
            yield fail("it grants the permission boundary, which is made to limit", attachment)
        elif not _is_here(stack, arn.text(), account):
            yield fail(f"it grants {arn}, which is no policy of this stack", attachment)


def _judge_unknown(stack: Stack, attachment: Resource) -> Iterator[Finding]:
    policies = [found for found in stack.behind(attachment, "policyArn") if found.type == POLICY]
    if len(policies) != 1:
        yield undecided(attachment["policyArn"], attachment)
    elif is_boundary(policies[0]):
        yield fail("it grants the permission boundary, which is made to limit", attachment)


def _is_here(stack: Stack, arn: str, account: str) -> bool:
    for policy in stack.of_type(POLICY):
        path = policy["path"].text() or "/"
        if arn and arn in (
            policy["arn"].text(),
            f"arn:aws:iam::{account}:policy{path}{policy['name'].text()}",
        ):
            return True
    return False


CONTROL = Control(
    id="qlz-i8-attached-policies",
    title="Roles get policies of their own stack only",
    why="AWS's ready-made policies grant far more than a project needs, and change without notice.",
    fix="Write the policy in this stack and attach that; boundaries are set, never attached.",
    requirements=("I8",),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-6",),
        "iso-27001-2022-annex-a": ("A.5.18",),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("IAM-05",),
    },
    types=(ATTACHMENT,),
    judge_stack=judge_stack,
)

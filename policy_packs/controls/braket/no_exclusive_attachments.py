"""L6: nothing that Pulumi manages takes a freeze away again."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ROLE
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts

_EXCLUSIVE = (
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPoliciesExclusive:UserPoliciesExclusive",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    "aws:iam/policyAttachment:PolicyAttachment",
)
_LISTS = ("managedPolicyArns", "inlinePolicies")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type in _EXCLUSIVE:
        yield fail("it takes off whatever it does not list, a freeze among it")
        return
    for name in _LISTS:
        # An empty list is a list too: it takes everything off.
        if resource[name]:
            yield fail(f"{name} takes off whatever it does not list, a freeze among it")


CONTROL = Control(
    id="qlz-l6-freeze-stays",
    title="A freeze survives the next update",
    why="A project frozen in an incident would be set free by the next routine update.",
    fix="Attach policies one by one with aws.iam.RolePolicyAttachment or aws.iam.RolePolicy.",
    requirements=("L6", "I7"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-2(3)", "AC-2(13)", "IR-4"),
        "iso-27001-2022-annex-a": ("A.5.26",),
        "ncsc-cloud-principles": ("5", "9"),
        "csa-ccm-4": ("SEF-03", "IAM-07"),
        "uk-gdpr": ("32",),
    },
    types=(ROLE, *_EXCLUSIVE),
    judge=judge,
    admits_exceptions=False,
)

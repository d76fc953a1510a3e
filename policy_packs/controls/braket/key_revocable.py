"""K4, L6: a key can be taken out of use at once, by a named role that cannot use it."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import KEYS
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import StackFacts

_REVOKE = ("kms:DisableKey", "kms:RevokeGrant")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    account = declared.account
    if resource["policy"].absent:
        yield fail("it has no policy of its own, so nobody in particular can disable it")
        return
    document = read_document(resource["policy"])
    for action in _REVOKE:
        able = [each for each in document.allows() if each.may(action)]
        # A sandbox without pipelines of the platform team has no role to name.
        if not (able if declared.unmanned else any(_named(each, account) for each in able)):
            yield fail(f"its policy lets no named role use {action}")
        elif any(not each.conditions and each.may(action) for each in document.denies()):
            yield fail(f"its policy denies {action} to everybody")


def _named(statement: Statement, account: str) -> bool:
    """Whether it is for roles of the account that are written out."""
    roles = statement.pinned("aws:PrincipalArn") or statement.principals.get("AWS", ())
    return bool(roles) and all(
        role.startswith(f"arn:aws:iam::{account}:role/") and "*" not in role for role in roles
    )


CONTROL = Control(
    id="qlz-k4-key-revocable",
    title="A key can be taken out of use at once",
    why="Disabling the key is what still helps when everything else is in other hands.",
    fix="Let a named role of the account use kms:DisableKey and kms:RevokeGrant, and no key operation.",
    requirements=("K4", "K7"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2", "12"),
        "csa-ccm-4": ("CEK-08",),
    },
    types=KEYS,
    judge=judge,
)

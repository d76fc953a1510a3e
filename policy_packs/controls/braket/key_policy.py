"""K7: who administers a key cannot use it, and the reverse; nobody from outside can do either."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import KEYS, in_account
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement, gives_to_notebooks, read_document
from policy_packs.controls.stack_facts import Declared, StackFacts

_USE = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:Sign",
    "kms:DeriveSharedSecret",
)
_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:DeleteAlias",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:ImportKeyMaterial",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    account = facts.need().account
    users: set[str] = set()
    administrators: set[str] = set()
    for statement in read_document(resource["policy"]).allows():
        label = statement.label
        use, administer = statement.may(*_USE), statement.may(*_ADMINISTER)
        if statement.not_actions:
            yield fail(f"{label} of its policy allows all actions but a list")
        elif use and administer:
            yield fail(f"{label} of its policy gives administration and use to one and the same")
        if statement.everyone():
            yield fail(f"{label} of its policy lets everybody in")
            continue
        for name in statement.principals.get("AWS", ()):
            if not in_account(name, account):
                yield fail(
                    f"{label} of its policy lets in {name}, which is not of account {account} or no role"
                )
        if use and "Service" in statement.principals and not statement.sourced(account):
            yield fail(f"{label} of its policy lets a service use it on behalf of any account")
        strange = set(statement.principals) - {"AWS", "Service"}
        if strange:
            yield fail(f"{label} of its policy lets in principals of kind {', '.join(sorted(strange))}")
        people = _people(statement, account)
        if use and not administer:
            users |= people
            if account in people:
                yield fail(f"{label} of its policy gives use to the whole account")
        if administer and not use:
            administrators |= people
        if statement.may("kms:CreateGrant") and not _for_a_notebook(statement, facts.need()):
            yield fail(f"{label} of its policy allows kms:CreateGrant, by which a holder gives itself use")
    both = sorted(users & administrators)
    if both:
        yield fail(f"its policy gives administration and use to {', '.join(both)}")


def _for_a_notebook(statement: Statement, declared: Declared) -> bool:
    """A project's notebook: the pipeline of projects has SageMaker make a grant for its volume."""
    label = declared.label or declared.environment
    apply = f"arn:aws:iam::{declared.account}:role/qlz/{label}/qlz-{label}-project-apply"
    return (
        declared.is_project
        and set(statement.principals) == {"AWS"}
        and not statement.not_principals
        and statement.pinned("aws:PrincipalArn") == (apply,)
        and gives_to_notebooks(statement, declared.region)
    )


def _people(statement: Statement, account: str) -> set[str]:
    """Whom a statement means: the account itself stands for the roles its condition names, else for all."""
    named = statement.pinned("aws:PrincipalArn")
    found: set[str] = set()
    for name in statement.principals.get("AWS", ()):
        if name in (account, f"arn:aws:iam::{account}:root"):
            found |= set(named) or {account}
        else:
            found.add(name)
    return found


CONTROL = Control(
    id="qlz-k7-key-policy",
    title="Administration and use of a key are apart",
    why="Whoever can both change a key's policy and decrypt can read everything and let anybody else do so.",
    fix=(
        "Write two kinds of statements: administrative actions for administrators, use for named roles and "
        "services."
    ),
    requirements=("K7", "K2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-5", "SC-12"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.24"),
        "ncsc-cloud-principles": ("2", "12"),
        "csa-ccm-4": ("CEK-08", "IAM-04"),
        "uk-gdpr": ("32",),
    },
    types=KEYS,
    judge=judge,
    admits_exceptions=False,
)

"""K7: who administers a key cannot use it, and the reverse."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import (
    ROLE_ASSIGNMENT,
    ROLE_DEFINITION,
    guid_of,
    low,
    need_azure,
    role_of,
    said,
    who,
)
from policy_packs.controls.azure_facts import reviewed
from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

_KEYS = "microsoft.keyvault/vaults/keys/"
_USES = frozenset(
    f"{_KEYS}{verb}/action"
    for verb in ("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify", "release", "backup", "export")
)


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure = need_azure(facts)
    for definition in stack.of_type(ROLE_DEFINITION):
        yield from (
            fail(f"it holds {action}, so that whoever has it uses keys", definition)
            for part in said(definition, "permissions")
            for action in part["dataActions"]
            if _uses(action)
        )
        if not said(definition, "permissions").known:
            yield undecided(said(definition, "permissions"), definition)
    built_in: dict[str, str] = reviewed()["built_in"]
    uses = {built_in["key-vault-crypto-service-encryption-user"]}
    administers = {
        guid for guid, kind in azure.role_kinds.items() if kind in ("administer-keys", "rotate-key")
    }
    users: set[str] = set()
    administrators: set[str] = set()
    for made in stack.of_type(ROLE_ASSIGNMENT):
        role, holder = guid_of(role_of(made)), who(stack, made)
        (users if role in uses else administrators if role in administers else set()).add(holder)
    for both in sorted((users & administrators) - {""}):
        yield fail(f"{both} administers keys and uses them")


def _uses(action: Value) -> bool:
    text = low(action)
    return text in _USES or ("*" in text and not text.endswith("read"))


CONTROL = Control(
    id="qlz-k7-azure-key-users",
    title="Administrators of keys do not use them",
    why="Whoever can do both reads what is encrypted and hides that he did.",
    fix="Keep use of keys to the storage's own identity, and out of every role of ours.",
    requirements=("K7",),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-5", "SC-12"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.24"),
        "ncsc-cloud-principles": ("2", "12"),
        "csa-ccm-4": ("CEK-08", "IAM-04"),
        "uk-gdpr": ("32",),
    },
    types=(ROLE_ASSIGNMENT, ROLE_DEFINITION),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)

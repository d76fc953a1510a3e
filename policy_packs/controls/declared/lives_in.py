"""G6, G5: a stack says where its data, keys and logs live, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

STACK = "pulumi:pulumi:Stack"
_SENTENCES = {"dataLivesIn": "data", "keysLiveIn": "keys", "logsLiveIn": "logs"}
_STORES = {"aws:s3/bucket:Bucket": "bucket", "azure-native:storage:StorageAccount": "accountName"}
_KEYS = {"aws:kms/alias:Alias": "name", "azure-native:keyvault:Vault": "vaultName"}
"""What is named in a sentence: type to the property that holds its name."""
_WORDS = 6
"""Fewer words are no sentence."""


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if declared.kind == "organization":
        return
    roots = stack.of_type(STACK)
    if not roots:
        yield undecided("the engine shows no stack, so what it exports is unknown")
    for root in roots:
        for name, what in _SENTENCES.items():
            told = root[name]
            if told.unknown:
                yield undecided(f"{name} is unknown at preview, and has to follow from names alone", root)
            elif len(told.text().split()) < _WORDS:
                yield fail(f"it does not say where its {what} live ({name})", root)
            elif declared.is_project and what != "logs":
                if declared.region not in told.text():
                    yield fail(f"{name} does not name {declared.region}, where everything lives", root)
                if (named := _named(stack, what)) and not any(each in told.text() for each in named):
                    yield fail(f"{name} names none of {', '.join(sorted(named))}", root)


def _named(stack: Stack, what: str) -> set[str]:
    """The names of the stack's own stores, or of its keys and vaults, as far as they are known."""
    rows = _STORES if what == "data" else _KEYS
    return {
        text
        for token, prop in rows.items()
        for resource in stack.of_type(token)
        if (text := (resource.inputs or resource.props)[prop].text())
    }


CONTROL = Control(
    id="qlz-g6-lives-in",
    title="Where data, keys and logs live is said",
    why="Whoever asks where the data is should not have to read a program, or be told from memory.",
    fix="Export dataLivesIn, keysLiveIn and logsLiveIn, a sentence each, made of known names.",
    requirements=("G6", "G5"),
    severity=Severity.MEDIUM,
    frameworks={
        "nist-800-53-r5": ("CM-12", "PL-2"),
        "iso-27001-2022-annex-a": ("A.5.9", "A.5.14"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-03",),
        "uk-gdpr": ("30",),
    },
    types=(STACK,),
    judge_stack=judge_stack,
    cloud="any",
)

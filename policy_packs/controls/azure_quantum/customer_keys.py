"""K2: stores are encrypted with a key in a vault of the same stack."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import IDENTITY, KEY, STORAGE, arm_id, low, need_azure, said
from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    azure, declared = need_azure(facts), facts.need()
    for account in stack.of_type(STORAGE):
        said_of = said(account, "encryption")
        if not said_of.known:
            yield undecided(said_of, account)
        elif said_of["keySource"].text() != "Microsoft.Keyvault":
            if declared.is_environment or declared.customer_key:
                yield fail("it is encrypted with a key of Azure's own", account)
        else:
            yield from _judge_key(stack, account, azure)
        if said_of.known and said_of["requireInfrastructureEncryption"] != True:  # noqa: E712 - a Value
            yield fail("it is not encrypted a second time underneath", account)


def _judge_key(stack: Stack, account: Resource, azure: Azure) -> Iterator[Finding]:
    chosen = said(account, "encryption")["keyVaultProperties"]
    vault = low(chosen["keyVaultUri"]).removeprefix("https://").removesuffix("/")
    own = {
        (f"{low(said(key, 'vaultName'))}.vault.azure.net", low(said(key, "keyName")))
        for key in stack.of_type(KEY)
    }
    if (vault, low(chosen["keyName"])) not in own:
        yield fail(f"its key {chosen['keyName']} in {chosen['keyVaultUri']} is no key of this stack", account)
    if chosen["keyVersion"].text():
        yield fail("it is held to one version of its key, and does not follow a rotation", account)
    user = low(said(account, "encryption")["encryptionIdentity"]["encryptionUserAssignedIdentity"])
    if user not in {arm_id(each, azure) for each in stack.of_type(IDENTITY)} - {""}:
        yield fail("it comes to its key as an identity that is not of this stack", account)


CONTROL = Control(
    id="qlz-k2-azure-customer-keys",
    title="Stores have the stack's own key",
    why="Only a key of one's own can be taken away, and only one of the same stack is nobody else's too.",
    fix="Point the account at the stack's vault and key, without a version, through the stack's identity.",
    requirements=("K2", "T4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-28(1)", "SC-12"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-03", "CEK-08"),
        "uk-gdpr": ("32",),
    },
    types=(STORAGE,),
    judge_stack=judge_stack,
    cloud="azure",
)

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.customer_keys import CONTROL
from tests.policies.azure_quantum.things import PROJECT, account, identity, key
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
AROUND = [key(), identity("storage")]
DEMO = replace(PROJECT, customer_key=False)


def chosen(**changes: object) -> list[Res]:
    return [*AROUND, account(encryption={"keyVaultProperties": changes})]


CASES.passes("its own", [*AROUND, account()])
CASES.passes(
    "Azure's, where the tier allows it",
    account(encryption={"keySource": "Microsoft.Storage"}),
    declared=DEMO,
)
CASES.fails(
    "Azure's", [*AROUND, account(encryption={"keySource": "Microsoft.Storage"})], "a key of Azure's own"
)
CASES.fails("not a word", [*AROUND, account(encryption=None)], "a key of Azure's own")
CASES.fails("another vault", chosen(keyVaultUri="https://other.vault.azure.net"), "no key of this stack")
CASES.fails("another key", chosen(keyName="other"), "no key of this stack")
CASES.fails("one version", chosen(keyVersion="abc"), "does not follow a rotation")
CASES.fails(
    "another identity", [key(), identity("pipeline"), account()], "an identity that is not of this stack"
)
CASES.fails(
    "once only", [*AROUND, account(encryption={"requireInfrastructureEncryption": False})], "a second time"
)
CASES.unknown("key", chosen(keyName=UNKNOWN), "keyName is unknown")
CASES.unknown("all", [*AROUND, account(encryption=UNKNOWN)], "encryption is unknown")


def test_case(case: Case) -> None:
    case.check()

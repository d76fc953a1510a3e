from __future__ import annotations

from policy_packs.controls.azure_quantum.vault_settings import CONTROL
from tests.policies.azure_quantum.things import OTHER, PROJECT, vault
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def set_(**changes: object) -> Res:
    return vault(properties=changes)


CASES.passes("as it is to be", vault())
for key, says in {
    "enableRbacAuthorization": "access policies decide in it",
    "enablePurgeProtection": "can be purged",
    "enableSoftDelete": "gone at once",
}.items():
    CASES.fails(f"{key} off", set_(**{key: False}), says)
    CASES.fails(f"{key} left out", set_(**{key: None}), says)
CASES.fails("a week", set_(softDeleteRetentionInDays=7), "less than 90 days")
CASES.fails("another tenant", set_(tenantId=OTHER), "another tenant")
CASES.fails("machines", set_(enabledForDeployment=True), "enabledForDeployment opens it")
CASES.fails("a policy", set_(accessPolicies=[{"objectId": OTHER}]), "it has access policies")
CASES.fails("open", set_(networkAcls={"defaultAction": "Allow"}), "answers to every network")
CASES.fails("no word on networks", set_(networkAcls=None), "answers to every network")
CASES.fails(
    "all by a rule",
    set_(networkAcls={"ipRules": [{"value": "0.0.0.0/0"}]}),
    "answers to a network wider than /8",
)
for network in ("0.0.0.0/1", "128.0.0.0/1", "everywhere", ""):
    rules = {"defaultAction": "Deny", "ipRules": [{"value": network}]}
    CASES.fails(f"half of it, {network}", set_(networkAcls=rules), "wider than /8")
CASES.unknown("purge", set_(enablePurgeProtection=UNKNOWN), "enablePurgeProtection is unknown")


def test_case(case: Case) -> None:
    case.check()

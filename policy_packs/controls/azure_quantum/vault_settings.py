"""K2, K5: vaults let roles decide, keep what was deleted, and answer to named networks only."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from policy_packs.controls.azure import VAULT, need_azure
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts

_WIDEST = 8


def _narrow(network: str) -> bool:
    """An address or a network in CIDR, not half of the internet."""
    try:
        return IPv4Network(network).prefixlen >= _WIDEST
    except ValueError:
        return False


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    azure, settings = need_azure(facts), resource["properties"]
    for key, what in (
        ("enableRbacAuthorization", "access policies decide in it, not roles"),
        ("enablePurgeProtection", "its keys can be purged for good"),
        ("enableSoftDelete", "its keys are gone at once when deleted"),
    ):
        yield from expect(settings[key], lambda on: on is True, what)
    yield from expect(
        settings["softDeleteRetentionInDays"],
        lambda days: isinstance(days, int) and days >= 90,
        "deleted keys can be brought back for less than 90 days",
    )
    yield from expect(settings["tenantId"], lambda tenant: tenant == azure.tenant, "it trusts another tenant")
    for key in ("enabledForDeployment", "enabledForDiskEncryption", "enabledForTemplateDeployment"):
        yield from expect(settings[key], lambda on: on in (None, False), f"{key} opens it past its roles")
    if settings["accessPolicies"].elements():
        yield fail("it has access policies")
    yield from expect(
        settings["networkAcls"]["defaultAction"],
        lambda action: action == "Deny",
        "it answers to every network",
    )
    for rule in settings["networkAcls"]["ipRules"]:
        yield from expect(
            rule["value"],
            lambda network: isinstance(network, str) and _narrow(network),
            f"it answers to a network wider than /{_WIDEST}, as charters may not name one",
        )


CONTROL = Control(
    id="qlz-k5-azure-vault-settings",
    title="Vaults keep their keys",
    why="Whoever can purge a key destroys all it encrypts; access policies let whoever writes the vault in.",
    fix="Turn on roles, soft delete of 90 days and purge protection; deny networks by default.",
    requirements=("K5", "K2", "K7"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12", "AC-3", "SC-12(1)"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-08", "CEK-14"),
    },
    types=(VAULT,),
    judge=judge,
    cloud="azure",
)

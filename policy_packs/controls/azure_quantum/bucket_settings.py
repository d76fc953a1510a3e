"""T4: storage accounts are closed to the public and to other tenants, and speak TLS 1.2 at least."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import CONTAINER, STORAGE, one_of
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Plain

_WANTED: dict[str, tuple[tuple[Plain, ...], str]] = {
    "kind": (("StorageV2",), "it is of an old kind"),
    "allowBlobPublicAccess": ((False,), "it may be opened to the public"),
    "allowCrossTenantReplication": ((False,), "it may be copied to another tenant"),
    "allowedCopyScope": (("AAD", "PrivateLink"), "blobs may be copied in from anywhere"),
    "defaultToOAuthAuthentication": ((True,), "its portal asks for keys first"),
    "enableHttpsTrafficOnly": ((True,), "it takes plain HTTP"),
    "minimumTlsVersion": (("TLS1_2", "TLS1_3"), "it takes TLS older than 1.2"),
}


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == CONTAINER:
        yield from expect(resource["publicAccess"], lambda to: to == "None", "it is not closed to the public")
        if resource["defaultEncryptionScope"]:
            yield fail("it is encrypted with a key of its own")
        return
    for key, (wanted, what) in _WANTED.items():
        yield from expect(resource[key], one_of(*wanted), what)
    rules = resource["networkRuleSet"]
    if rules["resourceAccessRules"]:
        yield fail("resources of others may pass its firewall")
    if resource["customDomain"]:
        yield fail("it answers under another name")


CONTROL = Control(
    id="qlz-t4-azure-bucket-settings",
    title="Stores are closed",
    why="Circuits and results lie in the store; one that is open or takes old TLS shows them to strangers.",
    fix="Set each in so many words: what is left out, Azure decides, and it has changed its mind before.",
    requirements=("T4", "I1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-22", "AC-3", "SC-8"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.8.12"),
        "ncsc-cloud-principles": ("1", "3"),
        "csa-ccm-4": ("DSP-17",),
        "uk-gdpr": ("5", "32"),
    },
    types=(STORAGE, CONTAINER),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

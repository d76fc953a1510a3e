from __future__ import annotations

from typing import Any

from policy_packs.controls.azure_quantum.bucket_settings import CONTROL
from tests.policies.azure_quantum.things import PROJECT, account, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def container(**props: object) -> Res:
    return az("storage:BlobContainer", {"publicAccess": "None", **props})


CASES.passes("closed", [account(), container()])
CASES.passes("newer TLS", account(minimumTlsVersion="TLS1_3"))
OPEN: dict[str, Any] = {
    "allowBlobPublicAccess": True,
    "allowCrossTenantReplication": True,
    "defaultToOAuthAuthentication": False,
    "enableHttpsTrafficOnly": False,
    "minimumTlsVersion": "TLS1_0",
    "kind": "Storage",
}
for key, value in OPEN.items():
    says = {"minimumTlsVersion": "older than 1.2", "kind": "old kind"}.get(key, "it")
    CASES.fails(f"{key} {value}", account(**{key: value}), says)
    CASES.fails(f"{key} left out", account("results", **{key: None}), says)
CASES.fails("copies from anywhere", account(allowedCopyScope=None), "copied in from anywhere")
CASES.fails(
    "past the firewall", account(networkRuleSet={"resourceAccessRules": [{"resourceId": "x"}]}), "firewall"
)
CASES.fails("another name", account(customDomain={"name": "x.example"}), "another name")
CASES.fails("a public container", container(publicAccess="Blob"), "not closed to the public")
CASES.fails("a container without a word", container(publicAccess=None), "not closed to the public")
CASES.fails("its own key", container(defaultEncryptionScope="mine"), "a key of its own")
CASES.unknown("TLS", account(minimumTlsVersion=UNKNOWN), "minimumTlsVersion is unknown")
CASES.unknown("container", container(publicAccess=UNKNOWN), "publicAccess is unknown")


def test_case(case: Case) -> None:
    case.check()

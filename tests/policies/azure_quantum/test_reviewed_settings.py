"""Cases of qlz-c1-azure-reviewed-settings; the real stacks are held to it by the mutants."""

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.reviewed_settings import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, GROUP, GROUP_ID, PROJECT, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def blobs(days: object = 7, **changes: object) -> Res:
    kept = {"enabled": True, "days": days}
    props = {
        "accountName": "a",
        "resourceGroupName": GROUP,
        "deleteRetentionPolicy": kept,
        "containerDeleteRetentionPolicy": kept,
    }
    return az("storage:BlobServiceProperties", {**props, **changes}, "blobs")


def lifecycle(**changes: object) -> Res:
    definition = {
        "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 23}}},
        "filters": {"blobTypes": ["blockBlob", "appendBlob"]},
    }
    rule = {"name": "expire", "type": "Lifecycle", "enabled": True, "definition": definition, **changes}
    return az("storage:ManagementPolicy", {"accountName": "a", "policy": {"rules": [rule]}}, "lifecycle")


STORAGE = "qlz-catalyst-sandbox-storage"
STORE = az(
    "storage:StorageAccount",
    {
        "accountName": "a",
        "isSftpEnabled": False,
        "networkRuleSet": {"bypass": "AzureServices"},
        "sasPolicy": {"expirationAction": "Log", "sasExpirationPeriod": "1.00:00:00"},
        "encryption": {"services": {"blob": {"enabled": True, "keyType": "Account"}}},
        "identity": {
            "type": "UserAssigned",
            "userAssignedIdentities": [
                f"{GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{STORAGE}"
            ],
        },
    },
    "store",
)
CASES.passes("a store whose deleted blobs are kept a week, and end", [STORE, blobs(), lifecycle()])
LENT = {
    "type": "UserAssigned",
    "userAssignedIdentities": [
        f"{GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/qlz-optimus-sandbox-storage"
    ],
}
CASES.fails(
    "a store with another project's identity",
    [replace(STORE, props={**STORE.props, "identity": LENT}), blobs(), lifecycle()],
    "its identity.userAssignedIdentities[] is set to",
)
CASES.fails(
    "a log that keeps seven days whatever it says",
    az("operationalinsights:Workspace", {"sku": {"name": "Free"}}, "log"),
    "its sku.name is set to",
    declared=ENVIRONMENT,
)
CASES.fails(
    "settings of an account elsewhere", [blobs(), lifecycle()], "its accountName names no StorageAccount"
)
CASES.fails(
    "deleted blobs are gone at once", [blobs(0), lifecycle()], "deleteRetentionPolicy.days is set to 0"
)
CASES.fails("deleted blobs are kept for a year", [blobs(365), lifecycle()], "deleteRetentionPolicy.days")
CASES.fails("nothing says what becomes of deleted blobs", [lifecycle()], "it has no BlobServiceProperties")
CASES.fails(
    "a rule that is off", [blobs(), lifecycle(enabled=False)], "policy.rules[].enabled is set to False"
)
CASES.fails(
    "one rule of two is off",
    [
        blobs(),
        az(
            "storage:ManagementPolicy",
            {"policy": {"rules": [lifecycle().props["policy"]["rules"][0], {"enabled": False}]}},
        ),
    ],
    "policy.rules[].enabled is set to False",
)
CASES.unknown("days to come", [blobs(UNKNOWN), lifecycle()], "deleteRetentionPolicy.days is unknown")


def test_case(case: Case) -> None:
    case.check()

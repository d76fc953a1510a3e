from __future__ import annotations

from policy_packs.controls.azure_quantum.log_sinks import CONTROL
from tests.policies.azure_quantum.things import (
    ACCOUNT_ID,
    ENVIRONMENT,
    OPERATIONAL,
    PROJECT,
    SCOPE,
    SECURITY,
    VAULT_ID,
    WORKSPACE_ID,
    account,
    diagnostics,
    vault,
    workspace,
)
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, PROJECT)
BLOBS = f"{ACCOUNT_ID}/blobServices/default"
JOBS = diagnostics(WORKSPACE_ID, OPERATIONAL, "AuditEvent", name="jobs")
DATA = diagnostics(BLOBS, SECURITY, "StorageRead", "StorageWrite", "StorageDelete", name="data")
KEYS = diagnostics(VAULT_ID, SECURITY, "AuditEvent", name="keys")
ELSEWHERE = OPERATIONAL.replace("operational", "mine")

CASES.passes("all of it", [workspace(), account(), vault(), JOBS, DATA, KEYS])
CASES.passes(
    "the trail",
    [
        account(resourceGroupName="qlz-sandbox---trail"),
        diagnostics(
            SCOPE, None, "Policy", storageAccountId=ACCOUNT_ID.replace("sandbox--catalyst", "sandbox---trail")
        ),
    ],
    ENVIRONMENT,
)
CASES.fails("no jobs", workspace(), "its auditevent is not recorded in the operational log")
CASES.fails("no accesses", account(), "storagedelete, storageread, storagewrite is not recorded")
CASES.fails("no uses of keys", vault(), "its auditevent is not recorded in the security log")
CASES.fails(
    "reads alone",
    [account(), diagnostics(BLOBS, SECURITY, "StorageRead")],
    "storagedelete, storagewrite",
)
CASES.fails(
    "turned off",
    [vault(), diagnostics(VAULT_ID, SECURITY, logs=[{"category": "AuditEvent", "enabled": False}])],
    "not recorded",
)
CASES.fails("of another", [vault(), diagnostics(f"{VAULT_ID}x", SECURITY, "AuditEvent")], "not recorded")
CASES.fails(
    "keys in the daily log",
    [vault(), diagnostics(VAULT_ID, OPERATIONAL, "AuditEvent")],
    "not recorded",
)
CASES.fails(
    "accesses in the daily log as well",
    [account(), DATA, diagnostics(BLOBS, OPERATIONAL, "StorageRead", name="spy")],
    "none of the environment's logs for that",
)
CASES.fails(
    "uses of keys there as well", [vault(), KEYS, diagnostics(VAULT_ID, OPERATIONAL, name="spy")], "for that"
)
CASES.fails(
    "to another log",
    [JOBS, diagnostics(VAULT_ID, ELSEWHERE, "AuditEvent")],
    "none of the environment's",
)
CASES.fails(
    "to a project's store",
    diagnostics(VAULT_ID, None, storageAccountId=ACCOUNT_ID),
    "none of the env",
)
CASES.fails("to a hub", diagnostics(VAULT_ID, SECURITY, eventHubName="h"), "sends elsewhere, by eventHubName")
CASES.unknown("where to", [diagnostics(VAULT_ID, UNKNOWN, "AuditEvent")], "workspaceId is unknown")


def test_case(case: Case) -> None:
    case.check()

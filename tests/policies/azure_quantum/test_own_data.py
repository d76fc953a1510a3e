from __future__ import annotations

from policy_packs.controls.azure_quantum.own_data import CONTROL
from tests.policies.azure_quantum.things import ACCOUNT_ID, PROJECT, account, workspace
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, PROJECT)
OTHERS = ACCOUNT_ID.replace("catalyst", "optimus")

CASES.passes("its own", [account(), workspace()])
CASES.passes("in another case", [account(), workspace(properties={"storageAccount": ACCOUNT_ID.upper()})])
CASES.fails(
    "another's", [account(), workspace(properties={"storageAccount": OTHERS})], "no store of this stack"
)
CASES.fails("none", [account(), workspace(properties={"storageAccount": None})], "no store of this stack")
CASES.fails("of no stack", workspace(), "no store of this stack")
CASES.fails(
    "another's identity", [account(), workspace(identity={"type": "UserAssigned"})], "its identity is"
)
CASES.fails(
    "two", [account(), workspace(identity={"type": "SystemAssigned,UserAssigned"})], "its identity is"
)
CASES.unknown(
    "store", [account(), workspace(properties={"storageAccount": UNKNOWN})], "storageAccount is unknown"
)
CASES.unknown("identity", [account(), workspace(identity={"type": UNKNOWN})], "identity.type is unknown")


def test_case(case: Case) -> None:
    case.check()

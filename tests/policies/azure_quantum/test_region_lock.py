from __future__ import annotations

from policy_packs.controls.azure_quantum.region_lock import CONTROL
from tests.policies.azure_quantum.things import PROJECT, account, az, log, vault, workspace
from tests.policies.support import ENVIRONMENT as ON_AWS
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
GLOBAL = az("monitor:ActionGroup", {"location": "Global"})

CASES.passes("there", [account(), vault(), workspace(), log()])
CASES.passes("zone redundant", account(sku={"name": "Standard_ZRS"}))
CASES.passes("written for people", account(location="West Europe"))
CASES.passes("without location", az("keyvault:Key", {}))
CASES.passes("an action group", GLOBAL)
CASES.passes("AWS", Res("aws:s3/bucket:Bucket", {"region": "x"}))
CASES.fails(
    "elsewhere", workspace(location="eastus"), "its location is 'eastus', the stack allows westeurope"
)
CASES.fails("a store called global", account(location="global"), "the stack allows westeurope")
CASES.fails("an action group elsewhere", az("monitor:ActionGroup", {"location": "eastus"}), "its location")
CASES.fails("geo-redundant", account(sku={"name": "Standard_GRS"}), "copies it to another region")
CASES.fails("readable there", account(sku={"name": "Standard_RAGZRS"}), "copies it to another region")
CASES.fails("a replicated log", log(replication={"enabled": True, "location": "eastus"}), "it is replicated")
CASES.unknown("not written down", vault(location=None), "its location is not written down")
CASES.unknown("unknown", account(location=UNKNOWN), "location is unknown at preview")
CASES.unknown("sku unknown", account(sku={"name": UNKNOWN}), "sku.name is unknown")
CASES.unknown("on AWS", account(), "no stack on Azure", declared=ON_AWS)


def test_case(case: Case) -> None:
    case.check()

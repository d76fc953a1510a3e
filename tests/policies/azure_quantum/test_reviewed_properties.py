from __future__ import annotations

import json
from typing import Any

from policy_packs.controls.azure_quantum.reviewed_properties import CONTROL, DATA
from policy_packs.controls.azure_quantum.reviewed_types import reviewed as reviewed_types
from tests.policies.azure_quantum.things import PROJECT, account, az
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, PROJECT)
SAYS = "which this landing zone has not reviewed"


def alarm(**more: Any) -> dict[str, Any]:
    return {"ruleName": "spike", "criteria": {"allOf": [{"query": "T", "threshold": 0, **more}]}}


CASES.passes("an account as the components make it", account())
CASES.passes("any tag", az("resources:ResourceGroup", {"location": "westeurope", "tags": {"owner": "ada"}}))
CASES.passes("what is null is not set", az("resources:ResourceGroup", {"managedBy": None}))
CASES.passes("a value that comes later", az("resources:ResourceGroup", {"location": UNKNOWN}))
CASES.passes(
    "any rule of a policy", az("authorization:PolicyDefinition", {"policyRule": {"if": {"not": {}}}})
)
for name, kind, props in (
    ("an alarm that counts one caller", "monitor:ScheduledQueryRule", alarm(dimensions=[{"name": "Caller"}])),
    ("an alarm that learns", "monitor:ScheduledQueryRule", alarm(criterionType="DynamicThresholdCriterion")),
    ("an alarm over another time", "monitor:ScheduledQueryRule", {"overrideQueryTimeRange": "PT5M"}),
    ("a log with a daily cap", "operationalinsights:Workspace", {"workspaceCapping": {"dailyQuotaGb": 0.1}}),
    (
        "a log that drops rows",
        "operationalinsights:Workspace",
        {"defaultDataCollectionRuleResourceId": "/subscriptions/s/x"},
    ),
    ("an account at another place", "storage:StorageAccount", {"extendedLocation": {"name": "losangeles"}}),
    (
        "file shares for a directory",
        "storage:StorageAccount",
        {"azureFilesIdentityBasedAuthentication": {"directoryServiceOptions": "AADKERB"}},
    ),
    ("a queue with another key", "storage:StorageAccount", {"encryption": {"services": {"queue": {}}}}),
    ("a change feed", "storage:BlobServiceProperties", {"changeFeed": {"enabled": True}}),
    ("browsers from anywhere", "storage:BlobServiceProperties", {"cors": {"corsRules": []}}),
    ("a vault in a subnet", "keyvault:Vault", {"properties": {"networkAcls": {"virtualNetworkRules": []}}}),
    ("a key that begins later", "keyvault:Key", {"properties": {"attributes": {"notBefore": 4000000000}}}),
    ("a budget that counts nothing", "consumption:Budget", {"filter": {"dimensions": {"name": "x"}}}),
    ("a budget that ends", "consumption:Budget", {"timePeriod": {"endDate": "2027-01-01"}}),
    ("a group that others manage", "resources:ResourceGroup", {"managedBy": "/subscriptions/s/x"}),
    (
        "approvers of the requesters' own",
        "authorization:RoleManagementPolicy",
        {"rules": [{"id": "a"}, {"setting": {"approvalStages": [{"escalationApprovers": [{"id": "x"}]}]}}]},
    ),
    ("a name in another case", "storage:StorageAccount", {"ExtendedLocation": {}}),
):
    CASES.fails(name, az(kind, props), SAYS)
CASES.unknown("nothing is known of it", az("consumption:Budget", {"timePeriod": UNKNOWN}), "is unknown")


def test_case(case: Case) -> None:
    case.check()


def test_every_reviewed_type_has_its_properties() -> None:
    listed = set(json.loads(DATA.read_text(encoding="utf-8"))["types"])
    assert listed == {each for each in reviewed_types() if each.startswith("azure-native:")}

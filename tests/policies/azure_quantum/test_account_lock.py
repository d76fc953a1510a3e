from __future__ import annotations

from policy_packs.controls.azure_quantum.account_lock import CONTROL
from tests.policies.azure_quantum.things import GROUP_ID, OTHER, PROJECT, SUBSCRIPTION, TENANT, account, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
PROVIDER = "pulumi:providers:azure-native"
RIGHT = {"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}
ELSEWHERE = GROUP_ID.replace(SUBSCRIPTION, OTHER)

CASES.passes("the stack's own", Res(PROVIDER, RIGHT))
CASES.passes("a resource of it", account())
CASES.passes(
    "a type that is called so", az("x:Y", {"type": "Microsoft.Resources/subscriptions/resourceGroups"})
)
CASES.fails(
    "another subscription", Res(PROVIDER, {**RIGHT, "subscriptionId": OTHER}), "its subscriptionId is"
)
CASES.fails("none", Res(PROVIDER, {"tenantId": TENANT}), "its subscriptionId is absent")
CASES.fails("another tenant", Res(PROVIDER, {**RIGHT, "tenantId": OTHER}), "its tenantId is")
CASES.fails("another Azure", Res(PROVIDER, {**RIGHT, "environment": "china"}), "another Azure's")
CASES.fails("more tenants", Res(PROVIDER, {**RIGHT, "auxiliaryTenantIds": [OTHER]}), "further tenants")
CASES.fails(
    "sent elsewhere", Res(PROVIDER, {**RIGHT, "metadataHost": "x.example"}), "another place than Azure"
)
for key in ("msiEndpoint", "oidcRequestUrl", "pluginDownloadURL"):
    CASES.fails(f"{key}", Res(PROVIDER, {**RIGHT, key: "https://x.example"}), f"its {key} sends it")
CASES.fails("no word with Entra", Res(PROVIDER, {**RIGHT, "disableInstanceDiscovery": True}), "sends it")
CASES.fails("a setting to come", Res(PROVIDER, {**RIGHT, "trusting": "yes"}), "nobody has reviewed")
CASES.fails("a lock elsewhere", az("x:Y", {"scope": ELSEWHERE}), f"the subscription {OTHER}")
CASES.fails("deep inside", az("x:Y", {"a": [{"b": f"contains {ELSEWHERE}/x"}]}), f"the subscription {OTHER}")
CASES.fails("in capitals", az("x:Y", {"scope": ELSEWHERE.upper()}), "the subscription")
CASES.fails(
    "through another provider",
    Res("azure-native:x:Y", {}, provider_type="pulumi:providers:aws"),
    "a provider of another kind",
)
CASES.unknown("no provider", az("x:Y", {}, provider=None), "it names no provider")
CASES.unknown(
    "unknown subscription", Res(PROVIDER, {**RIGHT, "subscriptionId": UNKNOWN}), "subscriptionId is unknown"
)


def test_case(case: Case) -> None:
    case.check()

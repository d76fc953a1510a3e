from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.azure_quantum.location_policies import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, HOME_ID, ISSUER, PROJECT, SCOPE, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
SUBJECTS = [f"repo:example-org/platform:environment:{kind}" for kind in ("project-apply", "plan")]
STORAGE = "Microsoft.Storage/storageAccounts"


def pair(name: str, mode: str, condition: object, effect: str = "deny", **more: object) -> list[Res]:
    policy_id = f"{SCOPE}/providers/Microsoft.Authorization/policyDefinitions/{name}"
    rule = {"if": condition, "then": {"effect": effect}}
    definition = {"policyDefinitionName": name, "mode": mode, "policyRule": rule}
    assignment = {"scope": SCOPE, "policyDefinitionId": policy_id, "enforcementMode": "Default", **more}
    return [
        az("authorization:PolicyDefinition", definition, f"{name}-d"),
        az("authorization:PolicyAssignment", assignment, f"{name}-a"),
    ]


def locations(*names: str, effect: str = "deny", **more: object) -> list[Res]:
    return pair("locations", "Indexed", {"field": "location", "notIn": [*names, "global"]}, effect, **more)


def groups(*names: str) -> list[Res]:
    kind = {"field": "type", "equals": "Microsoft.Resources/subscriptions/resourceGroups"}
    return pair("groups", "All", {"allOf": [kind, {"field": "location", "notIn": list(names)}]})


KEYS = pair(
    "keys",
    "Indexed",
    {
        "allOf": [
            {"field": f"{STORAGE}/allowSharedKeyAccess", "notEquals": "false"},
            {"field": "type", "equals": STORAGE},
        ]
    },
)


def own(*subjects: str, **more: Any) -> list[Res]:
    more.setdefault("scope", HOME_ID)
    only = [{"field": f"{CREDENTIALS}/issuer", "notIn": [ISSUER]}]
    only.append({"field": f"{CREDENTIALS}/subject", "notIn": list(subjects)})
    condition = {"allOf": [{"field": "type", "equals": CREDENTIALS}, {"anyOf": only}]}
    return pair("own", "All", condition, **more)


OWN = own(*SUBJECTS)
REST = [*groups("westeurope"), *KEYS, *OWN]

CASES.passes("all three", [*locations("westeurope"), *REST])
CASES.passes("a project has none", [], declared=PROJECT)
CASES.passes(
    "a further location, in any order",
    [*locations("northeurope", "westeurope"), *groups("westeurope", "northeurope"), *KEYS, *OWN],
    declared=replace(ENVIRONMENT, also=("northeurope",)),
)
CASES.fails("none", [], "nothing denies resources outside its locations")
CASES.fails(
    "one location more",
    [*locations("westeurope", "eastus"), *REST],
    "nothing denies resources outside",
)
CASES.fails("one too few", [*locations(), *REST], "nothing denies resources outside")
CASES.fails(
    "only told",
    [*locations("westeurope", effect="audit"), *REST],
    "nothing denies resources outside",
)
CASES.fails("not assigned", [locations("westeurope")[0], *REST], "nothing denies resources outside")
CASES.fails("not defined here", [locations("westeurope")[1], *REST], "nothing denies resources outside")
CASES.fails(
    "for a group",
    [*locations("westeurope", scope=f"{SCOPE}/resourceGroups/x"), *REST],
    "nothing denies",
)
CASES.fails(
    "anybody as the pipelines",
    [*locations("westeurope"), *groups("westeurope"), *KEYS],
    "nothing denies other workloads",
)
CASES.fails(
    "somebody as the pipelines",
    [*locations("westeurope"), *groups("westeurope"), *KEYS, *own(*SUBJECTS, "repo:mallory/x:environment:y")],
    "nothing denies other workloads",
)
CASES.fails(
    "elsewhere",
    [*locations("westeurope"), *groups("westeurope"), *KEYS, *own(*SUBJECTS, scope=f"{HOME_ID}-two")],
    "nothing denies other workloads",
)
CASES.fails("groups anywhere", [*locations("westeurope"), *KEYS], "nothing denies resource groups")
CASES.fails(
    "shared keys",
    [*locations("westeurope"), *groups("westeurope")],
    "nothing denies storage accounts",
)
CASES.fails(
    "not enforced", [*locations("westeurope", enforcementMode="DoNotEnforce"), *REST], "it only reports"
)
CASES.fails("an exception", [*locations("westeurope", notScopes=[f"{SCOPE}/x"]), *REST], "notScopes takes")
CASES.fails(
    "selected",
    [*locations("westeurope", resourceSelectors=[{"name": "x"}]), *REST],
    "resourceSelectors",
)
CASES.fails(
    "overridden",
    [*locations("westeurope", overrides=[{"kind": "policyEffect"}]), *REST],
    "overrides",
)
CASES.unknown(
    "mode",
    [*locations("westeurope", enforcementMode=UNKNOWN), *REST],
    "enforcementMode is unknown",
)


def test_case(case: Case) -> None:
    case.check()

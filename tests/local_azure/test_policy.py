"""Policy assignments deny, and a rule that is not understood is refused before anybody relies on it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.local_azure.arm import Arm, unique

STORAGE = "Microsoft.Storage/storageAccounts"
CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"


def define(arm: Arm, condition: Any, *, mode: str = "All", effect: Any = "deny", **parameters: Any) -> str:
    path = f"{arm.subscription}/providers/Microsoft.Authorization/policyDefinitions/{unique('p')}"
    rule = {"if": condition, "then": {"effect": effect}}
    arm.put(path, {"properties": {"mode": mode, "policyRule": rule, "parameters": parameters}})
    return path


def assign(arm: Arm, definition: str, scope: str | None = None, **more: Any) -> str:
    path = f"{scope or arm.subscription}/providers/Microsoft.Authorization/policyAssignments/{unique('a')}"
    arm.put(path, {"properties": {"policyDefinitionId": definition, **more}})
    return path


def account(arm: Arm, group: str, location: str = "westeurope", **properties: Any) -> str:
    """The refusal, or "made"."""
    path = f"{group}/providers/{STORAGE}/{unique('st')}"
    body = {
        "location": location,
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "properties": properties,
    }
    reply = arm.request("PUT", path, body)
    return "made" if reply.status_code == 202 else str(reply.json()["error"]["code"])


SHARED_KEYS = {
    "allOf": [
        {"field": "type", "equals": STORAGE},
        {"field": f"{STORAGE}/allowSharedKeyAccess", "notEquals": "false"},
    ]
}


def test_storage_with_shared_keys_is_denied_also_when_nothing_is_said(arm: Arm) -> None:
    group = arm.group()
    path = assign(arm, define(arm, SHARED_KEYS, mode="Indexed"))
    assert account(arm, group) == "RequestDisallowedByPolicy"
    assert account(arm, group, allowSharedKeyAccess=True) == "RequestDisallowedByPolicy"
    assert account(arm, group, allowSharedKeyAccess=False) == "made"
    existing = arm.account(group)
    body = {"properties": {"allowSharedKeyAccess": True}}
    reply = arm.request("PATCH", existing, body)
    assert reply.status_code == 403
    error = reply.json()["error"]
    assert error["additionalInfo"][0]["info"]["policyAssignmentId"] == path
    assert arm.get(existing)["properties"]["allowSharedKeyAccess"] is False
    arm.delete(path)
    assert account(arm, group) == "made"


def test_locations(arm: Arm) -> None:
    group = arm.group()
    assign(arm, define(arm, {"field": "location", "notIn": ["westeurope", "global"]}, mode="Indexed"))
    assert account(arm, group, "West Europe", allowSharedKeyAccess=False) == "made"
    assert account(arm, group, "eastus") == "RequestDisallowedByPolicy"
    # A group is not Indexed; a rule on groups names their own type, in the mode All.
    elsewhere = f"{arm.subscription}/resourceGroups/rg-us"
    assert arm.request("PUT", elsewhere, {"location": "eastus"}).status_code == 201
    groups = {
        "allOf": [
            {"field": "type", "equals": "Microsoft.Resources/subscriptions/resourceGroups"},
            {"field": "location", "notIn": ["westeurope"]},
        ]
    }
    assign(arm, define(arm, groups))
    assert arm.refused("PUT", elsewhere + "2", {"location": "eastus"}) == "403 RequestDisallowedByPolicy"
    # An action group is global, and an extension has no location at all.
    path = f"{group}/providers/Microsoft.Insights/actionGroups/ag"
    arm.put(path, {"location": "Global", "properties": {"groupShortName": "qlz", "enabled": True}})
    arm.put(f"{group}/providers/Microsoft.Authorization/locks/l", {"properties": {"level": "CanNotDelete"}})


def test_an_assignment_holds_at_its_scope_without_what_it_leaves_out(arm: Arm) -> None:
    group, other = arm.group(), arm.group("rg-other")
    definition = define(arm, SHARED_KEYS)
    assign(arm, definition, group)
    assert account(arm, group) == "RequestDisallowedByPolicy"
    assert account(arm, other) == "made"
    assign(arm, definition, arm.subscription, notScopes=[other])
    assert account(arm, other) == "made"
    third = arm.group("rg-third")
    assert account(arm, third) == "RequestDisallowedByPolicy"
    assign(arm, definition, third, enforcementMode="DoNotEnforce")


def test_an_assignment_that_only_watches_denies_nothing(arm: Arm) -> None:
    group = arm.group()
    assign(arm, define(arm, SHARED_KEYS), group, enforcementMode="DoNotEnforce")
    assert account(arm, group) == "made"


def test_credentials_of_the_environments_own_identities(arm: Arm) -> None:
    group = arm.group()
    subjects = ["repo:example-org/platform:environment:dev"]
    rule = {
        "allOf": [
            {"field": "type", "equals": CREDENTIALS},
            {"field": f"{CREDENTIALS}/subject", "notIn": subjects},
        ]
    }
    assign(arm, define(arm, rule), group)
    path = arm.identity(group)["id"] + "/federatedIdentityCredentials/"
    body = {
        "issuer": "https://token.actions.githubusercontent.com",
        "audiences": ["api://AzureADTokenExchange"],
    }
    arm.put(path + "good", {"properties": {**body, "subject": subjects[0]}})
    bad = {"properties": {**body, "subject": "repo:evil/x:environment:dev"}}
    assert arm.refused("PUT", path + "bad", bad) == "403 RequestDisallowedByPolicy"


def test_a_full_name_begins_with_the_parent(arm: Arm) -> None:
    group = arm.group()
    path = arm.identity(group)["id"]
    name = path.rpartition("/")[2]
    rule = {
        "allOf": [
            {"field": "type", "equals": CREDENTIALS},
            {"field": "fullName", "notLike": f"{name}/good*"},
        ]
    }
    assign(arm, define(arm, rule), group)
    properties = {
        "issuer": "https://token.actions.githubusercontent.com",
        "audiences": ["api://AzureADTokenExchange"],
        "subject": "repo:example-org/platform:environment:dev",
    }
    credential = f"{path}/federatedIdentityCredentials"
    assert (
        arm.refused("PUT", f"{credential}/bad", {"properties": properties}) == "403 RequestDisallowedByPolicy"
    )
    arm.put(f"{credential}/good", {"properties": properties})


def test_a_known_subject_of_another_issuer(arm: Arm) -> None:
    """A subject is public: only with its issuer does it say who comes."""
    group = arm.group()
    issuer, subject = (
        "https://token.actions.githubusercontent.com",
        "repo:example-org/platform:environment:dev",
    )
    other = [
        {"field": f"{CREDENTIALS}/subject", "notIn": [subject]},
        {"field": f"{CREDENTIALS}/issuer", "notIn": [issuer]},
    ]
    assign(arm, define(arm, {"allOf": [{"field": "type", "equals": CREDENTIALS}, {"anyOf": other}]}), group)
    path = arm.identity(group)["id"] + "/federatedIdentityCredentials/pipeline"
    body = {"subject": subject, "audiences": ["api://AzureADTokenExchange"]}
    stranger = {"properties": {**body, "issuer": "https://issuer.evil.example"}}
    assert arm.refused("PUT", path, stranger) == "403 RequestDisallowedByPolicy"
    arm.put(path, {"properties": {**body, "issuer": issuer}})


def test_tags_and_nesting_and_parameters(arm: Arm) -> None:
    group = arm.group()
    rule = {
        "not": {
            "anyOf": [
                {"field": "tags['owner']", "exists": "true"},
                {"field": "tags.project", "in": "[parameters('projects')]"},
                {"field": "type", "like": "Microsoft.Resources/*"},
            ]
        }
    }
    definition = _definition(arm, rule)
    assign(arm, definition, group, parameters={"projects": {"value": ["catalyst"]}})
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a"
    assert arm.refused("PUT", path, {"location": "westeurope"}) == "403 RequestDisallowedByPolicy"
    arm.put(path, {"location": "westeurope", "tags": {"Owner": "x"}})
    arm.put(path, {"location": "westeurope", "tags": {"project": "Catalyst"}})
    tags = f"{path}/providers/Microsoft.Resources/tags/default"
    assert arm.refused("PUT", tags, {"properties": {"tags": {}}}) == "403 RequestDisallowedByPolicy"


def _definition(arm: Arm, rule: Any) -> str:
    path = f"{arm.subscription}/providers/Microsoft.Authorization/policyDefinitions/{unique('p')}"
    effect = {"type": "String", "allowedValues": ["Deny", "Disabled"], "defaultValue": "Deny"}
    parameters = {"projects": {"type": "Array"}, "effect": effect}
    told = {"if": rule, "then": {"effect": "[parameters('effect')]"}}
    arm.put(path, {"properties": {"mode": "Indexed", "policyRule": told, "parameters": parameters}})
    return path


def test_parameters_of_an_assignment_are_those_of_the_definition(arm: Arm) -> None:
    definition = _definition(arm, {"field": "tags.project", "in": "[parameters('projects')]"})
    path = f"{arm.subscription}/providers/Microsoft.Authorization/policyAssignments/a"

    def tries(**parameters: Any) -> str:
        told = {name: {"value": value} for name, value in parameters.items()}
        return arm.refused(
            "PUT", path, {"properties": {"policyDefinitionId": definition, "parameters": told}}
        )

    assert tries() == "400 MissingPolicyParameter"
    assert tries(projects=[], colour="red") == "400 UndefinedPolicyParameter"
    assert tries(projects=[], effect="Audit") == "400 PolicyParameterValueNotAllowed"
    gone = f"{arm.subscription}/providers/Microsoft.Authorization/policyDefinitions/none"
    assert (
        arm.refused("PUT", path, {"properties": {"policyDefinitionId": gone}})
        == "404 PolicyDefinitionNotFound"
    )


@pytest.mark.parametrize(
    ("condition", "effect"),
    [
        ({"field": "location", "match": "west*"}, "deny"),
        ({"value": "[resourceGroup().location]", "equals": "x"}, "deny"),
        ({"count": {"field": "tags"}, "greater": 1}, "deny"),
        ({"field": "Microsoft.Quantum/workspaces/apiKeyEnabled", "equals": "true"}, "deny"),
        ({"field": "location", "equals": "[concat('a','b')]"}, "deny"),
        ({"field": "location", "equals": "[parameters('none')]"}, "deny"),
        ({"field": "location", "equals": "a", "notEquals": "b"}, "deny"),
        ({"allOf": []}, "deny"),
        ({"field": "location", "equals": "a"}, "audit"),
        ({"field": "location", "equals": "a"}, "deployIfNotExists"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(arm: Arm, condition: Any, effect: str) -> None:
    path = f"{arm.subscription}/providers/Microsoft.Authorization/policyDefinitions/{uuid.uuid4()}"
    body = {"properties": {"policyRule": {"if": condition, "then": {"effect": effect}}}}
    assert arm.refused("PUT", path, body).startswith("400 InvalidPolicy")

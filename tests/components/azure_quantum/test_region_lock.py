"""What Azure Policy denies, evaluated as Azure does on the very rules that are registered."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

import pytest

from components.azure_quantum.region_lock import rules
from tests.components.azure_quantum.conftest import PLACE, roles_args
from tests.components.azure_quantum.runner import azure_type
from tests.components.runner import Run

STORAGE = "Microsoft.Storage/storageAccounts"
CREDENTIAL = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
GROUP = "Microsoft.Resources/subscriptions/resourceGroups"
OWN = "repo:example-org/platform:environment:projects"
ISSUER = "https://token.actions.githubusercontent.com"


def credential(subject: str = OWN, issuer: str = ISSUER, of: str = "project-apply") -> dict[str, Any]:
    return {
        "type": CREDENTIAL,
        "fullName": f"{PLACE.identity(of)}/github",
        f"{CREDENTIAL}/subject": subject,
        f"{CREDENTIAL}/issuer": issuer,
    }


def holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a condition of a rule holds; comparison ignores case, a missing field is an empty text."""
    if "allOf" in condition:
        return all(holds(row, facts) for row in condition["allOf"])
    if "anyOf" in condition:
        return any(holds(row, facts) for row in condition["anyOf"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    value = str(facts.get(condition["field"], "")).lower()
    for operator, wanted in condition.items():
        match operator:
            case "field":
                continue
            case "equals":
                found = value == str(wanted).lower()
            case "notEquals":
                found = value != str(wanted).lower()
            case "in":
                found = value in {str(row).lower() for row in wanted}
            case "notIn":
                found = value not in {str(row).lower() for row in wanted}
            case "like":
                found = fnmatch.fnmatchcase(value, str(wanted).lower())
            case _:
                raise AssertionError(f"no such operator here: {operator}")
    return found


CASES: list[tuple[dict[str, Any], bool]] = [
    ({"type": "Microsoft.KeyVault/vaults", "location": "westeurope"}, False),
    ({"type": "Microsoft.KeyVault/vaults", "location": "northeurope"}, False),
    ({"type": "Microsoft.KeyVault/vaults", "location": "eastus"}, True),
    ({"type": "Microsoft.Insights/actionGroups", "location": "Global"}, False),
    ({"type": GROUP, "location": "eastus"}, True),
    ({"type": GROUP, "location": "global"}, True),
    ({"type": GROUP, "location": "westeurope"}, False),
    ({"type": STORAGE, "location": "westeurope", f"{STORAGE}/allowSharedKeyAccess": False}, False),
    ({"type": STORAGE, "location": "westeurope", f"{STORAGE}/allowSharedKeyAccess": True}, True),
    ({"type": STORAGE, "location": "westeurope"}, True),
    (credential(), False),
    (credential(subject="repo:evil/platform:environment:projects"), True),
    (credential(issuer="https://issuer.evil.example"), True),
    # The pipeline of projects opens no way into the identity that stands above it, nor into another one.
    (credential(of="environment-apply"), True),
    (credential(of="plan"), True),
    (credential(of="trail"), True),
    ({"type": "Microsoft.Authorization/roleAssignments"}, False),
]


@pytest.mark.parametrize(("facts", "denied"), CASES)
def test_what_is_denied(environment: Run, facts: dict[str, Any], denied: bool) -> None:
    assigned = {
        row.inputs["policyDefinitionId"] for row in azure_type(environment, "authorization:PolicyAssignment")
    }
    verdicts = []
    for made in azure_type(environment, "authorization:PolicyDefinition"):
        rule, mode = made.inputs["policyRule"], made.inputs["mode"]
        assert rule["then"] == {"effect": "deny"}
        assert PLACE.policy_definition_id(made.name) in assigned, made.name
        # Indexed looks at what has tags and a location; groups and child resources are not among it.
        indexed = facts["type"] not in (GROUP, CREDENTIAL, "Microsoft.Authorization/roleAssignments")
        if mode == "All" or indexed:
            verdicts.append(holds(rule["if"], facts))
    assert any(verdicts) is denied


def test_assignments_are_enforced_over_the_whole_subscription(environment: Run) -> None:
    rows = {row.name: row.inputs for row in azure_type(environment, "authorization:PolicyAssignment")}
    assert set(rows) == {"locations", "group-locations", "shared-keys", "own-credentials"}
    for name, inputs in rows.items():
        assert inputs["enforcementMode"] == "Default"
        assert "notScopes" not in inputs
        assert inputs["scope"] == (PLACE.group_id if name == "own-credentials" else PLACE.scope)


def test_without_pipelines_nobody_is_let_in() -> None:
    (rule,) = (row for row in rules(PLACE, {}) if row.name == "own-credentials")
    assert holds(rule.condition, credential())
    (rule,) = (row for row in rules(PLACE, roles_args().pipelines) if row.name == "own-credentials")
    assert not holds(rule.condition, credential())

"""What the cases of the types are written with: see cases.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.local_azure.names import TENANT
from tests.azure.conftest import Make
from tests.azure.peer import LOCATION, SUBSCRIPTION

Inputs = Mapping[str, Any]
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SOMEBODY = "0b5e7a1c-1111-4222-8333-444455556666"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
CASES: dict[str, Callable[[Make], Case]] = {}


@dataclass(frozen=True)
class Case:
    """`gone`: whether a read finds nothing after the deletion."""

    first: Inputs
    second: Inputs
    gone: bool = True


def case(token: str) -> Callable[[Callable[[Make], Case]], Callable[[Make], Case]]:
    def keep(build: Callable[[Make], Case]) -> Callable[[Make], Case]:
        CASES[f"azure-native:{token}"] = build
        return build

    return keep


def guid(make: Make, salt: str = "") -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, make.name + salt))


def role(id: str) -> str:
    return f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{id}"


def storage(make: Make) -> Inputs:
    make.group()
    inputs = {
        "resourceGroupName": make.name,
        "accountName": make.name,
        "location": LOCATION,
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    make("azure-native:storage:StorageAccount", inputs)
    return inputs


def vault(make: Make) -> Inputs:
    make.group()
    return {
        "resourceGroupName": make.name,
        "vaultName": make.name,
        "location": LOCATION,
        "properties": {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 7,
        },
    }


def logs(make: Make) -> Inputs:
    make.group()
    return {
        "resourceGroupName": make.name,
        "workspaceName": make.name,
        "location": LOCATION,
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 30,
        "features": {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True},
        "publicNetworkAccessForQuery": "Enabled",
    }


def vault_inputs(make: Make) -> Inputs:
    return {
        "resourceGroupName": make.name,
        "vaultName": make.name,
        "location": LOCATION,
        "properties": {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
        },
    }

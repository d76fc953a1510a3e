"""The pipeline that makes projects, on the local Azure with its own token: enough for them, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.azure_quantum.names import guid
from components.azure_quantum.operators import PIPELINES
from components.azure_quantum.policy import BUILT_IN
from components.spec import load_stack
from rehearsal.azure import AzureProvider
from rehearsal.azure.model import ARM
from rehearsal.azure.rest import Arm, ArmError
from rehearsal.engine import Engine, Project
from rehearsal.local_azure.names import TENANT
from tests.components.azure_quantum.runner import ROOT
from tests.components.azure_quantum.test_local_azure import (
    ENVIRONMENT,
    NAMES,
    PROJECT,
    SPEC,
    World,
    steps,
    world,
)

__all__ = ["world"]

PLACE = NAMES.environment
AUTHORIZATION = f"{PLACE.scope}/providers/Microsoft.Authorization"
OWNER_ROLE = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
GITHUB, ELSEWHERE = "https://token.actions.githubusercontent.com", "https://issuer.example.net"
STRANGER = "repo:somebody/else:environment:sandbox"


def identity(kind: str) -> str:
    """The id of one of the environment's identities."""
    name = f"qlz-{PLACE.environment}-{kind}"
    return f"{PLACE.group_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def version(token: str) -> str:
    return ARM[f"azure-native:{token}"].api_version


class Pipeline:
    """Is one of the pipelines: its token, its client, and an engine that has no other right."""

    def __init__(self, world: World, kind: str = "project-apply") -> None:
        user = world.arm.get(identity(kind), version("managedidentity:UserAssignedIdentity"))
        assert user is not None
        self.principal = str(user["properties"]["principalId"])
        cloud, place = world.cloud, SPEC.azure
        self.arm = Arm(cloud.endpoint, cloud.ca_file, self.token(world))
        self.provider = AzureProvider(
            cloud.endpoint, cloud.ca_file, place.subscription, place.tenant, self.token(world), TENANT
        )
        self._store = world.store

    def token(self, world: World) -> Callable[[], str]:
        return lambda: world.cloud.token(self.principal)

    def engine(self) -> Engine:
        return Engine(Project.load(ROOT), self._store, providers={"azure-native": self.provider.serve()})

    def refused(self, method: str, path: str, token: str, body: Mapping[str, Any] | None = None) -> str:
        """The code with which Azure refuses a request. It must refuse."""
        with pytest.raises(ArmError) as refused:
            self.arm.write(method, path, version(token), body)
        return refused.value.code

    def give(self, role: str, principal: str, scope: str = PLACE.scope) -> str:
        properties = {
            "roleDefinitionId": f"{AUTHORIZATION}/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
        }
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{guid('try', role, principal)}"
        return self.refused("PUT", path, "authorization:RoleAssignment", {"properties": properties})


@pytest.fixture
def pipeline(world: World) -> Iterator[Pipeline]:
    world.up(ENVIRONMENT)
    pipeline = Pipeline(world)
    yield pipeline
    pipeline.arm.close()
    pipeline.provider.stop()


@pytest.mark.cloud
def test_its_own_token_makes_a_project_and_nothing_above_it(world: World, pipeline: Pipeline) -> None:
    config = load_stack(ROOT, PROJECT).config
    engine = pipeline.engine()
    assert steps(engine.up(PROJECT, config))["create"] > 30
    assert set(steps(engine.preview(PROJECT, config))) == {"same"}

    # It gives itself nothing, and nobody what no project gives.
    data_role = BUILT_IN["storage-blob-data-contributor"]
    assert pipeline.give(data_role, pipeline.principal, NAMES.group_id) == "AuthorizationFailed"
    assert pipeline.give(OWNER_ROLE, world.object_id("pipeline")) == "AuthorizationFailed"
    # It changes no right, and no policy.
    role = {"properties": {"roleName": "mine", "permissions": [{"actions": ["*"]}], "assignableScopes": []}}
    path = f"{AUTHORIZATION}/roleDefinitions/{guid('mine')}"
    assert pipeline.refused("PUT", path, "authorization:RoleDefinition", role) == "AuthorizationFailed"
    path = f"{AUTHORIZATION}/policyAssignments/qlz-{PLACE.environment}-shared-keys"
    assert pipeline.refused("DELETE", path, "authorization:PolicyAssignment") == "AuthorizationFailed"
    # What it may make is made as the policies say.
    account = f"{NAMES.group_id}/providers/Microsoft.Storage/storageAccounts/qlztry"
    body = {"location": PLACE.location, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    for properties, location in (
        ({"allowSharedKeyAccess": True}, PLACE.location),
        ({"allowSharedKeyAccess": False}, "eastus"),
    ):
        wanted = {**body, "location": location, "properties": properties}
        said = pipeline.refused("PUT", account, "storage:StorageAccount", wanted)
        assert said == "RequestDisallowedByPolicy"


@pytest.mark.cloud
def test_it_writes_nobody_a_way_into_the_environment(pipeline: Pipeline) -> None:
    """Neither by another place of the same CI system, nor by an issuer that says the right subject."""
    token = "managedidentity:FederatedIdentityCredential"
    for kind in PIPELINES:
        there = f"{identity(kind)}/federatedIdentityCredentials"
        own = {row["properties"]["subject"] for row in pipeline.arm.items(there, version(token))}
        assert own
        tries = {(GITHUB, STRANGER), (ELSEWHERE, STRANGER), *((ELSEWHERE, subject) for subject in own)}
        for issuer, subject in sorted(tries):
            properties = {"issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}
            said = pipeline.refused("PUT", f"{there}/more", token, {"properties": properties})
            assert said == "RequestDisallowedByPolicy", (kind, issuer, subject)

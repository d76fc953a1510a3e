"""What the stand-in says when there is no cloud, no right, or no good answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from rehearsal.provider import wire
from tests.azure.cases import SOMEBODY
from tests.azure.cases_authorization import eligibility
from tests.azure.conftest import GROUP, Make
from tests.azure.peer import LOCATION, SUBSCRIPTION, AzurePeer, Made, half_made

IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
ACCOUNT = "azure-native:storage:StorageAccount"
WORKSPACE = "azure-native:quantum:Workspace"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
ELIGIBILITY = "azure-native:authorization:PimRoleEligibilitySchedule"
OTHER = "99999999-2222-4333-8444-555555555555"


@pytest.fixture
def alone() -> Iterator[AzurePeer]:
    provider = AzureProvider(None, None, SUBSCRIPTION, TENANT)
    peer = AzurePeer(provider.serve())
    yield peer
    peer.close()
    provider.stop()


def test_without_a_cloud_there_are_previews_only(alone: AzurePeer) -> None:
    inputs = {"resourceGroupName": "example", "location": LOCATION}
    assert wire.decode(alone.preview(GROUP, inputs)).values["location"] == LOCATION
    with pytest.raises(grpc.RpcError, match="only checks and previews"):
        alone.create(GROUP, inputs)
    with pytest.raises(grpc.RpcError, match="ResourceGroupNotFound"):
        alone.invoke("azure-native:resources:getResourceGroup", {"resourceGroupName": "example"})


def test_a_cloud_that_is_gone_is_said_in_words(cloud: LocalAzure) -> None:
    provider = AzureProvider("https://127.0.0.1:9", cloud.ca_file, SUBSCRIPTION, TENANT, lambda: "token")
    peer = AzurePeer(provider.serve())
    with pytest.raises(grpc.RpcError, match="the local Azure does not answer") as refused:
        peer.create(GROUP, {"resourceGroupName": "example", "location": LOCATION})
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    peer.close()
    provider.stop()


def test_another_authority_is_not_trusted(cloud: LocalAzure, tmp_path: Path) -> None:
    import trustme

    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    provider = AzureProvider(cloud.endpoint, tmp_path / "other.pem", SUBSCRIPTION, TENANT, lambda: "token")
    peer = AzurePeer(provider.serve())
    with pytest.raises(grpc.RpcError, match="does not answer"):
        peer.create(GROUP, {"resourceGroupName": "example", "location": LOCATION})
    peer.close()
    provider.stop()


def test_somebody_without_rights_is_refused(cloud: LocalAzure, make: Make) -> None:
    make.group()
    provider = AzureProvider(
        cloud.endpoint, cloud.ca_file, SUBSCRIPTION, TENANT, lambda: cloud.token(SOMEBODY)
    )
    peer = AzurePeer(provider.serve())
    with pytest.raises(grpc.RpcError, match="AuthorizationFailed") as refused:
        peer.create(GROUP, {"resourceGroupName": f"{make.name}2", "location": LOCATION})
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    peer.close()
    provider.stop()


def fail(cloud: LocalAzure, method: str, contains: str, **more: Any) -> None:
    fault = {"method": method, "contains": contains, "status": 500, "code": "InternalServerError", "times": 1}
    cloud.control("faults", {"faults": [{**fault, **more}]})


def test_a_create_that_fails_makes_nothing(peer: AzurePeer, cloud: LocalAzure, make: Make) -> None:
    make.group()
    inputs = {"resourceGroupName": make.name, "resourceName": "known", "location": LOCATION}
    fail(cloud, "PUT", f"/{make.name}/providers/Microsoft.ManagedIdentity")
    with pytest.raises(grpc.RpcError, match=f"{IDENTITY} it: InternalServerError") as failed:
        peer.create(IDENTITY, inputs)
    with pytest.raises(AssertionError, match="no details"):
        half_made(failed.value)
    assert peer.list(IDENTITY, inputs) == []
    make(IDENTITY, inputs)


def test_a_create_whose_answer_is_bad_is_kept(peer: AzurePeer, cloud: LocalAzure, make: Make) -> None:
    make.group()
    inputs = {"resourceGroupName": make.name, "resourceName": "known", "location": LOCATION}
    fail(cloud, "PUT", f"/{make.name}/providers/Microsoft.ManagedIdentity", after=True)
    with pytest.raises(grpc.RpcError, match="InternalServerError") as failed:
        peer.create(IDENTITY, inputs)
    detail = half_made(failed.value)
    assert detail.id.endswith("/userAssignedIdentities/known")
    outputs = wire.decode(detail.properties).values
    assert outputs["principalId"]
    peer.delete(IDENTITY, Made(detail.id, {}, {}, None))
    assert peer.list(IDENTITY, inputs) == []


def test_a_deletion_that_fails_is_said(peer: AzurePeer, cloud: LocalAzure, make: Make) -> None:
    make.group()
    inputs = {"resourceGroupName": make.name, "resourceName": "known", "location": LOCATION}
    made = make(IDENTITY, inputs)
    fail(cloud, "DELETE", f"/{make.name}/providers/Microsoft.ManagedIdentity")
    with pytest.raises(grpc.RpcError, match="InternalServerError"):
        peer.delete(IDENTITY, made)
    assert peer.read(IDENTITY, made) is not None


def test_an_eligibility_that_cannot_be_looked_at_may_be_there(
    peer: AzurePeer, cloud: LocalAzure, make: Make
) -> None:
    """Said as undecided, so that an engine looks for it before it asks again, which would be refused."""
    case = eligibility(make)
    fail(cloud, "GET", f"/{make.name}/providers/Microsoft.Authorization/roleEligibilitySchedules")
    with pytest.raises(grpc.RpcError, match="the request was taken") as failed:
        peer.create(ELIGIBILITY, case.first)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    (id,) = peer.list(ELIGIBILITY, case.first)
    peer.delete(ELIGIBILITY, Made(id, {}, {}, None))
    assert peer.list(ELIGIBILITY, case.first) == []


def test_a_connection_that_was_hung_up_is_not_the_end(arm: Arm) -> None:
    path = f"/subscriptions/{SUBSCRIPTION}"
    assert arm.get(path, "2022-12-01") is not None
    (idle,) = arm._idle
    idle.sock.shutdown(socket.SHUT_RDWR)
    assert arm.get(path, "2022-12-01") is not None

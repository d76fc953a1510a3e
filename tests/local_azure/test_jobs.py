"""Submitting, reading and cancelling with azure-quantum's own client, as each identity."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.quantum import Job, Workspace  # type: ignore[import-untyped]
from azure.storage.blob import BlobClient, BlobServiceClient, ContainerClient

from rehearsal.local_azure.credential import LocalCredential
from rehearsal.local_azure.names import OWNER
from tests.local_azure.arm import BLOB_CONTRIBUTOR, BLOB_READER, CONTRIBUTOR, QUANTUM, READER, Arm

pytestmark = pytest.mark.usefixtures("trusted")

Opens = Callable[[str], Workspace]


class Place:
    """A workspace as a project has it: its identity may use its storage, and nobody else may do anything."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        self.group = arm.group()
        self.account = arm.account(self.group)
        self.workspace = arm.workspace(self.group, self.account)
        self.id: str = self.workspace["id"]
        self.service = self.workspace["identity"]["principalId"]
        self.storage_role = arm.give(self.account, BLOB_CONTRIBUTOR, self.service, "ServicePrincipal")

    def open(self, principal: str) -> Workspace:
        arm = self.arm
        return Workspace(
            resource_id=self.id,
            location="westeurope",
            credential=LocalCredential(arm.cloud, principal),
            _quantum_endpoint=arm.cloud.endpoints["quantum"],
            arm_endpoint=arm.cloud.endpoint,
        )

    def submit(self, principal: str) -> Job:
        job: Job = Job.from_input_data(
            workspace=self.open(principal),
            name="bell",
            target="rigetti.sim.qvm",
            input_data=b"DECLARE ro BIT[2]",
            provider_id="rigetti",
            input_data_format="rigetti.quil.v1",
            output_data_format="microsoft.quantum-results.v1",
            input_params={"shots": 10},
        )
        return job


@pytest.fixture
def place(arm: Arm) -> Place:
    return Place(arm)


def test_a_job_from_submission_to_result(place: Place) -> None:
    researcher = place.arm.person()
    place.arm.give(place.id, QUANTUM, researcher, "User")
    job = place.submit(researcher)
    assert job.details.status == "Waiting"
    assert job.get_results(timeout_secs=5) == {"[0]": 0.5, "[1]": 0.5}
    assert [each.id for each in place.open(researcher).list_jobs(name_match="be")] == [job.id]
    assert place.open(researcher).list_jobs(name_match="other") == []
    found = place.open(researcher).list_jobs(
        provider=["ionq", "rigetti"], status=["Succeeded"], name_match="bell"
    )
    assert [each.details.status for each in found] == ["Succeeded"]
    assert place.open(researcher).list_jobs(provider=["ionq"]) == []
    assert [target.name for target in place.open(researcher).get_targets()] == ["rigetti.sim.qvm"]


def test_the_client_finds_the_endpoint_in_resource_manager(place: Place) -> None:
    found = Workspace(
        resource_id=place.id,
        credential=LocalCredential(place.arm.cloud),
        arm_endpoint=place.arm.cloud.endpoint,
    )
    assert found.location == "westeurope"
    assert list(found.list_jobs()) == []


@pytest.mark.parametrize("role", [None, READER, CONTRIBUTOR, BLOB_CONTRIBUTOR])
def test_without_the_data_action_nobody_submits_or_reads(place: Place, role: str | None) -> None:
    """Contributor is a role of the control plane: it holds no data action."""
    someone = place.arm.person()
    if role:
        place.arm.give(place.group, role, someone, "User")
    with pytest.raises(HttpResponseError, match=r"no permission .*jobs/write"):
        place.submit(someone)
    with pytest.raises(HttpResponseError, match="jobs/read"):
        list(place.open(someone).list_jobs())


def test_owner_of_a_subscription_has_no_data_action_either(place: Place) -> None:
    someone = place.arm.person()
    place.arm.give(place.arm.subscription, "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", someone, "User")
    with pytest.raises(HttpResponseError, match="jobs/write"):
        place.submit(someone)


def test_one_project_does_not_reach_another(place: Place) -> None:
    arm = place.arm
    other_group = arm.group("rg-other")
    other = arm.workspace(other_group, arm.account(other_group), "qw-other")
    researcher = arm.person()
    arm.give(other["id"], QUANTUM, researcher, "User")
    with pytest.raises(HttpResponseError, match="jobs/read"):
        list(place.open(researcher).list_jobs())


def test_groups_count_and_groups_of_groups(place: Place) -> None:
    arm = place.arm
    outer, inner = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
    arm.cloud.control("principals", {"principals": [{"id": outer, "type": "Group"}]})
    arm.cloud.control("principals", {"principals": [{"id": inner, "type": "Group", "memberOf": [outer]}]})
    arm.give(place.id, QUANTUM, outer, "Group")
    assert place.submit(arm.person(inner)).id
    with pytest.raises(HttpResponseError):
        place.submit(arm.person())


def reader_role(place: Place) -> str:
    """A custom role with jobs/read alone."""
    arm = place.arm
    guid = "bbbbbbbb-0000-4000-8000-" + arm.subscription[-12:]
    properties = {
        "roleName": f"metadata {arm.subscription}",
        "assignableScopes": [arm.subscription],
        "permissions": [{"actions": [], "dataActions": ["Microsoft.Quantum/Workspaces/jobs/read"]}],
    }
    arm.put(
        f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        {"properties": properties},
    )
    return guid


def test_long_lists_of_jobs_come_in_pages(place: Place) -> None:
    for _ in range(3):
        place.submit(OWNER)
    pages = place.open(OWNER).list_jobs_paginated(top=2).by_page()
    assert [len(list(page)) for page in pages] == [2, 1]


def test_who_may_read_may_not_submit_or_cancel(place: Place) -> None:
    arm = place.arm
    arm.cloud.control("settings", {"holdJobs": True})
    researcher, reader = arm.person(), arm.person()
    arm.give(place.id, QUANTUM, researcher, "User")
    arm.give(place.id, reader_role(place), reader, "User")
    job = place.submit(researcher)
    seen = place.open(reader).get_job(job.id)
    assert seen.details.status == "Waiting"
    with pytest.raises(HttpResponseError, match="jobs/write"):
        place.open(reader).cancel_job(seen)
    with pytest.raises(HttpResponseError, match="jobs/write"):
        place.submit(reader)
    cancelled = place.open(researcher).cancel_job(job)
    assert cancelled.details.status == "Cancelled"


def test_a_freeze_is_the_end_of_submitting(place: Place) -> None:
    """The data role goes: the next request is refused, with the token of before."""
    arm = place.arm
    researcher = arm.person()
    role = arm.give(place.id, QUANTUM, researcher, "User")
    workspace = place.open(researcher)
    list(workspace.list_jobs())
    arm.delete(role)
    with pytest.raises(HttpResponseError, match="jobs/read"):
        list(workspace.list_jobs())


def test_a_removed_role_counts_until_the_removal_is_everywhere(place: Place) -> None:
    arm = place.arm
    arm.cloud.control("settings", {"lagSeconds": 600})
    researcher = arm.person()
    role = arm.give(place.id, QUANTUM, researcher, "User")
    arm.delete(role)
    assert place.submit(researcher).id
    arm.cloud.control("clock", {"advance": 601})
    with pytest.raises(HttpResponseError):
        place.submit(researcher)


def test_a_lock_does_not_freeze(place: Place) -> None:
    arm = place.arm
    researcher = arm.person()
    arm.give(place.id, QUANTUM, researcher, "User")
    arm.put(
        f"{place.id}/providers/Microsoft.Authorization/locks/still", {"properties": {"level": "ReadOnly"}}
    )
    assert place.submit(researcher).id


def test_without_its_storage_a_workspace_takes_no_job(place: Place) -> None:
    arm = place.arm
    researcher = arm.person()
    arm.give(place.id, QUANTUM, researcher, "User")
    arm.delete(place.storage_role)
    with pytest.raises(HttpResponseError, match="has no permission"):
        place.submit(researcher)


@pytest.mark.parametrize(
    ("target", "provider", "said"),
    [
        ("rigetti.qpu.cepheus-1-108q", "rigetti", "not one of the workspace"),
        ("ionq.simulator", "ionq", "no provider"),
    ],
)
def test_the_plan_is_the_device_lock(place: Place, target: str, provider: str, said: str) -> None:
    with pytest.raises(HttpResponseError, match=said):
        Job.from_input_data(place.open(OWNER), "x", target, b"x", provider_id=provider)


def test_signed_addresses_end_with_revocation_time_and_the_signers_role(place: Place) -> None:
    arm = place.arm
    job = place.submit(OWNER)
    address = job.details.output_data_uri
    job.get_results(timeout_secs=5)

    def readable() -> bool:
        reply = requests.get(address, verify=str(arm.cloud.ca_file), timeout=10)
        assert reply.status_code in (200, 403), reply.text
        return reply.status_code == 200

    assert BlobClient.from_blob_url(address).download_blob().readall()
    assert readable()
    arm.delete(place.storage_role)
    assert not readable()
    place.storage_role = arm.give(place.account, BLOB_CONTRIBUTOR, place.service, "ServicePrincipal")
    assert readable()
    reply = arm.request("POST", f"{place.account}/revokeUserDelegationKeys")
    assert reply.status_code == 200
    assert not readable()
    address = place.open(OWNER).get_job(job.id).details.output_data_uri
    assert readable()
    arm.cloud.control("clock", {"advance": 5 * 3600})
    assert not readable()


def test_an_address_is_good_for_what_it_was_signed_for(place: Place) -> None:
    job = place.submit(OWNER)
    seen = place.open(OWNER).get_job(job.id)
    container = ContainerClient.from_container_url(seen.details.container_uri)
    assert "inputData" in [blob.name for blob in container.list_blobs()]
    with pytest.raises(HttpResponseError):
        container.upload_blob("more", b"x")
    forged = seen.details.container_uri.replace("sp=rl", "sp=rwl")
    with pytest.raises(HttpResponseError):
        ContainerClient.from_container_url(forged).upload_blob("more", b"x")


def test_results_are_read_with_a_token_by_who_may(place: Place) -> None:
    arm = place.arm
    job = place.submit(OWNER)
    job.get_results(timeout_secs=5)
    auditor, someone = arm.person(), arm.person()
    arm.give(place.account, BLOB_READER, auditor, "User")
    base = f"{arm.cloud.endpoints['blob']}/{place.account.rpartition('/')[2]}"

    def read(who: str) -> Any:
        credential = LocalCredential(arm.cloud, who)
        client = BlobServiceClient(base, credential=credential)
        return json.loads(client.get_blob_client(f"job-{job.id}", "rawOutputData").download_blob().readall())

    assert read(auditor) == {"Histogram": ["[0]", 0.5, "[1]", 0.5]}
    with pytest.raises(HttpResponseError, match="not authorized"):
        read(someone)
    with pytest.raises(HttpResponseError):
        BlobServiceClient(base, credential="a2V5").get_blob_client(
            f"job-{job.id}", "inputData"
        ).download_blob()
    bare = requests.get(f"{base}/job-{job.id}/inputData", verify=str(arm.cloud.ca_file), timeout=10)
    assert (bare.status_code, bare.headers["x-ms-error-code"]) == (401, "NoAuthenticationInformation")


def test_api_keys_open_nothing_unless_they_are_enabled(place: Place) -> None:
    arm = place.arm
    shown = arm.request("POST", f"{place.id}/listKeys").json()
    assert shown == {"apiKeyEnabled": False}
    url = f"{arm.cloud.endpoints['quantum']}{place.id}/jobs?api-version=2026-01-15-preview"

    def status(key: str) -> int:
        headers = {"x-ms-quantum-api-key": key}
        return requests.get(url, headers=headers, verify=str(arm.cloud.ca_file), timeout=10).status_code

    arm.workspace(place.group, place.account, apiKeyEnabled=True)
    key = arm.request("POST", f"{place.id}/listKeys").json()["primaryKey"]["key"]
    assert (status(key), status("other")) == (200, 401)
    arm.workspace(place.group, place.account, apiKeyEnabled=False)
    assert status(key) == 401

"""The private lock: people and pipelines submit through the environment's endpoints only (W3, T2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.args import ArgumentError
from components.braket.network import NetworkArgs
from components.braket.private_lock import TAKEN_BY_SERVICES, PrivateAccess, outside
from tests.components.conftest import SV1, roles_of, run_environment, run_project
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run

TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1"
RESULT = f"arn:aws:s3:::amazon-braket-optimus-sandbox-{ACCOUNT}/x"
OWN: dict[str, Any] = {"aws__RequestTag___project": "optimus", "aws__ResourceTag___project": "optimus"}
INSIDE: dict[str, Any] = {"aws__SourceVpce": "vpce-1", "aws__SourceVpc": "vpc-1"}
ACCESS = PrivateAccess(
    endpoints={"eu-west-2": "vpce-1", "eu-north-1": "vpce-2"},
    vpcs={"eu-west-2": "vpc-1", "eu-north-1": "vpc-2"},
)


def project(preview: bool = False, **changes: Any) -> Run:
    return run_project(preview=preview, private=ACCESS, **changes)


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    boundary = run_environment(network=NetworkArgs("10.40.0.0/20")).one("aws:iam/policy:Policy", "boundary")
    return roles_of(project(), boundary.document("policy"))


@pytest.mark.parametrize("kind", ["researcher", "pipeline"])
def test_submission_comes_through_our_endpoints(roles: dict[str, Role], kind: str) -> None:
    role = roles[kind]
    assert role.may("braket:CreateQuantumTask", SV1, TASK, **OWN, **INSIDE)
    assert role.may("braket:CreateQuantumTask", SV1, TASK, **OWN, aws__SourceVpce="vpce-2")
    elsewhere: tuple[dict[str, Any], ...] = ({}, {"aws__SourceVpce": "vpce-3"}, {"aws__SourceVpc": "vpc-1"})
    for context in elsewhere:
        assert not role.may("braket:CreateQuantumTask", SV1, TASK, **OWN, **context), context
        assert not role.may("braket:CreateJob", SV1, TASK.replace("quantum-task", "job"), **OWN, **context)


@pytest.mark.parametrize("kind", ["researcher", "auditor", "pipeline"])
def test_what_jobs_print_goes_to_the_network_only(roles: dict[str, Role], kind: str) -> None:
    prints = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/aws/braket/jobs:log-stream:optimus--a/1"
    assert roles[kind].may("logs:GetLogEvents", prints, **INSIDE, aws__ViaAWSService="false")
    assert not roles[kind].may("logs:GetLogEvents", prints, aws__ViaAWSService="false")
    assert not roles[kind].may("logs:GetLogEvents", prints, aws__SourceVpc="vpc-9")


@pytest.mark.parametrize("kind", ["researcher", "pipeline"])
def test_data_goes_to_the_network_only(roles: dict[str, Role], kind: str) -> None:
    assert roles[kind].may("s3:GetObject", RESULT, **INSIDE, aws__ViaAWSService="false")
    other = {"aws__SourceVpc": "vpc-9"}
    elsewhere: tuple[dict[str, Any], ...] = ({}, other, {**other, "aws__SourceVpce": "vpce-1"})
    for context in elsewhere:
        assert not roles[kind].may("s3:GetObject", RESULT, **context, aws__ViaAWSService="false"), context
    assert not roles[kind].may("s3:GetObject", RESULT), "a missing word is no permission"
    assert roles[kind].may("s3:GetObject", RESULT, aws__ViaAWSService="true"), "a service for the caller"


def test_cancelling_works_from_everywhere(roles: dict[str, Role]) -> None:
    assert roles["researcher"].may("braket:CancelQuantumTask", TASK, **OWN)
    assert roles["researcher"].may("braket:GetQuantumTask", TASK, **OWN)


def test_the_hybrid_job_runs_where_braket_runs_it(roles: dict[str, Role]) -> None:
    assert roles["job"].may("braket:CreateQuantumTask", SV1, TASK, **OWN)
    assert not roles["job"].may("braket:CreateJob", SV1, TASK.replace("quantum-task", "job"), **OWN)


def test_a_project_cannot_take_anothers_tag_through_the_endpoint(roles: dict[str, Role]) -> None:
    other: dict[str, Any] = {"aws__RequestTag___project": "two", "aws__ResourceTag___project": "two"}
    assert not roles["researcher"].may("braket:CreateQuantumTask", SV1, TASK, **other, **INSIDE)
    assert not roles["researcher"].may("s3:GetObject", RESULT.replace("optimus", "two"), **INSIDE)


@pytest.mark.parametrize("preview", [True, False])
def test_every_role_but_those_of_services_has_it_before_any_grant(preview: bool) -> None:
    found = project(preview, archive_days=200, people_submit=False)
    attached = found.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    locked = {
        made.name.removesuffix("-private-lock") for made in attached if made.name.endswith("private-lock")
    }
    assert locked == {role.name for role in found.all("aws:iam/role:Role")} - set(TAKEN_BY_SERVICES)
    for made in attached:
        kind = made.name.partition("-")[0]
        if not made.name.endswith("-lock") and kind in locked:
            lock = found.one(made.type, f"{kind}-private-lock")
            assert lock.urn in found.before(made), made.name
    lock_policy = found.one("aws:iam/policy:Policy", "private-lock")
    for role in found.all("aws:iam/role:Role"):
        if role.name in locked:
            assert lock_policy.urn in found.before(role)


def test_roles_that_services_take_are_taken_by_nobody_else() -> None:
    found = project(archive_days=200, people_submit=False)
    for kind in TAKEN_BY_SERVICES:
        trust = found.one("aws:iam/role:Role", kind).document("assumeRolePolicy")
        for statement in trust["Statement"]:
            assert set(statement["Principal"]) == {"Service"}, kind


def test_no_endpoint_is_no_lock() -> None:
    for endpoints, vpcs in (((), ("vpc-1",)), (("vpce-1",), ())):
        with pytest.raises(ArgumentError, match="no endpoint or no network"):
            outside(endpoints, vpcs)


def test_ids_that_are_not_known_yet_leave_the_lock_unknown_not_open() -> None:
    def unknown() -> pulumi.Output[Any]:
        import asyncio

        def future(value: Any) -> asyncio.Future[Any]:
            made: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
            made.set_result(value)
            return made

        return pulumi.Output(future(set()), future(None), future(False))

    class Late:
        """Outputs are made inside the run."""

        def __getattr__(self, name: str) -> Any:
            return unknown() if name in ("endpoints", "vpcs") else name

    found = run_project(preview=True, private=Late())
    assert "policy" in found.one("aws:iam/policy:Policy", "private-lock").unknown
    assert "policy" not in found.one("aws:iam/policy:Policy", "private-lock").inputs


def test_a_role_keeps_room_for_a_freeze() -> None:
    with pytest.raises(ArgumentError, match="one of them in a freeze"):
        project(archive_days=200)
    attached = [
        made.inputs["role"]
        for made in project(archive_days=200, people_submit=False).all(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        )
    ]
    assert max(map(attached.count, attached)) == 9


def test_a_tier_that_does_not_demand_it_has_no_lock_of_its_own() -> None:
    found = run_project(private=replace(ACCESS, only=False))
    assert "private-lock" not in {made.name for made in found.all("aws:iam/policy:Policy")}

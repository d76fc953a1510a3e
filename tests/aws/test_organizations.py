from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given

from rehearsal.aws import AwsProvider
from rehearsal.local_cloud import LocalCloud
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import policy
from tests.aws.strategies import few, tags, words

POLICY = "aws:organizations/policy:Policy"
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
COST_TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag"
MANAGEMENT = "999900001111"
Boto = Callable[..., Any]


def lock(*regions: str, **more: Any) -> str:
    outside = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
    statement = {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": outside}
    return policy({**statement, **more})


@pytest.fixture(scope="module")
def management(cloud: LocalCloud) -> Iterator[Peer]:
    provider = AwsProvider(cloud.endpoint, MANAGEMENT)
    peer = Peer(provider.serve())
    yield peer
    peer.close()
    provider.stop()


@pytest.fixture
def organizations(boto: Boto) -> Any:
    return boto("organizations", account=MANAGEMENT)


@few
@given(description=words, one=tags, two=tags)
def test_policy(
    management: Peer,
    organizations: Any,
    name: str,
    description: str,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    first = {"name": name, "content": lock("eu-west-2"), "tags": one}
    second = {
        "name": f"{name}-2",
        "content": lock("eu-west-2", "eu-north-1"),
        "description": description,
        "tags": two,
    }

    def look(made: Made) -> None:
        found = organizations.describe_policy(PolicyId=made.id)["Policy"]
        summary = found["PolicySummary"]
        assert (summary["Name"], summary["Type"]) == (made.inputs["name"], "SERVICE_CONTROL_POLICY")
        assert summary["Arn"] == made.outputs["arn"]
        assert f":organizations::{MANAGEMENT}:policy/" in summary["Arn"]
        assert (summary.get("Description") or None) == made.inputs.get("description")
        assert found["Content"] == made.inputs["content"]
        told = organizations.list_tags_for_resource(ResourceId=made.id)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in told} == made.inputs.get("tags", {})

    whole_life(management, POLICY, first, second, look)


def test_attachment(management: Peer, organizations: Any, boto: Boto, name: str) -> None:
    made = management.create(POLICY, {"name": name, "content": lock("eu-west-2")})
    inputs = {"policyId": made.id, "targetId": ACCOUNT}
    attached = management.create(ATTACHMENT, inputs)
    assert attached.id == f"{ACCOUNT}:{made.id}"
    targets = organizations.list_targets_for_policy(PolicyId=made.id)["Targets"]
    assert [(target["TargetId"], target["Type"]) for target in targets] == [(ACCOUNT, "ACCOUNT")]
    told = boto("organizations").describe_organization()["Organization"]
    assert told["MasterAccountId"] == MANAGEMENT
    again = management.read(ATTACHMENT, attached)
    assert again is not None
    assert (again.inputs, again.outputs) == (attached.inputs, attached.outputs)
    with pytest.raises(grpc.RpcError, match="PolicyInUseException"):
        management.delete(POLICY, made)
    management.delete(ATTACHMENT, attached)
    assert management.read(ATTACHMENT, attached) is None
    management.delete(ATTACHMENT, attached)
    management.delete(POLICY, made)
    management.delete(ATTACHMENT, attached)


def test_the_root_can_be_a_target(management: Peer, organizations: Any, name: str) -> None:
    made = management.create(POLICY, {"name": name, "content": lock("eu-west-2")})
    root = organizations.list_roots()["Roots"][0]
    assert {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"} in root["PolicyTypes"]
    attached = management.create(ATTACHMENT, {"policyId": made.id, "targetId": root["Id"]})
    management.delete(ATTACHMENT, attached)
    with pytest.raises(grpc.RpcError, match="OrganizationalUnitNotFoundException"):
        management.create(ATTACHMENT, {"policyId": made.id, "targetId": "r-none"})
    management.delete(POLICY, made)


def test_a_target_takes_five(management: Peer, organizations: Any, name: str) -> None:
    # FullAWSAccess is the first of the five.
    target = "777788889999"
    policies = [
        management.create(POLICY, {"name": f"{name}-{n}", "content": lock("eu-west-2")}) for n in range(5)
    ]
    ids = [made.id for made in policies]
    attached = [management.create(ATTACHMENT, {"policyId": id, "targetId": target}) for id in ids[:4]]
    with pytest.raises(grpc.RpcError, match="ConstraintViolationException"):
        management.create(ATTACHMENT, {"policyId": ids[4], "targetId": target})
    assert organizations.list_targets_for_policy(PolicyId=ids[4])["Targets"] == []
    for one in attached:
        management.delete(ATTACHMENT, one)
    for made in policies:
        management.delete(POLICY, made)


def test_what_is_to_stay_stays(management: Peer, organizations: Any, name: str) -> None:
    made = management.create(POLICY, {"name": name, "content": lock("eu-west-2"), "skipDestroy": True})
    inputs = {"policyId": made.id, "targetId": ACCOUNT, "skipDestroy": True}
    attached = management.create(ATTACHMENT, inputs)
    management.delete(ATTACHMENT, attached)
    management.delete(POLICY, made)
    assert organizations.list_targets_for_policy(PolicyId=made.id)["Targets"]
    organizations.detach_policy(PolicyId=made.id, TargetId=ACCOUNT)
    organizations.delete_policy(PolicyId=made.id)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no policy", "must be JSON"),
        ("[]", "must be a policy document"),
        (policy(), "at least one Statement"),
        (lock("eu-west-2") + " " * 5120, "at most 5120 characters"),
        (lock("eu-west-2", Principal="*"), "may not have a Principal"),
        (lock("eu-west-2", Effect="Refuse"), "Effect Allow or Deny"),
        (lock("eu-west-2", Action="s3:*"), "Action or NotAction"),
        (lock("eu-west-2", NotAction=["s3"]), "such as s3:Get*"),
        (lock("eu-west-2", NotAction=["s3:Get Object"]), "such as s3:Get*"),
        (lock("eu-west-2", Resource="bucket"), "must be * or ARNs"),
        (lock("eu-west-2", Condition=["x"]), "Condition must be"),
        (lock("eu-west-2", Sid="with space"), "Sid must be letters"),
        (lock("eu-west-2", Resources="*"), "not a part of a statement"),
        (
            json.dumps({"Version": "2008-10-17", "Statement": json.loads(lock("a"))["Statement"]}),
            "2012-10-17",
        ),
        (
            policy(*[{"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}] * 2),
            "the same Sid",
        ),
    ],
)
def test_refused_content(management: Peer, content: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        management.check(POLICY, {"name": "policy", "content": content})
    assert said in refused.value.failures["content"]


def test_a_policy_may_be_just_as_long(management: Peer) -> None:
    text = lock("eu-west-2")
    management.check(POLICY, {"name": "policy", "content": text + " " * (5120 - len(text))})


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        (POLICY, {"name": "p", "content": lock("a"), "type": "TAG_POLICY"}, "only SERVICE_CONTROL_POLICY"),
        (POLICY, {"content": lock("a")}, "names here are deterministic"),
        (ATTACHMENT, {"policyId": "p-12345678", "targetId": "sandbox"}, "id of a root"),
        (ATTACHMENT, {"policyId": "mine", "targetId": ACCOUNT}, "id of a policy"),
        (COST_TAG, {"tagKey": "project", "status": "On"}, "must be one of Active, Inactive"),
        (COST_TAG, {"tagKey": "", "status": "Active"}, "may not be empty"),
    ],
)
def test_refused(management: Peer, token: str, inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        management.check(token, inputs)
    assert said in str(refused.value)


@few
@given(key=words)
def test_cost_allocation_tag(management: Peer, boto: Boto, name: str, key: str) -> None:
    ce = boto("ce", account=MANAGEMENT)
    key = f"{name}-{key}"

    def status() -> list[tuple[str, str]]:
        found = ce.list_cost_allocation_tags(TagKeys=[key])["CostAllocationTags"]
        return [(one["Status"], one["Type"]) for one in found]

    made = management.create(COST_TAG, {"tagKey": key, "status": "Active"})
    assert status() == [("Active", "UserDefined")]
    assert (made.id, made.outputs["type"]) == (key, "UserDefined")
    again = management.read(COST_TAG, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)
    made = management.update(COST_TAG, made, {"tagKey": key, "status": "Inactive"})
    assert status() == [("Inactive", "UserDefined")]
    made = management.update(COST_TAG, made, {"tagKey": key, "status": "Active"})
    management.delete(COST_TAG, made)
    assert status() == [("Inactive", "UserDefined")]
    assert key not in json.dumps(ce.list_cost_allocation_tags(Status="Active")["CostAllocationTags"])


def test_the_cost_service_holds_its_rules(boto: Boto) -> None:
    ce = boto("ce", account=MANAGEMENT)
    with pytest.raises(ClientError, match="LimitExceededException"):
        ce.update_cost_allocation_tags_status(
            CostAllocationTagsStatus=[{"TagKey": str(n), "Status": "Active"} for n in range(21)]
        )
    with pytest.raises(ClientError, match="UnknownOperationException"):
        ce.list_cost_category_definitions()

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import aws_error
from rehearsal.local_cloud import LocalCloud
from tests.aws.conftest import Faults
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, half_made, whole_life
from tests.aws.strategies import few, words

RESOURCE = "aws:cloudcontrol/resource:Resource"
TYPE = "AWS::Braket::SpendingLimit"
REGION = "eu-north-1"
DEVICE = f"arn:aws:braket:{REGION}::device/qpu/iqm/Garnet"
OTHER = f"arn:aws:braket:{REGION}::device/qpu/iqm/Emerald"
PERIOD = {"StartAt": "2027-01-01T00:00:00Z", "EndAt": "2027-12-31T00:00:00Z"}
Boto = Callable[..., Any]


@pytest.fixture
def north(address: str) -> Iterator[Peer]:
    peer = Peer(address, region=REGION)
    yield peer
    peer.close()


def limit(amount: str = "250", device: str = DEVICE, **more: Any) -> dict[str, Any]:
    state = {"DeviceArn": device, "SpendingLimit": amount, **more}
    return {"typeName": TYPE, "desiredState": json.dumps(state)}


def properties(boto: Boto, identifier: str) -> dict[str, Any]:
    found = boto("cloudcontrol", REGION).get_resource(TypeName=TYPE, Identifier=identifier)
    told: dict[str, Any] = json.loads(found["ResourceDescription"]["Properties"])
    return told


amounts = st.decimals(0, 100_000, places=2).map(str)


@few
@given(one=amounts, two=amounts, tag=words)
def test_spending_limit(north: Peer, boto: Boto, one: str, two: str, tag: str) -> None:
    first = limit(one)
    second = limit(f"1{two}", TimePeriod=PERIOD, Tags=[{"Key": "project", "Value": tag}])

    def look(made: Made) -> None:
        asked = json.loads(made.inputs["desiredState"])
        told = properties(boto, made.id)
        assert told == json.loads(made.outputs["properties"])
        assert told["SpendingLimitArn"] == made.id
        assert made.id.startswith(f"arn:aws:braket:{REGION}:{ACCOUNT}:spending-limit/")
        assert told["DeviceArn"] == DEVICE
        assert Decimal(told["SpendingLimit"]) == Decimal(asked["SpendingLimit"])
        assert (told.get("TimePeriod"), told.get("Tags")) == (asked.get("TimePeriod"), asked.get("Tags"))

    whole_life(north, RESOURCE, first, second, look)
    whole_life(north, RESOURCE, second, first, look)


@pytest.mark.parametrize(
    ("asked", "kept"), [("0.00", "0"), ("100", "100"), ("10.50", "10.5"), ("7.05", "7.05")]
)
def test_amounts_are_kept_in_their_shortest_form(north: Peer, boto: Boto, asked: str, kept: str) -> None:
    made = north.create(RESOURCE, limit(asked))
    assert properties(boto, made.id)["SpendingLimit"] == kept
    again = north.read(RESOURCE, made)
    assert again is not None
    assert again.inputs == made.inputs
    north.delete(RESOURCE, made)


def test_one_limit_for_each_device(north: Peer) -> None:
    one, other = north.create(RESOURCE, limit()), north.create(RESOURCE, limit(device=OTHER))
    with pytest.raises(grpc.RpcError, match=r"CreateResource: AlreadyExists: .*Garnet already exists"):
        north.create(RESOURCE, limit("0"))
    north.delete(RESOURCE, one)
    north.delete(RESOURCE, north.create(RESOURCE, limit("0")))
    north.delete(RESOURCE, other)


def test_another_device_is_another_limit(north: Peer) -> None:
    made = north.create(RESOURCE, limit())
    assert list(north.diff(RESOURCE, made, limit(device=OTHER)).replaces) == ["desiredState"]
    assert list(north.diff(RESOURCE, made, limit("1")).replaces) == []
    north.delete(RESOURCE, made)


def test_a_limit_is_of_the_devices_region(peer: Peer) -> None:
    with pytest.raises(grpc.RpcError, match=r"InvalidRequest: .*not in region eu-west-2"):
        peer.create(RESOURCE, limit())


def test_a_limit_changed_elsewhere_is_seen_and_mended(north: Peer, boto: Boto) -> None:
    made = north.create(RESOURCE, limit("0"))
    patch = json.dumps([{"op": "replace", "path": "/SpendingLimit", "value": "9999"}])
    boto("cloudcontrol", REGION).update_resource(TypeName=TYPE, Identifier=made.id, PatchDocument=patch)
    drifted = north.read(RESOURCE, made)
    assert drifted is not None
    assert json.loads(drifted.inputs["desiredState"])["SpendingLimit"] == "9999"
    north.update(RESOURCE, drifted, limit("0"))
    assert properties(boto, made.id)["SpendingLimit"] == "0"
    north.delete(RESOURCE, made)


def test_an_import_names_type_and_identifier(north: Peer) -> None:
    made = north.create(RESOURCE, limit())
    found = north.read(RESOURCE, Made(f"{TYPE},{made.id}", {}, {}, None))
    assert found is not None
    assert found.outputs["properties"] == made.outputs["properties"]
    north.delete(RESOURCE, made)


def test_a_failed_update_is_told(cloud: LocalCloud, faults: Faults) -> None:
    provider = AwsProvider(cloud.endpoint, ACCOUNT, fault=faults)
    faulty = Peer(provider.serve(), region=REGION)
    made = faulty.create(RESOURCE, limit())
    faults.fail("cloudcontrol", "UpdateResource", aws_error("UpdateResource", "ThrottlingException", "slow"))
    with pytest.raises(grpc.RpcError) as failed:
        faulty.update(RESOURCE, made, limit("1"))
    assert "ThrottlingException: slow" in half_made(failed.value).reasons[0]
    faults.heal()
    faulty.delete(RESOURCE, faulty.update(RESOURCE, made, limit("1")))
    faulty.close()
    provider.stop()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, "DeviceArn is required"),
        ({"DeviceArn": DEVICE}, "US dollars in quotes"),
        ({"DeviceArn": DEVICE, "SpendingLimit": 250}, "US dollars in quotes"),
        ({"DeviceArn": DEVICE, "SpendingLimit": "1.005"}, "US dollars in quotes"),
        ({"DeviceArn": DEVICE, "SpendingLimit": "-1"}, "US dollars in quotes"),
        (
            {"DeviceArn": "arn:aws:braket:::device/quantum-simulator/amazon/sv1", "SpendingLimit": "1"},
            "simulators do not",
        ),
        ({"DeviceArn": "arn:aws:braket:::device/qpu/iqm/Garnet", "SpendingLimit": "1"}, "ARN of a QPU"),
        ({"DeviceArn": DEVICE, "SpendingLimit": "1", "TotalSpend": "0"}, "the service's to set"),
        ({"DeviceArn": DEVICE, "SpendingLimit": "1", "Period": {}}, "nearest: TimePeriod"),
        ({"DeviceArn": DEVICE, "SpendingLimit": "1", "TimePeriod": {"StartAt": "2027"}}, "StartAt and EndAt"),
        (
            {"DeviceArn": DEVICE, "SpendingLimit": "1", "TimePeriod": {"StartAt": "soon", "EndAt": "late"}},
            "date-times such as",
        ),
        (
            {
                "DeviceArn": DEVICE,
                "SpendingLimit": "1",
                "TimePeriod": {"StartAt": PERIOD["EndAt"], "EndAt": PERIOD["StartAt"]},
            },
            "after StartAt",
        ),
    ],
)
def test_refused(peer: Peer, state: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(RESOURCE, {"typeName": TYPE, "desiredState": json.dumps(state)})
    assert said in refused.value.failures["desiredState"]


def test_other_types_are_refused(peer: Peer) -> None:
    with pytest.raises(CheckFailed, match=TYPE):
        peer.check(RESOURCE, {**limit(), "typeName": "AWS::S3::Bucket"})


class TestTheService:
    """What boto3 alone sees of it."""

    def ended(self, client: Any, answer: dict[str, Any]) -> dict[str, Any]:
        assert answer["ProgressEvent"]["OperationStatus"] == "IN_PROGRESS"
        token = answer["ProgressEvent"]["RequestToken"]
        event: dict[str, Any] = client.get_resource_request_status(RequestToken=token)["ProgressEvent"]
        return event

    def create(self, client: Any, state: Any, **more: Any) -> dict[str, Any]:
        return self.ended(
            client, client.create_resource(TypeName=TYPE, DesiredState=json.dumps(state), **more)
        )

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            ([], "must be a JSON object"),
            ({"DeviceArn": DEVICE}, "required key [SpendingLimit] not found"),
            ({"DeviceArn": DEVICE, "SpendingLimit": 1}, "expected type: String"),
            ({"DeviceArn": DEVICE, "SpendingLimit": "1,50"}, "does not match pattern"),
            ({"DeviceArn": "Garnet", "SpendingLimit": "1"}, "not the ARN of a device"),
            (
                {"DeviceArn": "arn:aws:braket:::device/quantum-simulator/amazon/sv1", "SpendingLimit": "1"},
                "Simulators do not support",
            ),
            ({"DeviceArn": DEVICE, "SpendingLimit": "1", "Colour": "red"}, "extraneous key [Colour]"),
            ({"DeviceArn": DEVICE, "SpendingLimit": "1", "TotalSpend": "1"}, "read-only [TotalSpend]"),
            ({"DeviceArn": DEVICE, "SpendingLimit": "1", "Tags": {"a": "b"}}, "/Tags"),
            ({"DeviceArn": DEVICE, "SpendingLimit": "1", "TimePeriod": {"StartAt": "x"}}, "/TimePeriod"),
        ],
    )
    def test_the_schema_is_held(self, boto: Boto, state: Any, said: str) -> None:
        event = self.create(boto("cloudcontrol", REGION), state)
        assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
        assert said in event["StatusMessage"]

    def test_a_device_cannot_be_changed(self, boto: Boto) -> None:
        client = boto("cloudcontrol", REGION)
        made = self.create(client, {"DeviceArn": DEVICE, "SpendingLimit": "1"})["Identifier"]
        for path, code in (("/DeviceArn", "NotUpdatable"), ("/Tags/0", "InvalidRequest")):
            patch = json.dumps([{"op": "add", "path": path, "value": OTHER}])
            answer = client.update_resource(TypeName=TYPE, Identifier=made, PatchDocument=patch)
            assert self.ended(client, answer)["ErrorCode"] == code
        self.ended(client, client.delete_resource(TypeName=TYPE, Identifier=made))
        gone = self.ended(client, client.delete_resource(TypeName=TYPE, Identifier=made))
        assert gone["ErrorCode"] == "NotFound"

    def test_accounts_and_regions_are_apart(self, boto: Boto) -> None:
        client = boto("cloudcontrol", REGION)
        made = self.create(client, {"DeviceArn": DEVICE, "SpendingLimit": "1"})["Identifier"]
        there = boto("cloudcontrol", REGION, "444455556666")
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            there.get_resource(TypeName=TYPE, Identifier=made)
        assert there.list_resources(TypeName=TYPE)["ResourceDescriptions"] == []
        assert boto("cloudcontrol", "us-east-1").list_resources(TypeName=TYPE)["ResourceDescriptions"] == []
        assert [
            one["Identifier"] for one in client.list_resources(TypeName=TYPE)["ResourceDescriptions"]
        ] == [made]
        self.ended(client, client.delete_resource(TypeName=TYPE, Identifier=made))

    def test_a_client_token_acts_once(self, boto: Boto) -> None:
        client = boto("cloudcontrol", REGION)
        state = {"DeviceArn": DEVICE, "SpendingLimit": "1"}
        made = self.create(client, state, ClientToken="once")
        again = client.create_resource(TypeName=TYPE, DesiredState=json.dumps(state), ClientToken="once")
        assert again["ProgressEvent"]["RequestToken"] == made["RequestToken"]
        assert len(client.list_resources(TypeName=TYPE)["ResourceDescriptions"]) == 1
        with pytest.raises(ClientError, match="ClientTokenConflictException"):
            client.create_resource(TypeName=TYPE, DesiredState="{}", ClientToken="once")
        self.ended(client, client.delete_resource(TypeName=TYPE, Identifier=made["Identifier"]))

    def test_what_is_not_there(self, boto: Boto) -> None:
        client = boto("cloudcontrol", REGION)
        with pytest.raises(
            ClientError, match=r"TypeNotFoundException.*plays AWS::Braket::SpendingLimit only"
        ):
            client.create_resource(TypeName="AWS::S3::Bucket", DesiredState="{}")
        with pytest.raises(ClientError, match="RequestTokenNotFoundException"):
            client.get_resource_request_status(RequestToken="never")
        with pytest.raises(ClientError, match="UnknownOperationException"):
            client.list_resource_requests()
        with pytest.raises(ClientError, match="not valid JSON"):
            client.create_resource(TypeName=TYPE, DesiredState="{")


def test_a_create_whose_end_is_not_told_may_have_come_to_be(cloud: LocalCloud, faults: Faults) -> None:
    """The engine takes what is refused for not there: this it has to look for."""
    provider = AwsProvider(cloud.endpoint, ACCOUNT, fault=faults)
    faulty = Peer(provider.serve(), region=REGION)
    error = aws_error("GetResourceRequestStatus", "ThrottlingException", "slow")
    faults.fail("cloudcontrol", "GetResourceRequestStatus", error)
    with pytest.raises(grpc.RpcError, match="ThrottlingException: slow") as failure:
        faulty.create(RESOURCE, limit())
    assert isinstance(failure.value, grpc.Call)
    assert failure.value.code() == grpc.StatusCode.UNAVAILABLE
    faults.heal()
    (made,) = faulty.find(RESOURCE, limit())
    faulty.delete(RESOURCE, Made(made, {"typeName": TYPE}, limit(), None))
    assert faulty.find(RESOURCE, limit()) == []
    faulty.close()
    provider.stop()

"""The services beside moto, asked over plain HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.local_cloud import LocalCloud

TYPE = "AWS::Braket::SpendingLimit"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    home: Path = tmp_path_factory.mktemp("services") / ".qlz"
    cloud = LocalCloud.ensure(home)
    yield cloud
    cloud.stop()


def ask(
    cloud: LocalCloud, service: str, target: str, body: bytes, region: str = "eu-north-1", **more: str
) -> tuple[int, dict[str, Any], str | None]:
    """Return status, answer and error type."""
    connection = http.client.HTTPConnection("127.0.0.1", int(cloud.endpoint.rpartition(":")[2]))
    scope = f"Credential=AKIA/20270101/{region}/{service}/aws4_request"
    headers = {"X-Amz-Target": f"Service.{target}", "Authorization": f"AWS4-HMAC-SHA256 {scope}", **more}
    connection.request("POST", "/", body=body, headers=headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said, answer.getheader("x-amzn-ErrorType")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"'])
def test_a_body_that_is_no_object_is_refused(cloud: LocalCloud, body: bytes) -> None:
    status, said, kind = ask(cloud, "cloudcontrolapi", "ListResources", body)
    assert (status, kind, said["__type"]) == (400, "SerializationException", "SerializationException")


def test_stores_are_of_an_account_and_a_region(cloud: LocalCloud) -> None:
    device = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
    state = json.dumps({"DeviceArn": device, "SpendingLimit": "1"})
    body = json.dumps({"TypeName": TYPE, "DesiredState": state}).encode()
    status, _, _ = ask(cloud, "cloudcontrolapi", "CreateResource", body, **{"x-moto-account-id": "1" * 12})
    assert status == 200

    def listed(region: str, **account: str) -> list[str]:
        listing = json.dumps({"TypeName": TYPE}).encode()
        said = ask(cloud, "cloudcontrolapi", "ListResources", listing, region, **account)[1]
        return [one["Identifier"] for one in said["ResourceDescriptions"]]

    (found,) = listed("eu-north-1", **{"x-moto-account-id": "1" * 12})
    assert found.startswith(f"arn:aws:braket:eu-north-1:{'1' * 12}:spending-limit/")
    assert listed("us-east-1", **{"x-moto-account-id": "1" * 12}) == []
    assert listed("eu-north-1", **{"x-moto-account-id": "2" * 12}) == []
    assert listed("eu-north-1") == []


def test_a_request_without_account_is_of_motos_own(cloud: LocalCloud) -> None:
    update = {"CostAllocationTagsStatus": [{"TagKey": "project", "Status": "Active"}]}
    assert ask(cloud, "ce", "UpdateCostAllocationTagsStatus", json.dumps(update).encode())[0] == 200
    named = {"x-moto-account-id": "123456789012"}
    said = ask(cloud, "ce", "ListCostAllocationTags", b"", **named)[1]
    assert [one["TagKey"] for one in said["CostAllocationTags"]] == ["project"]


def test_moto_answers_for_everything_else(cloud: LocalCloud) -> None:
    status, said, _ = ask(
        cloud, "logs", "DescribeLogGroups", b"{}", **{"X-Amz-Target": "Logs.DescribeLogGroups"}
    )
    assert (status, said["logGroups"]) == (200, [])


def test_an_error_tells_its_kind(cloud: LocalCloud) -> None:
    status, said, kind = ask(cloud, "budgets", "DescribeBudget", b'{"BudgetName": "none"}')
    assert (status, kind) == (400, "NotFoundException")
    assert "none" in said["message"]

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.aws import AwsProvider
from rehearsal.aws.model.logs import RETENTION_DAYS
from rehearsal.local_cloud import LocalCloud
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, key_policy, policy, trail_bucket_policy, trust
from tests.aws.strategies import few, tags

GROUP = "aws:cloudwatch/logGroup:LogGroup"
RESOURCE_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = "aws:kms/key:Key"
ROLE = "aws:iam/role:Role"
SELECTORS = ("advancedEventSelectors", "eventSelectors", "insightSelectors")
Boto = Callable[..., Any]

LOGS = "logs.eu-west-2.amazonaws.com"


@pytest.fixture(scope="module")
def key(peer: Peer) -> str:
    """A key for logs and trails."""
    admitted = key_policy(LOGS, "cloudtrail.amazonaws.com")
    return str(peer.create(KEY, {"policy": admitted}).outputs["arn"])


@few
@given(days=st.sampled_from(RETENTION_DAYS), other=st.sampled_from(RETENTION_DAYS), one=tags, two=tags)
def test_log_group(
    peer: Peer,
    boto: Boto,
    name: str,
    key: str,
    days: int,
    other: int,
    one: dict[str, str],
    two: dict[str, str],
) -> None:
    path = f"/qlz/{name}"

    def look(made: Made) -> None:
        found = boto("logs").describe_log_groups(logGroupNamePrefix=path)["logGroups"][0]
        assert made.outputs["arn"] == found["logGroupArn"]
        assert found.get("retentionInDays", 0) == made.inputs["retentionInDays"]
        assert found.get("kmsKeyId") == made.inputs.get("kmsKeyId")
        asked = made.inputs.get("tags", {})
        assert boto("logs").list_tags_for_resource(resourceArn=made.outputs["arn"])["tags"] == asked

    first = {"name": path, "retentionInDays": days, "tags": one}
    second = {"name": path, "retentionInDays": other, "tags": {**two, "more": "x"}}
    whole_life(peer, GROUP, first, second, look)
    whole_life(peer, GROUP, {**first, "kmsKeyId": key}, {**second, "kmsKeyId": key}, look)
    whole_life(peer, GROUP, first, {**second, "kmsKeyId": key}, look)


def test_a_key_must_admit_the_log_service(peer: Peer, name: str) -> None:
    closed = peer.create(KEY, {"policy": key_policy("logs.us-east-1.amazonaws.com")})
    with pytest.raises(grpc.RpcError, match=r"AccessDeniedException.*logs\.eu-west-2\.amazonaws\.com"):
        peer.create(GROUP, {"name": name, "kmsKeyId": closed.outputs["arn"]})
    absent = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/absent"
    with pytest.raises(grpc.RpcError, match="does not exist or is not allowed"):
        peer.create(GROUP, {"name": name, "kmsKeyId": absent})


def test_a_key_may_admit_one_group_only(peer: Peer, name: str) -> None:
    arn = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/qlz/mine-*"
    condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
    grant = allow("kms:*", Principal={"Service": LOGS}, Condition=condition)
    narrow = peer.create(KEY, {"policy": policy(grant)}).outputs["arn"]
    made = peer.create(GROUP, {"name": "/qlz/mine-1", "kmsKeyId": narrow})
    peer.delete(GROUP, made)
    with pytest.raises(grpc.RpcError, match="AccessDeniedException"):
        peer.create(GROUP, {"name": f"/qlz/{name}", "kmsKeyId": narrow})


def test_log_groups_that_stay(peer: Peer, boto: Boto, name: str) -> None:
    guarded = peer.create(GROUP, {"name": name, "deletionProtectionEnabled": True})
    with pytest.raises(grpc.RpcError, match="deletion protection"):
        peer.delete(GROUP, guarded)
    kept = peer.update(GROUP, guarded, {"name": name, "skipDestroy": True})
    peer.delete(GROUP, kept)
    assert boto("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "g", "retentionInDays": 8}, "must be one of 0, 1, 3"),
        ({"name": "g h"}, "must be letters"),
        ({"name": "g", "kmsKeyId": "key"}, "must be an ARN of kms"),
        ({"namePrefix": "g"}, "use name"),
    ],
)
def test_refused_log_groups(peer: Peer, inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        peer.check(GROUP, inputs)


def test_log_resource_policy(peer: Peer, boto: Boto, name: str) -> None:
    def document(service: str) -> str:
        return policy(allow("logs:PutLogEvents", Principal={"Service": service}))

    def look(made: Made) -> None:
        found = boto("logs").describe_resource_policies()["resourcePolicies"]
        texts = {policy["policyName"]: policy["policyDocument"] for policy in found}
        assert texts[name] == made.inputs["policyDocument"]
        assert made.outputs["policyScope"] == "ACCOUNT"

    first = {"policyName": name, "policyDocument": document("events.amazonaws.com")}
    second = {**first, "policyDocument": document("delivery.logs.amazonaws.com")}
    whole_life(peer, RESOURCE_POLICY, first, second, look)


def test_a_region_takes_ten_resource_policies(peer: Peer) -> None:
    document = policy(allow("logs:PutLogEvents", Principal={"Service": "events.amazonaws.com"}))
    inputs = {"policyDocument": document, "region": "us-west-1"}
    made = [peer.create(RESOURCE_POLICY, {**inputs, "policyName": f"p{n}"}) for n in range(10)]
    with pytest.raises(grpc.RpcError, match="LimitExceededException"):
        peer.create(RESOURCE_POLICY, {**inputs, "policyName": "p10"})
    for one in made:
        peer.delete(RESOURCE_POLICY, one)


@pytest.fixture
def trail_bucket(peer: Peer, name: str) -> Iterator[str]:
    bucket = peer.create(BUCKET, {"bucket": name, "forceDestroy": True})
    document = trail_bucket_policy(name, name)
    admitted = peer.create(BUCKET_POLICY, {"bucket": name, "policy": document})
    yield name
    peer.delete(BUCKET_POLICY, admitted)
    peer.delete(BUCKET, bucket)


def test_trail(peer: Peer, boto: Boto, name: str, key: str, trail_bucket: str) -> None:
    group = peer.create(GROUP, {"name": name})
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust("cloudtrail.amazonaws.com")})
    first = {"name": name, "s3BucketName": trail_bucket}
    second = {
        **first,
        "enableLogFileValidation": True,
        "isMultiRegionTrail": True,
        "kmsKeyId": key,
        "cloudWatchLogsGroupArn": group.outputs["arn"] + ":*",
        "cloudWatchLogsRoleArn": role.outputs["arn"],
        "advancedEventSelectors": [
            {
                "name": "results",
                "fieldSelectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                    {"field": "resources.ARN", "startsWiths": [f"arn:aws:s3:::{name}/"]},
                ],
            }
        ],
        "insightSelectors": [{"insightType": "ApiCallRateInsight"}],
        "tags": {"a": "b"},
    }

    def look(made: Made) -> None:
        cloudtrail = boto("cloudtrail")
        found = cloudtrail.get_trail(Name=name)["Trail"]
        assert found["TrailARN"] == made.id == made.outputs["arn"]
        assert found["S3BucketName"] == trail_bucket
        assert found["IsMultiRegionTrail"] == made.inputs["isMultiRegionTrail"]
        assert found["LogFileValidationEnabled"] == made.inputs["enableLogFileValidation"]
        assert (found.get("KmsKeyId") or None) == made.inputs.get("kmsKeyId")
        assert (found.get("CloudWatchLogsRoleArn") or None) == made.inputs.get("cloudWatchLogsRoleArn")
        assert cloudtrail.get_trail_status(Name=name)["IsLogging"] == made.inputs["enableLogging"]
        selectors = cloudtrail.get_event_selectors(TrailName=name).get("AdvancedEventSelectors") or []
        assert [selector["Name"] for selector in selectors] == [
            selector["name"] for selector in made.inputs.get("advancedEventSelectors", [])
        ]
        assert all("StartsWith" in selector["FieldSelectors"][2] for selector in selectors)
        insights = cloudtrail.get_insight_selectors(TrailName=name).get("InsightSelectors") or []
        assert len(insights) == len(made.inputs.get("insightSelectors", []))
        found_tags = cloudtrail.list_tags(ResourceIdList=[made.id])["ResourceTagList"][0]["TagsList"]
        assert {tag["Key"]: tag["Value"] for tag in found_tags} == made.inputs.get("tags", {})

    whole_life(peer, TRAIL, first, second, look)
    whole_life(peer, TRAIL, second, {**first, "enableLogging": False}, look)
    peer.delete(ROLE, role)
    peer.delete(GROUP, group)


def test_classic_event_selectors(peer: Peer, boto: Boto, name: str, trail_bucket: str) -> None:
    inputs = {"name": name, "s3BucketName": trail_bucket}
    values = [f"arn:aws:s3:::{name}/"]
    selector = {"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object", "values": values}]}

    def look(made: Made) -> None:
        found = boto("cloudtrail").get_event_selectors(TrailName=name)["EventSelectors"]
        asked = made.inputs.get("eventSelectors")
        if asked:
            assert found[0]["DataResources"][0]["Values"] == values

    whole_life(peer, TRAIL, {**inputs, "eventSelectors": [selector]}, inputs, look)


def test_a_trail_is_there_all_the_time(cloud: LocalCloud, name: str, trail_bucket: str) -> None:
    """Whatever changes about it is changed in place, and it goes on writing."""
    calls: list[str] = []

    def note(_service: str, operation: str, _asked: Mapping[str, Any]) -> None:
        calls.append(operation)

    provider = AwsProvider(cloud.endpoint, ACCOUNT, fault=note)
    peer = Peer(provider.serve())
    inputs = {"name": name, "s3BucketName": trail_bucket}
    fields = [{"field": "eventCategory", "equals": ["Data"]}]
    advanced = {"advancedEventSelectors": [{"name": "data", "fieldSelectors": fields}]}
    classic = {"eventSelectors": [{"readWriteType": "WriteOnly"}]}
    insight = {"insightSelectors": [{"insightType": "ApiErrorRateInsight"}]}
    made = peer.create(TRAIL, inputs)
    calls.clear()
    for more in (advanced, classic, insight, advanced, {"enableLogFileValidation": True}):
        made = peer.update(TRAIL, made, {**inputs, **more})
        chosen = {part for part in SELECTORS if made.outputs[part]}
        assert chosen == {part for part in more if part in SELECTORS}
    assert not {"CreateTrail", "DeleteTrail", "StopLogging"} & set(calls)
    peer.delete(TRAIL, made)
    peer.close()
    provider.stop()


def test_a_trail_needs_a_bucket_that_admits_it(peer: Peer, name: str, trail_bucket: str) -> None:
    other = {"name": f"{name}-other", "s3BucketName": trail_bucket}
    with pytest.raises(grpc.RpcError, match="InsufficientS3BucketPolicyException"):
        peer.create(TRAIL, other)
    with pytest.raises(grpc.RpcError, match="InsufficientS3BucketPolicyException"):
        peer.create(TRAIL, {"name": name, "s3BucketName": trail_bucket, "s3KeyPrefix": "elsewhere"})


def test_a_trail_needs_what_it_names(peer: Peer, name: str, trail_bucket: str) -> None:
    inputs = {"name": name, "s3BucketName": trail_bucket}
    group = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/absent:*"
    role = f"arn:aws:iam::{ACCOUNT}:role/absent"
    with pytest.raises(grpc.RpcError, match="InvalidCloudWatchLogsLogGroupArnException"):
        peer.create(TRAIL, {**inputs, "cloudWatchLogsGroupArn": group, "cloudWatchLogsRoleArn": role})
    closed = peer.create(KEY, {}).outputs["arn"]
    with pytest.raises(grpc.RpcError, match="InsufficientEncryptionPolicyException"):
        peer.create(TRAIL, {**inputs, "kmsKeyId": closed})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "ab"}, "three or more"),
        ({"name": "a..b"}, "two of"),
        ({"isOrganizationTrail": True}, "no organization"),
        ({"cloudWatchLogsRoleArn": "arn:aws:iam::1:role/x"}, "given together"),
        ({"kmsKeyId": "alias/x"}, "must be an ARN of kms"),
    ],
)
def test_refused_trails(peer: Peer, more: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        peer.check(TRAIL, {"name": "trail", "s3BucketName": "bucket", **more})

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from rehearsal.aws import AwsProvider
from rehearsal.aws.clients import aws_error
from rehearsal.aws.model import MODEL, UNKNOWN, Carried, coverage
from rehearsal.local_cloud import LocalCloud
from rehearsal.provider import wire
from tests.aws.conftest import Faults
from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, half_made, urn
from tests.aws.policies import trust

KEY = "aws:kms/key:Key"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
TOPIC = "aws:sns/topic:Topic"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
OTHER_ACCOUNT = "444455556666"
Boto = Callable[..., Any]


@pytest.fixture
def other(cloud: LocalCloud) -> Iterator[AwsProvider]:
    provider = AwsProvider(cloud.endpoint, OTHER_ACCOUNT)
    yield provider
    provider.stop()


def test_two_providers_in_two_regions(address: str, peer: Peer, boto: Boto, name: str) -> None:
    oregon = Peer(address, region="us-west-2")
    there, here = oregon.create(GROUP, {"name": name}), peer.create(GROUP, {"name": name})
    assert there.outputs["arn"] == f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:{name}"
    assert here.outputs["arn"] == f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:{name}"
    for region in ("us-west-2", "eu-west-2"):
        assert boto("logs", region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    oregon.delete(GROUP, there)
    assert not boto("logs", "us-west-2").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    peer.delete(GROUP, here)
    oregon.close()


def test_the_region_of_a_resource_beats_that_of_its_provider(peer: Peer, boto: Boto, name: str) -> None:
    inputs = {"name": name, "region": "eu-north-1"}
    made = peer.create(TOPIC, inputs)
    assert made.outputs["arn"] == f"arn:aws:sns:eu-north-1:{ACCOUNT}:{name}"
    assert boto("sns", "eu-north-1").get_topic_attributes(TopicArn=made.id)
    moved = peer.diff(TOPIC, made, {"name": name})
    assert (list(moved.replaces), moved.deleteBeforeReplace) == (["region"], False)
    peer.delete(TOPIC, made)
    assert peer.read(TOPIC, made) is None


def test_two_accounts(other: AwsProvider, peer: Peer, boto: Boto, name: str) -> None:
    theirs = Peer(other.serve())
    inputs = {"name": name, "assumeRolePolicy": trust()}
    here, there = peer.create(ROLE, inputs), theirs.create(ROLE, inputs)
    assert here.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:role/{name}"
    assert there.outputs["arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}"
    peer.delete(ROLE, here)
    assert boto("iam", account=OTHER_ACCOUNT).get_role(RoleName=name)["Role"]["Arn"] == there.outputs["arn"]
    mine = peer.create(BUCKET, {"bucket": name})
    with pytest.raises(grpc.RpcError, match="BucketAlreadyExists"):
        theirs.create(BUCKET, {"bucket": name})
    peer.delete(BUCKET, mine)
    theirs.delete(ROLE, there)
    theirs.close()


@pytest.mark.parametrize(
    "config",
    [{"allowedAccountIds": f'["{OTHER_ACCOUNT}"]'}, {"forbiddenAccountIds": [ACCOUNT]}],
    ids=["not allowed", "forbidden"],
)
def test_the_wrong_account_is_refused(address: str, config: dict[str, Any]) -> None:
    with pytest.raises(grpc.RpcError, match=f"AWS account ID not allowed: {ACCOUNT}"):
        Peer(address, **config)


def test_the_right_account_is_admitted(address: str) -> None:
    Peer(address, allowedAccountIds=f'["{ACCOUNT}"]').close()


def test_default_tags(address: str, boto: Boto, name: str) -> None:
    tagging = Peer(address, defaultTags={"tags": {"owner": "us", "project": "none"}})
    made = tagging.create(TOPIC, {"name": name, "tags": {"project": "optimus"}})
    assert made.outputs["tags"] == {"project": "optimus"}
    assert made.outputs["tagsAll"] == {"owner": "us", "project": "optimus"}
    found = boto("sns").list_tags_for_resource(ResourceArn=made.id)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in found} == made.outputs["tagsAll"]
    again = tagging.read(TOPIC, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)
    tagging.close()
    renamed = Peer(address, defaultTags={"tags": {"owner": "them"}})
    changed = renamed.diff(TOPIC, made, {"name": name, "tags": {"project": "optimus"}})
    assert dict(changed.detailedDiff).keys() == {"tagsAll.owner"}
    renamed.delete(TOPIC, made)
    renamed.close()


def test_two_configurations_on_one_connection_are_refused(address: str) -> None:
    one = Peer(address)
    args = wire.encode({"region": "us-east-1"})
    with pytest.raises(grpc.RpcError, match="share one connection"):
        one.stub.Configure(provider_pb2.ConfigureRequest(args=args))
    one.close()


def test_unknown_settings_and_types(address: str, peer: Peer) -> None:
    with pytest.raises(grpc.RpcError, match="nearest: region"):
        Peer(address, regoin="eu-west-2")
    with pytest.raises(grpc.RpcError, match=r"aws:s3/bucketv2:BucketV2 is not played.*aws:s3/bucket:Bucket"):
        peer.check("aws:s3/bucketv2:BucketV2", {})
    with pytest.raises(CheckFailed) as refused:
        peer.check(BUCKET, {"bucket": "example", "tagz": {}})
    assert "nearest: tags" in refused.value.failures["tagz"]


def test_lookups_are_refused(peer: Peer) -> None:
    request = provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity")
    with pytest.raises(grpc.RpcError, match="answers no lookups") as refused:
        peer.stub.Invoke(request)
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    with pytest.raises(grpc.RpcError, match="does not answer GetSchema"):
        peer.stub.GetSchema(provider_pb2.GetSchemaRequest())


def test_what_is_only_recorded_is_reported(cloud: LocalCloud, name: str) -> None:
    provider = AwsProvider(cloud.endpoint, ACCOUNT)
    address = provider.serve()
    peer = Peer(address)
    assert provider.recorded_in_use() == {}
    config = wire.encode({"region": "eu-west-2", "skipRegionValidation": "true", "profile": "mine"})
    peer.stub.CheckConfig(provider_pb2.CheckRequest(news=config))
    peer.check(KEY, {"rotationPeriodInDays": 180, "enableKeyRotation": True})
    peer.check(TOPIC, {"name": name, "displayName": "shown", "tracingConfig": "Active"})
    kept = {"noncurrentDays": 3, "newerNoncurrentVersions": 2}
    rule = {"id": "r", "status": "Enabled", "noncurrentVersionExpiration": kept}
    lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    peer.check(lifecycle, {"bucket": name, "rules": [rule]})
    assert provider.recorded_in_use() == {
        "pulumi:providers:aws": {"profile"},
        KEY: {"rotationPeriodInDays"},
        TOPIC: {"tracingConfig"},
        lifecycle: {"rules.noncurrentVersionExpiration.newerNoncurrentVersions"},
    }
    peer.close()
    provider.stop()


def test_coverage_covers_everything() -> None:
    covered = {found.type: found for found in coverage()}
    assert set(covered) == {*MODEL, "pulumi:providers:aws"}
    key = {item.property: item for item in covered[KEY].properties}
    assert key["description"].carried is Carried.EMULATED
    assert key["rotationPeriodInDays"].carried is Carried.RECORDED
    assert "does not return" in key["rotationPeriodInDays"].note
    assert key["xksKeyId"].carried is Carried.REFUSED


def test_secrets_stay_secret(peer: Peer, name: str) -> None:
    given = {"name": name, "displayName": "hidden", "tags": {"a": "plain", "b": "hidden"}}
    secrets: list[wire.Path] = [("name",), ("displayName",), ("tags", "b")]
    checked = wire.decode(peer.check(TOPIC, given, secrets))
    assert checked.values["tags"] == {"a": "plain", "b": "hidden"}
    assert checked.secrets == set(secrets)
    for struct in (peer.preview(TOPIC, given, secrets), peer.create(TOPIC, given, secrets).raw):
        outputs = wire.decode(struct)
        assert outputs.secrets >= {("name",), ("displayName",), ("tags", "b"), ("tagsAll",), ("arn",)}
        assert ("owner",) not in outputs.secrets
    assert "hidden" not in repr(checked)


def test_a_refusal_never_quotes_a_secret(peer: Peer) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(TOPIC, {"name": "my secret"}, [("name",)])
    assert "my secret" not in str(refused.value)
    with pytest.raises(CheckFailed) as shown:
        peer.check(TOPIC, {"name": "my secret"})
    assert "my secret" in str(shown.value)


def test_unknown_inputs_are_not_judged(peer: Peer) -> None:
    given = {"name": UNKNOWN, "policy": UNKNOWN, "kmsMasterKeyId": UNKNOWN}
    said = wire.decode(peer.preview(TOPIC, given)).values
    assert said["arn"] is UNKNOWN
    assert said["owner"] == ACCOUNT
    assert said["displayName"] is None


def test_without_a_cloud_there_are_previews_only() -> None:
    provider = AwsProvider(None, ACCOUNT)
    peer = Peer(provider.serve())
    assert wire.decode(peer.preview(BUCKET, {"bucket": "example"})).values["arn"] == "arn:aws:s3:::example"
    with pytest.raises(grpc.RpcError, match="only checks and previews"):
        peer.create(BUCKET, {"bucket": "example"})
    peer.close()
    provider.stop()


def test_the_model_needs_no_cloud_libraries() -> None:
    code = "import sys, rehearsal.aws.model; print({'boto3', 'botocore', 'moto', 'grpc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_drift_is_seen_and_mended(peer: Peer, boto: Boto, name: str) -> None:
    inputs = {"name": name, "retentionInDays": 90, "tags": {"a": "b"}}
    made = peer.create(GROUP, inputs)
    boto("logs").put_retention_policy(logGroupName=name, retentionInDays=1)
    boto("logs").tag_resource(resourceArn=made.outputs["arn"], tags={"by": "hand"})
    drifted = peer.read(GROUP, made)
    assert drifted is not None
    assert drifted.inputs["retentionInDays"] == drifted.outputs["retentionInDays"] == 1
    assert drifted.inputs["tags"] == {"a": "b", "by": "hand"}
    assert set(peer.diff(GROUP, drifted, inputs).diffs) == {"retentionInDays", "tags", "tagsAll"}
    mended = peer.update(GROUP, drifted, inputs)
    assert mended.outputs == made.outputs
    peer.delete(GROUP, mended)


def test_an_import_reads_the_inputs(peer: Peer, name: str) -> None:
    inputs = {"name": name, "displayName": "shown", "tags": {"a": "b"}}
    made = peer.create(TOPIC, inputs)
    found = peer.read(TOPIC, Made(made.id, {}, {}, None))
    assert found is not None
    assert {key: found.inputs[key] for key in inputs} == inputs
    peer.delete(TOPIC, made)


def test_a_replacement_of_the_same_name_deletes_first(peer: Peer, name: str) -> None:
    made = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})
    moved = peer.diff(ROLE, made, {"name": name, "path": "/new/", "assumeRolePolicy": trust()})
    assert (list(moved.replaces), moved.deleteBeforeReplace) == (["path"], True)
    assert moved.detailedDiff["path"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    renamed = peer.diff(ROLE, made, {"name": name + "2", "assumeRolePolicy": trust()})
    assert (list(renamed.replaces), renamed.deleteBeforeReplace) == (["name"], False)
    peer.delete(ROLE, made)


def test_a_provider_in_another_region_is_another_provider(peer: Peer) -> None:
    def diff(new: dict[str, Any]) -> Any:
        old = wire.encode({"region": "eu-west-2", "defaultTags": '{"tags":{"a":"b"}}'})
        return peer.stub.DiffConfig(
            provider_pb2.DiffRequest(olds=old, old_inputs=old, news=wire.encode(new), urn=urn("x:y:z"))
        )

    assert list(diff({"region": "us-east-1", "defaultTags": {"tags": {"a": "b"}}}).replaces) == ["region"]
    assert list(diff({"region": "eu-west-2"}).replaces) == []
    same = diff({"region": "eu-west-2", "defaultTags": {"tags": {"a": "b"}}})
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_an_update_that_fails_half_way_tells_what_is_there(
    faulty: Peer, faults: Faults, boto: Boto, name: str
) -> None:
    made = faulty.create(GROUP, {"name": name, "retentionInDays": 1})
    faults.fail("logs", "TagResource", aws_error("TagResource", "ThrottlingException", "slow down"))
    with pytest.raises(grpc.RpcError) as failed:
        faulty.update(GROUP, made, {"name": name, "retentionInDays": 7, "tags": {"a": "b"}})
    detail = half_made(failed.value)
    assert detail.id == made.id
    outputs = wire.decode(detail.properties).values
    assert (outputs["retentionInDays"], outputs["tagsAll"]) == (7, {})
    faults.heal()
    faulty.delete(GROUP, made)
    assert not boto("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]


def test_a_cloud_that_is_gone_is_said_in_words() -> None:
    provider = AwsProvider("http://127.0.0.1:9", ACCOUNT)
    peer = Peer(provider.serve())
    with pytest.raises(grpc.RpcError, match="the local cloud does not answer") as refused:
        peer.create(KEY, {})
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    peer.close()
    provider.stop()


def test_no_setting_of_this_machine_matters(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "absent")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    provider = AwsProvider(cloud.endpoint, ACCOUNT)
    peer = Peer(provider.serve())
    made = peer.create(BUCKET, {"bucket": name})
    peer.delete(BUCKET, made)
    peer.close()
    provider.stop()

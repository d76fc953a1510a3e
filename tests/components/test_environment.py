"""The environment's resources, by what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from components.braket.names import EnvironmentNames
from components.tags import EnvironmentTags
from tests.components.conftest import PLACE, environment_args, run_environment
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT, Made, Run

KEEPS = {
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudtrail/trail:Trail",
}
TAGLESS = {
    "aws:kms/alias:Alias",
    "aws:cloudcontrol/resource:Resource",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
}
FOUR = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def test_everything_has_the_one_provider_and_its_tags(environment: Run) -> None:
    (provider,) = environment.all("pulumi:providers:aws")
    assert provider.inputs["region"] == "eu-west-2"
    assert provider.inputs["allowedAccountIds"] in ([ACCOUNT], f'["{ACCOUNT}"]')
    for made in environment.cloud:
        assert made.provider.startswith(provider.urn), made.urn
        if made.type not in TAGLESS:
            assert made.inputs["tags"] == {
                "environment": "sandbox",
                "owner": "platform@example.org",
                "cost-centre": "CC-1001",
            }, made.urn


def test_keys_logs_and_stores_are_protected(environment: Run) -> None:
    for made in environment.cloud:
        if made.type in KEEPS:
            assert made.protect, made.urn
    assert environment.one("aws:iam/policy:Policy", "boundary").protect
    assert not any(made.protect for made in run_environment(protect=False).made)


def test_a_destroy_leaves_the_trail_with_all_that_guards_it(environment: Run) -> None:
    left = {(made.type, made.name) for made in environment.made if made.retain}
    assert {name for _, name in left} == {"trail", "spending-iqm-Garnet", "spending-iqm-Emerald"}
    bucket = {type_ for type_, _ in left if type_.startswith("aws:s3")}
    assert bucket == {made.type for made in environment.cloud if made.type.startswith("aws:s3/bucket")}
    assert {("aws:kms/key:Key", "trail"), ("aws:kms/alias:Alias", "trail")} <= left


def test_only_what_the_cloud_assigns_is_unknown_at_preview() -> None:
    found = run_environment(preview=True)
    unknown = {(made.type.split(":")[-1], key) for made in found.cloud for key in made.unknown}
    assert unknown == {
        ("Alias", "targetKeyId"),
        ("BucketServerSideEncryptionConfiguration", "rules"),
        ("LogGroup", "kmsKeyId"),
        ("Topic", "kmsMasterKeyId"),
        ("TopicPolicy", "arn"),
        ("TopicSubscription", "topic"),
        ("Trail", "kmsKeyId"),
    }


def test_the_trail_sees_all_regions_and_is_checked(environment: Run) -> None:
    trail = environment.one("aws:cloudtrail/trail:Trail", "trail").inputs
    assert trail["isMultiRegionTrail"]
    assert trail["includeGlobalServiceEvents"]
    assert trail["enableLogFileValidation"]
    assert trail["enableLogging"]
    assert trail["s3BucketName"] == PLACE.trail_bucket
    assert trail["cloudWatchLogsGroupArn"] == f"{PLACE.log_group_arn(PLACE.security_log)}:*"
    fields = [
        {row["field"]: row for row in selector["fieldSelectors"]}
        for selector in trail["advancedEventSelectors"]
    ]
    assert [row["eventCategory"]["equals"] for row in fields] == [["Management"], ["Data"]]
    objects = fields[1]["resources.ARN"]
    assert objects["startsWiths"] == ["arn:aws:s3:::amazon-braket-", "arn:aws:s3:::qlz-"]
    assert objects["notStartsWiths"] == [f"arn:aws:s3:::{PLACE.trail_bucket}/"], "or it would record itself"


def test_the_trail_starts_when_everything_it_needs_is_there(environment: Run) -> None:
    before = environment.before(environment.one("aws:cloudtrail/trail:Trail", "trail"))
    for made in environment.cloud:
        if made.name == "trail" and made.type not in {"aws:cloudtrail/trail:Trail", "aws:kms/alias:Alias"}:
            assert made.urn in before, made.urn


def test_nobody_comes_in_before_what_bounds_and_watches(environment: Run) -> None:
    guards = {
        environment.one("aws:iam/policy:Policy", "boundary").urn,
        environment.one("aws:cloudtrail/trail:Trail", "trail").urn,
        environment.one("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account").urn,
        environment.one("aws:sns/topicPolicy:TopicPolicy", "alerts").urn,
        *(made.urn for made in environment.all("aws:cloudwatch/logGroup:LogGroup")),
        *(made.urn for made in environment.all("aws:cloudwatch/metricAlarm:MetricAlarm")),
        *(made.urn for made in environment.all("aws:cloudcontrol/resource:Resource")),
    }
    for type_, name in (
        ("openIdConnectProvider:OpenIdConnectProvider", "github"),
        ("samlProvider:SamlProvider", "people"),
    ):
        assert guards <= environment.before(environment.one(f"aws:iam/{type_}", name))


def test_the_trail_bucket_locks_versions_encrypts_and_blocks(environment: Run) -> None:
    def part(kind: str) -> dict[str, Any]:
        return environment.one(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}", "trail").inputs

    assert part("Bucket")["objectLockEnabled"] is True
    assert part("Bucket")["forceDestroy"] is False
    assert part("BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert part("BucketObjectLockConfiguration")["rule"] == {
        "defaultRetention": {"mode": "GOVERNANCE", "days": 30}
    }
    assert all(part("BucketPublicAccessBlock")[key] is True for key in FOUR)
    assert part("BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (rule,) = part("BucketLifecycleConfiguration")["rules"]
    assert rule["expiration"] == {"days": 365}
    assert rule["status"] == "Enabled"


def test_production_locks_so_that_nobody_can_shorten_it() -> None:
    sinks = environment_args().log_sinks
    changed = type(sinks)("COMPLIANCE", 365, 30, 365, 90)
    place = EnvironmentNames(ACCOUNT, "eu-west-2", "prod", ("eu-north-1",))
    tags = EnvironmentTags("prod", "platform@example.org", "CC-1001")
    found = run_environment(level="prod", log_sinks=changed, names=place, tags=tags)
    lock = found.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "trail")
    assert lock.inputs["rule"]["defaultRetention"]["mode"] == "COMPLIANCE"


def test_only_this_trail_writes_to_its_bucket(environment: Run) -> None:
    rules = environment.one("aws:s3/bucketPolicy:BucketPolicy", "trail").document("policy")
    target = f"arn:aws:s3:::{PLACE.trail_bucket}/AWSLogs/{ACCOUNT}/x"
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}

    def says(source: str, action: str = "s3:PutObject", resource: str = target, tls: str = "true") -> str:
        context = {**acl, "aws:SourceArn": source, "aws:SecureTransport": tls}
        return decide([rules], Request(action, resource, context, "cloudtrail.amazonaws.com"))

    assert says(PLACE.trail_arn) == "allow"
    assert says(PLACE.trail_arn.replace(ACCOUNT, "999999999999")) == "none"
    assert says(PLACE.trail_arn, tls="false") == "deny"
    assert says(PLACE.trail_arn, resource=target.replace(f"AWSLogs/{ACCOUNT}", "elsewhere")) == "none"
    assert says(PLACE.trail_arn, action="s3:BypassGovernanceRetention") == "deny"


def log_group(found: Run, name: str) -> Made:
    return found.one("aws:cloudwatch/logGroup:LogGroup", name)


def test_the_security_log_has_another_key_and_a_shorter_life() -> None:
    found = run_environment()
    operational, security = log_group(found, "operational").inputs, log_group(found, "security").inputs
    assert security["retentionInDays"] < operational["retentionInDays"]
    keys = [made.inputs["kmsKeyId"] for made in found.all("aws:cloudwatch/logGroup:LogGroup")]
    assert len(set(keys)) == len(keys) == 3
    assert log_group(found, "jobs").inputs["name"] == "/aws/braket/jobs"


def test_the_topic_is_encrypted_and_takes_alerts_of_this_account_over_tls(environment: Run) -> None:
    rules = environment.one("aws:sns/topicPolicy:TopicPolicy", "alerts").document("policy")

    def says(account: str, tls: str = "true", service: str = "cloudwatch.amazonaws.com") -> str:
        context = {"aws:SourceAccount": account, "aws:SecureTransport": tls}
        return decide([rules], Request("sns:Publish", PLACE.alert_topic_arn, context, service))

    assert says(ACCOUNT) == "allow"
    assert says("999999999999") == "none"
    assert says(ACCOUNT, tls="false") == "deny"
    assert says(ACCOUNT, service="budgets.amazonaws.com") == "allow"
    assert says(ACCOUNT, service="s3.amazonaws.com") == "none"
    assert says(ACCOUNT, service="events.amazonaws.com") == "none", "it shows no source: see alerts"
    mail = environment.one("aws:sns/topicSubscription:TopicSubscription", "alerts-oncall@example.org").inputs
    assert mail["protocol"] == "email"
    assert mail["endpoint"] == "oncall@example.org"


def test_the_account_and_its_federation(environment: Run) -> None:
    account = environment.one("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account").inputs
    assert all(account[key] is True for key in FOUR)
    service = environment.one("aws:iam/serviceLinkedRole:ServiceLinkedRole", "braket").inputs
    assert service["awsServiceName"] == "braket.amazonaws.com"
    github = environment.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "github").inputs
    assert github["url"] == "https://token.actions.githubusercontent.com"
    assert github["clientIdLists"] == ["sts.amazonaws.com"]
    assert "thumbprintLists" not in github
    assert environment.one("aws:iam/samlProvider:SamlProvider", "people").inputs["name"] == "corporate"


def test_without_saml_there_is_no_provider_of_people() -> None:
    assert not run_environment(saml=None).all("aws:iam/samlProvider:SamlProvider")


@pytest.mark.parametrize("kind", ["role", "service"])
def test_the_trails_role_serves_the_trail_alone(environment: Run, kind: str) -> None:
    trust = environment.one("aws:iam/role:Role", "trail").document("assumeRolePolicy")
    source = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": PLACE.trail_arn}
    who = "cloudtrail.amazonaws.com" if kind == "service" else f"arn:aws:iam::{ACCOUNT}:role/x"
    expected = "allow" if kind == "service" else "none"
    assert decide([trust], Request("sts:AssumeRole", "", source, who)) == expected
    other = {**source, "aws:SourceArn": f"{PLACE.trail_arn}-two"}
    assert decide([trust], Request("sts:AssumeRole", "", other, who)) == "none"


def test_what_the_account_holds_already_is_referred_to_and_not_made() -> None:
    existing = ("oidc-github", "braket-service-role", "access-analyzer", "idle-analyzer")
    found = run_environment(existing=existing)
    for type_ in (
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "aws:accessanalyzer/analyzer:Analyzer",
    ):
        assert not found.all(type_)
        assert run_environment().all(type_)
    provider = PLACE.oidc_provider_arn("https://token.actions.githubusercontent.com")
    trust = found.one("aws:iam/role:Role", "plan").document("assumeRolePolicy")
    assert trust["Statement"][0]["Principal"] == {"Federated": provider}
    assert found.all("aws:iam/samlProvider:SamlProvider"), "only what was named"


def test_only_singletons_can_exist_already() -> None:
    with pytest.raises(ValueError, match=r"EnvironmentArgs\.existing"):
        environment_args(existing=("trail",))


def test_the_analyzer_watches_the_account(environment: Run) -> None:
    analyzer = environment.one("aws:accessanalyzer/analyzer:Analyzer", "account").inputs
    assert (analyzer["type"], analyzer["analyzerName"]) == ("ACCOUNT", "qlz-sandbox")


def test_the_locks_let_the_further_regions_through(environment: Run) -> None:
    boundary = environment.one("aws:iam/policy:Policy", "boundary").document("policy")
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    device = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
    task = f"arn:aws:braket:eu-north-1:{ACCOUNT}:quantum-task/1"
    role = Role(f"arn:aws:iam::{ACCOUNT}:role/x", (everything,), boundary, {"project": "optimus"})
    tag: dict[str, Any] = {"aws__RequestTag___project": "optimus"}
    for region, expected in (("eu-north-1", True), ("us-east-1", False)):
        given = [arn.replace("eu-north-1", region) for arn in (device, task)]
        assert role.may("braket:CreateQuantumTask", *given, aws__RequestedRegion=region, **tag) is expected

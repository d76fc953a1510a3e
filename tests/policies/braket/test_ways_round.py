"""What a program may try instead of the components: each raw resource is stopped by the control named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import StackFacts
from tests.policies.support import ACCOUNT, PROJECT, REGION, Res, allow, analyze, analyze_stack, policy

ALL = policy(allow("*", "*"))
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
HERE = {"region": REGION, "allowedAccountIds": json.dumps([ACCOUNT])}


def cloud_control(kind: str, **state: Any) -> Res:
    return Res("aws:cloudcontrol/resource:Resource", {"typeName": kind, "desiredState": json.dumps(state)})


WAYS = {
    "a policy of a group": (Res("aws:iam/groupPolicy:GroupPolicy", {"policy": ALL}), "qlz-c1-reviewed-types"),
    "a policy of a user": (Res("aws:iam/userPolicy:UserPolicy", {"policy": ALL}), "qlz-c1-reviewed-types"),
    "a policy of a role": (
        Res("aws:iam/rolePolicy:RolePolicy", {"name": "x", "role": "r", "policy": ALL}),
        "qlz-i8-least-privilege",
    ),
    "a policy within a role": (
        Res(
            "aws:iam/role:Role",
            {"name": "r", "assumeRolePolicy": TRUST, "inlinePolicies": [{"name": "x", "policy": ALL}]},
        ),
        "qlz-i8-least-privilege",
    ),
    "a role that trusts everybody": (
        Res("aws:iam/role:Role", {"name": "r", "assumeRolePolicy": TRUST}),
        "qlz-i2-trust-pinned",
    ),
    "an access list": (Res("aws:s3/bucketAcl:BucketAcl", {"acl": "public-read"}), "qlz-c1-reviewed-types"),
    "an access list on the bucket": (
        Res("aws:s3/bucket:Bucket", {"acl": "public-read"}),
        "qlz-t4-bucket-settings",
    ),
    "an access point": (Res("aws:s3/accessPoint:AccessPoint"), "qlz-c1-reviewed-types"),
    "an older bucket": (Res("aws:s3/bucketV2:BucketV2"), "qlz-c1-reviewed-types"),
    "a function": (Res("aws:lambda/function:Function"), "qlz-c1-reviewed-types"),
    "a template": (Res("aws:cloudformation/stack:Stack", {"templateBody": "{}"}), "qlz-c1-reviewed-types"),
    "a role by Cloud Control": (cloud_control("AWS::IAM::Role", RoleName="r"), "qlz-c1-reviewed-types"),
    "a bucket by Cloud Control": (cloud_control("AWS::S3::Bucket", BucketName="b"), "qlz-c1-reviewed-types"),
    "a type of the other provider": (Res("aws-native:s3:Bucket"), "qlz-c1-reviewed-types"),
    "a resource in another region": (
        Res("aws:s3/bucket:Bucket", {"bucket": "b", "region": "us-east-1"}),
        "qlz-r1-region-lock",
    ),
    "a provider of another region": (
        Res("pulumi:providers:aws", {**HERE, "region": "us-east-1"}),
        "qlz-r1-region-lock",
    ),
    "a provider that assumes a role": (
        Res(
            "pulumi:providers:aws",
            {**HERE, "assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::9:role/x"}])},
        ),
        "qlz-w3-account-lock",
    ),
    "a provider that calls somebody else": (
        Res("pulumi:providers:aws", {**HERE, "endpoints": json.dumps([{"s3": "http://localhost"}])}),
        "qlz-w3-account-lock",
    ),
    "a resource through no provider": (Res("aws:s3/bucket:Bucket", {"bucket": "b"}, provider=None), ""),
    "a dynamic provider": (
        Res("pulumi-python:dynamic:Resource", provider_type="pulumi:providers:pulumi-python"),
        "",
    ),
    "a dynamic provider that names none": (
        Res("pulumi-python:dynamic:Resource", provider=None),
        "qlz-c1-reviewed-types",
    ),
    "a kind of somebody's own": (
        Res("mine:index:Thing", provider_type="pulumi:providers:mine"),
        "qlz-c1-reviewed-types",
    ),
    "a provider of somebody's own": (Res("pulumi:providers:mine"), "qlz-c1-reviewed-types"),
    "another plugin under the provider's name": (
        Res("pulumi:providers:aws", {**HERE, "pluginDownloadURL": "https://evil.example"}),
        "qlz-w3-account-lock",
    ),
    "a provider that checks no credentials": (
        Res("pulumi:providers:aws", {**HERE, "skipCredentialsValidation": "true"}),
        "qlz-w3-account-lock",
    ),
    "a provider that sees no change of tags": (
        Res("pulumi:providers:aws", {**HERE, "ignoreTags": json.dumps({"keys": ["project"]})}),
        "qlz-w3-account-lock",
    ),
    "a provider whose account stays another": (
        Res("pulumi:providers:aws", HERE, ignored=("allowedAccountIds",)),
        "qlz-c1-plain-options",
    ),
    "a policy that stays as it was": (
        Res("aws:iam/policy:Policy", {"policy": ALL}, ignored=("policy",)),
        "qlz-c1-plain-options",
    ),
    "a lock that becomes something else": (
        Res(
            "aws:cloudwatch/logGroup:LogGroup",
            aliases=("urn:pulumi:sandbox::qlz::aws:s3/bucketPolicy:BucketPolicy::results",),
        ),
        "qlz-c1-plain-options",
    ),
    "code of the command provider": (
        Res(
            "command:local:Command",
            {"create": "aws iam create-user"},
            provider_type="pulumi:providers:command",
        ),
        "",
    ),
    "an alarm by the environment's name": (
        Res("aws:cloudwatch/metricAlarm:MetricAlarm", {"name": "qlz-sandbox-denied-calls"}),
        "qlz-w3-environment-only",
    ),
    "a filter by the environment's name": (
        Res("aws:cloudwatch/logMetricFilter:LogMetricFilter", {"name": "qlz-sandbox-denied-calls"}),
        "qlz-w3-environment-only",
    ),
    "the log of hybrid jobs, kept longer": (
        Res("aws:cloudwatch/logGroup:LogGroup", {"name": "/aws/braket/jobs", "retentionInDays": 3653}),
        "qlz-w3-environment-only",
    ),
    "a limit of spending": (
        cloud_control("AWS::Braket::SpendingLimit", SpendingLimit="999999"),
        "qlz-w3-environment-only",
    ),
    "a policy above the accounts": (
        Res("aws:organizations/policy:Policy", {"name": "x"}),
        "qlz-w3-environment-only",
    ),
    "a rule by the environment's name": (
        Res("aws:cloudwatch/eventRule:EventRule", {"name": "qlz-sandbox-jobs"}),
        "qlz-c1-reviewed-settings",
    ),
    "a target of the environment's rule": (
        Res(
            "aws:cloudwatch/eventTarget:EventTarget", {"rule": "qlz-sandbox-jobs", "targetId": "operational"}
        ),
        "qlz-t4-own-targets",
    ),
    "another project's secret": (
        Res("aws:secretsmanager/secret:Secret", {"name": "qlz/sandbox/borealis/secrets"}),
        "qlz-c1-reviewed-settings",
    ),
}


def stopped_by(resource: Res) -> set[str]:
    facts = StackFacts(PROJECT)
    found = [*analyze(all_controls(), resource, facts), *analyze_stack(all_controls(), [resource], facts)]
    return {each.policyName for each in found if f"{resource.name} ({resource.type})" in each.message}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_stopped(way: str) -> None:
    resource, control = WAYS[way]
    found = stopped_by(resource)
    assert found, f"nothing stops {way}"
    assert not control or control in found, found

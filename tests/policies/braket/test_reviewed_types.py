from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from policy_packs.controls.braket.reviewed_types import CONTROL, reviewed
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
NEVER_UNKNOWN = "a resource's type is always known"
SAYS = "not a type this landing zone has reviewed"

CASES.passes("key", Res("aws:kms/key:Key"))
CASES.passes("component", Res("acme:thing:Wrap", provider=None))
CASES.passes("the stack itself", Res("pulumi:pulumi:Stack", provider=None))
CASES.passes("the provider", Res("pulumi:providers:aws"))
for name, token in {
    "bucket by its old type": "aws:s3/bucketV2:BucketV2",
    "bucket's policy by an old type": "aws:s3/bucketAclV2:BucketAclV2",
    "anything by cloud control": "aws:cloudcontrol/resource:Resource",
    "a stack of CloudFormation": "aws:cloudformation/stack:Stack",
    "a function": "aws:lambda/function:Function",
    "a key's policy by itself": "aws:kms/keyPolicy:KeyPolicy",
    "a grant": "aws:kms/grant:Grant",
    "attachments in bulk": "aws:iam/policyAttachment:PolicyAttachment",
    "the native provider": "aws-native:s3:Bucket",
    "its provider": "pulumi:providers:aws-native",
    "a dynamic provider": "pulumi-python:dynamic:Resource",
    "another dynamic provider": "pulumi-python:dynamic/acme:Thing",
    "a command": "command:local:Command",
    "another case": "aws:S3/bucket:Bucket",
    "another cloud": "gcp:storage/bucket:Bucket",
}.items():
    CASES.fails(name, Res(token), SAYS)
CASES.fails("aws without provider", Res("aws:lambda/function:Function", provider=None), SAYS)
CASES.fails("another provider", Res("pulumi:providers:gcp", provider=None), SAYS)

CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
CASES.passes("a spending limit", Res(CLOUD_CONTROL, {"typeName": "AWS::Braket::SpendingLimit"}))
for other in ("AWS::IAM::User", "AWS::Braket::SpendingLimits", "aws::braket::spendinglimit", ""):
    CASES.fails(f"by cloud control {other or 'nothing'}", Res(CLOUD_CONTROL, {"typeName": other}), SAYS)
CASES.unknown(
    "by cloud control who knows what", Res(CLOUD_CONTROL, {"typeName": UNKNOWN}), "typeName is unknown"
)


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("token", sorted(t for t in reviewed() if t.startswith("aws:")))
def test_every_reviewed_type_exists(token: str) -> None:
    found = re.fullmatch(r"aws:(\w+)/(\w+):\w+", token)
    package = importlib.util.find_spec("pulumi_aws")  # found, not imported: that takes a second
    assert found
    assert package
    assert package.origin
    file = re.sub(r"(?<!^)(?=[A-Z])", "_", found[2]).lower() + ".py"
    assert f"'{token}'" in (Path(package.origin).parent / found[1] / file).read_text(encoding="utf-8")

from __future__ import annotations

import pytest

from policy_packs.controls.braket.own_data import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, SV1, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
BUCKET = Res("aws:s3/bucket:Bucket", {"bucket": "own"}, name="bucket")
ALIAS = Res("aws:kms/alias:Alias", {"name": "alias/qlz/sandbox/optimus"}, name="alias")
TRUST = policy(
    {"Effect": "Allow", "Principal": {"Service": "braket.amazonaws.com"}, "Action": "sts:AssumeRole"}
)
ROLE = Res(
    "aws:iam/role:Role",
    {"name": "job", "path": "/qlz/sandbox/optimus/", "assumeRolePolicy": TRUST},
    name="role",
)
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/job"
THEIR_ROLE = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/borealis/qlz-borealis-sandbox-researcher"
BRAKET = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/braket.amazonaws.com/AWSServiceRoleForAmazonBraket"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
STREAMS = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/aws/braket/jobs:log-stream:"
KEYS = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/*"


def grant(actions: object, resources: object, **condition: object) -> list[Res]:
    more = {"Condition": condition} if condition else {}
    document = policy(allow(actions, resources, **more))
    return [BUCKET, ALIAS, ROLE, Res("aws:iam/policy:Policy", {"name": "p", "policy": document})]


def on(token: str, actions: object, principal: object, **condition: object) -> list[Res]:
    more = {"Condition": condition} if condition else {}
    prop = "assumeRolePolicy" if token.endswith(":Role") else "policy"
    document = policy(allow(actions, "*", Principal=principal, **more))
    return [BUCKET, ALIAS, ROLE, Res(token, {"bucket": "own", prop: document})]


POLICY, KEY, TAKER = "aws:s3/bucketPolicy:BucketPolicy", "aws:kms/key:Key", "aws:iam/role:Role"
SECRET = Res("aws:secretsmanager/secret:Secret", {"name": "qlz/sandbox/optimus/project"}, name="secret")
SECRETS = f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:"
READ = "secretsmanager:GetSecretValue"
CASES.passes("own secrets", [*grant(READ, SECRETS + "qlz/sandbox/optimus/*"), SECRET])
NOTEBOOK = Res(
    "aws:sagemaker/notebookInstance:NotebookInstance", {"name": "amazon-braket-optimus-sandbox"}, name="n"
)
NOTEBOOKS = f"arn:aws:sagemaker:eu-west-2:{ACCOUNT}:notebook-instance/"
OPEN = "sagemaker:CreatePresignedNotebookInstanceUrl"
CASES.passes("its own notebook", [*grant(OPEN, NOTEBOOKS + "amazon-braket-optimus-sandbox"), NOTEBOOK])
for named in ("amazon-braket-borealis-sandbox", "amazon-braket-optimus*", "*"):
    CASES.fails(
        f"the notebook {named}", [*grant(OPEN, NOTEBOOKS + named), NOTEBOOK], "which is no notebook of"
    )
for title, named in {
    "another project's secrets": "qlz/sandbox/borealis/*",
    "all secrets": "*",
    "secrets of projects alike": "qlz/sandbox/optimus*",
}.items():
    CASES.fails(title, [*grant(READ, SECRETS + named), SECRET], "which is no secret of this stack")
CASES.fails(
    "another project's secret made here",
    [
        *grant(READ, SECRETS + "qlz/sandbox/borealis/*"),
        Res("aws:secretsmanager/secret:Secret", {"name": "qlz/sandbox/borealis/key"}, name="secret"),
    ],
    "which is no secret of this stack",
)
CASES.passes("own bucket", grant("s3:GetObject", ["arn:aws:s3:::own/*", "arn:aws:s3:::own"]))
CASES.passes("a device", grant("braket:CreateQuantumTask", SV1))
CASES.passes("own streams", grant("logs:GetLogEvents", STREAMS + "optimus--*"))
CASES.passes("own role", grant("iam:PassRole", OWN_ROLE))
CASES.passes(
    "own key",
    grant(
        "kms:Decrypt",
        KEYS,
        **{"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/qlz/sandbox/optimus"}},
    ),
)
CASES.passes("own role on the bucket", on(POLICY, "s3:GetObject", {"AWS": [OWN_ROLE, BRAKET]}))
CASES.passes(
    "own role in a condition", on(KEY, "kms:Decrypt", {"AWS": ROOT}, ArnEquals={"aws:PrincipalArn": OWN_ROLE})
)
CASES.passes("administrators of the environment", on(KEY, "kms:PutKeyPolicy", {"AWS": THEIR_ROLE}))
CASES.passes("a deny of anything", [Res("aws:iam/policy:Policy", {"policy": policy(deny("*"))})])
CASES.passes("an environment", grant("s3:GetObject", "arn:aws:s3:::theirs/*"), declared=ENVIRONMENT)
for name, bucket in {
    "another project's bucket": "arn:aws:s3:::amazon-braket-borealis-sandbox-111122223333/*",
    "a bucket by its beginning": "arn:aws:s3:::ow*",
    "a bucket by one letter": "arn:aws:s3:::ow?/*",
    "any service": "arn:aws:*:::theirs/*",
    "a variable": "arn:aws:s3:::${aws:PrincipalTag/bucket}/*",
}.items():
    CASES.fails(name, grant("s3:GetObject", bucket), "which is no bucket of this stack")
CASES.fails("all buckets", grant("s3:ListBucket", "*"), "buckets of other projects")
CASES.fails("any ARN", grant("s3:ListBucket", "arn:aws:s3*"), "buckets of other projects")
CASES.fails("another's streams", grant("logs:GetLogEvents", STREAMS + "borealis--*"), "more than the streams")
CASES.fails("all streams", grant("logs:GetLogEvents", STREAMS + "*"), "more than the streams")
CASES.fails("a name's beginning", grant("logs:GetLogEvents", STREAMS + "optimus*"), "more than the streams")
CASES.fails(
    "another's key",
    grant(
        "kms:Decrypt",
        KEYS,
        **{"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/qlz/sandbox/borealis"}},
    ),
    "no alias of this stack",
)
OTHER_KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
OWN_KEY = Res("aws:kms/key:Key", {"arn": OTHER_KEY.replace("1111", "9999"), "policy": policy()}, name="key")
EXTERNAL = Res("aws:kms/externalKey:ExternalKey", OWN_KEY.props, name="external")
ITS_ALIAS = f"arn:aws:kms:eu-west-2:{ACCOUNT}:alias/qlz/sandbox/optimus"
CASES.passes("own key by its ARN", [*grant("kms:Decrypt", OWN_KEY.props["arn"]), OWN_KEY])
CASES.passes("own key imported", [*grant("kms:Decrypt", OWN_KEY.props["arn"]), EXTERNAL])
CASES.passes("own alias", grant("kms:DescribeKey", ITS_ALIAS))
for title, named in {
    "another's key by its ARN": OTHER_KEY,
    "all keys": KEYS,
    "keys alike": OWN_KEY.props["arn"][:-4] + "*",
    "another's alias": ITS_ALIAS.replace("optimus", "borealis"),
    "an alias longer than its own": ITS_ALIAS + "-2",
}.items():
    CASES.fails(title, [*grant("kms:Decrypt", named), OWN_KEY], "which is no key of this stack")
CASES.fails(
    "keys with a tag, which says nothing of whose they are",
    grant("kms:Decrypt", KEYS, StringEquals={"aws:ResourceTag/project": "optimus"}),
    "which is no key of this stack",
)
CASES.fails(
    "keys by a pattern of aliases",
    grant("kms:Decrypt", KEYS, **{"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/qlz/*"}}),
    "which is no key of this stack",
)
for action in ("kms:Decrypt", "kms:D*", "*"):
    CASES.fails(f"{action} on everything", grant(action, "*"), "keys of other projects")
CASES.fails("another's role passed", grant("iam:PassRole", THEIR_ROLE), "no role of this stack")
CASES.fails("another's role assumed", grant("sts:AssumeRole", THEIR_ROLE), "no role of this stack")
CASES.fails("another's role on the bucket", on(POLICY, "s3:GetObject", {"AWS": THEIR_ROLE}), "no role of")
CASES.fails("another's role on the key", on(KEY, "kms:Decrypt", {"AWS": THEIR_ROLE}), "no role of")
CASES.fails(
    "another's role on the key, in a condition",
    on(KEY, "kms:*", {"AWS": ROOT}, ArnEquals={"aws:PrincipalArn": [OWN_ROLE, THEIR_ROLE]}),
    "no role of this stack",
)
CASES.fails(
    "another's role let in", on(TAKER, "sts:AssumeRole", {"AWS": THEIR_ROLE}), "no role of this stack"
)
CASES.unknown("unknown", [Res("aws:iam/policy:Policy", {"policy": UNKNOWN})], "policy is unknown")


@pytest.mark.parametrize("token", [POLICY, KEY, TAKER])
def test_an_unknown_policy_on_a_resource_is_not_decided(token: str) -> None:
    cases = Cases(CONTROL)
    cases.unknown("unknown", Res(token, {"policy": UNKNOWN, "assumeRolePolicy": UNKNOWN}), "is unknown")
    cases.all[0].check()


def test_case(case: Case) -> None:
    case.check()

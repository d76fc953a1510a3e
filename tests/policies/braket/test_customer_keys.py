from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.customer_keys import CONTROL
from tests.policies.support import ACCOUNT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY = Res("aws:kms/key:Key", {}, name="key")
BUCKET = Res("aws:s3/bucket:Bucket", {"bucket": "b"}, name="bucket")
OURS = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1234-abcd"
PUBLIC_DEMO = replace(PROJECT, customer_key=False)


def encrypted(key: object, *behind: str, algorithm: object = "aws:kms", bucket: str = "b") -> Res:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}}
    return Res(SSE, {"bucket": bucket, "rules": [rule]}, name="sse", refs={"rules": behind})


def logs(key: object, *behind: str) -> Res:
    return Res("aws:cloudwatch/logGroup:LogGroup", {"name": "/x", "kmsKeyId": key}, refs={"kmsKeyId": behind})


CASES.passes("bucket with a key to come", [KEY, BUCKET, encrypted(UNKNOWN, "key")])
MADE = Res("aws:kms/key:Key", {"arn": OURS, "keyId": "1234-abcd"}, name="made")
CASES.passes("bucket with a known key", [MADE, BUCKET, encrypted(OURS)])
CASES.passes(
    "bucket by reference",
    [MADE, BUCKET, replace(encrypted(OURS, bucket=UNKNOWN), refs={"bucket": ["bucket"]})],
)
CASES.passes("log group with a key to come", [KEY, logs(UNKNOWN, "key")])
CASES.passes("tier that needs none", [BUCKET], declared=PUBLIC_DEMO)
CASES.fails("bucket without configuration", [BUCKET], "not encrypted with a key of ours")
CASES.fails(
    "configuration of another bucket",
    [BUCKET, encrypted(OURS, bucket="c")],
    "not encrypted with a key of ours",
)
CASES.fails("bucket with S3's key", [BUCKET, encrypted(None, algorithm="AES256")], "encrypts with 'AES256'")
CASES.fails("kms without a key", [BUCKET, encrypted(None)], "not encrypted with a key of ours")
CASES.fails("AWS's key", [BUCKET, encrypted("alias/aws/s3")], "not one of this account")
CASES.fails(
    "another region's key",
    [BUCKET, encrypted(OURS.replace("eu-west-2", "us-east-1"))],
    "not one of this account",
)
CASES.fails(
    "another account's key", [BUCKET, encrypted(OURS.replace(ACCOUNT, "9" * 12))], "not one of this account"
)
CASES.fails("no rules", [BUCKET, Res(SSE, {"bucket": "b", "rules": []})], "it has no rule")
CASES.fails("log group without", [logs(None)], "not encrypted with a key of ours")
CASES.fails(
    "topic with AWS's key", [Res("aws:sns/topic:Topic", {"kmsMasterKeyId": "alias/aws/sns"})], "not one of"
)
CASES.fails("trail without", [Res("aws:cloudtrail/trail:Trail", {})], "not encrypted with a key of ours")
CASES.unknown("key from nowhere", [KEY, logs(UNKNOWN)], "does not come from a key")
CASES.unknown(
    "key from something else", [BUCKET, logs(UNKNOWN, "bucket"), encrypted(OURS)], "does not come from a key"
)
CASES.unknown("algorithm unknown", [BUCKET, encrypted(OURS, algorithm=UNKNOWN)], "sseAlgorithm is unknown")
CASES.fails("a secret under the provider's key", Res("aws:secretsmanager/secret:Secret"), "key of ours")


ALIAS = Res("aws:kms/alias:Alias", {"name": "alias/qlz/x/y"}, name="alias")
READ = Res("pulumi:pulumi:StackReference", {"outputs": {"keyArns": {"jobs": OURS}}}, name="read", shown=False)
CASES.passes("an alias of this stack", [ALIAS, logs("alias/qlz/x/y")])
CASES.passes("a key that the environment tells", [READ, logs(OURS)])
CASES.fails(
    "a key that nobody here made", [MADE, logs(OURS.replace("1234", "9999"))], "not one of this account"
)
CASES.fails("an alias that nobody here made", [MADE, logs("alias/qlz/other")], "not one of this account")
ENV = replace(PROJECT, kind="environment", label="sandbox")
OTHER = replace(logs(OURS), name="other", props={"name": "/y", "kmsKeyId": OURS})
CASES.fails(
    "two logs of an environment under one key", [MADE, logs(OURS), OTHER], "its key is that of probe", ENV
)
CASES.fails(
    "the same before they are made",
    [KEY, logs(UNKNOWN, "key"), replace(logs(UNKNOWN, "key"), name="other")],
    "its key is that of probe",
    ENV,
)


def test_case(case: Case) -> None:
    case.check()

from __future__ import annotations

from policy_packs.controls.braket.references import CONTROL
from tests.policies.support import ACCOUNT, UNKNOWN, UNREADABLE, Case, Cases, Res, analyze, secret

CASES = Cases(CONTROL)
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
OTHER = "9" * 12


def log(key: object) -> Res:
    return Res("aws:cloudwatch/logGroup:LogGroup", {"name": "/qlz/x", "kmsKeyId": key})


def attachment(arn: object) -> Res:
    return Res("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": arn})


def encryption(key: str) -> Res:
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}
    return Res(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"bucket": "b", "rules": [{"applyServerSideEncryptionByDefault": default}]},
    )


CASES.passes("a key of the account", log(KEY))
CASES.passes("an alias", log("alias/qlz/sandbox/optimus"))
CASES.passes("not known yet", log(UNKNOWN))
CASES.passes("a policy of the account", attachment(f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/p"))
CASES.passes("a bucket", Res("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "arn:aws:s3:::b"}))
CASES.passes("what people read", Res("aws:kms/key:Key", {"description": f"not arn:aws:kms:::{OTHER}:x"}))
CASES.passes("a tag", Res("aws:kms/key:Key", {"tags": {"source": f"arn:aws:iam::{OTHER}:role/x"}}))
CASES.passes("a provider's role", Res("pulumi:providers:aws", {"x": f"arn:aws:iam::{OTHER}:role/x"}))
CASES.fails(
    "AWS's policy, known late", attachment("arn:aws:iam::aws:policy/PowerUserAccess"), "not of account"
)
CASES.fails("in a secret", attachment(secret("arn:aws:iam::aws:policy/PowerUserAccess")), "not of account")
CASES.fails("a key of another account", log(KEY.replace(ACCOUNT, OTHER)), "kmsKeyId leads to something")
CASES.fails("a key of another region", log(KEY.replace("eu-west-2", "us-east-1")), "another region")
CASES.fails("a key of another partition", log(KEY.replace("arn:aws:", "arn:aws-cn:")), "another partition")
CASES.fails(
    "deep inside",
    encryption(KEY.replace(ACCOUNT, OTHER)),
    "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
)
CASES.unreadable(log(KEY))


def test_case(case: Case) -> None:
    case.check()


def test_without_facts_it_is_not_decided() -> None:
    found = analyze([CONTROL], log(KEY), UNREADABLE)
    assert ["cannot be decided" in each.message for each in found] == [True]

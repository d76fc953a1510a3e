from __future__ import annotations

import pytest

from policy_packs.controls.braket.bucket_settings import CONTROL
from policy_packs.controls.stack_facts import StackFacts
from tests.policies.support import PROJECT, UNKNOWN, Case, Cases, Res, analyze

CASES = Cases(CONTROL)
OPEN = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_ACCESS = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"


def bucket(**props: object) -> Res:
    return Res("aws:s3/bucket:Bucket", {"bucket": "b", **props})


def access(token: str = ACCESS, **props: object) -> Res:
    return Res(token, {**dict.fromkeys(OPEN, True), **props})


def owner(value: object) -> Res:
    return Res("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {"rule": {"objectOwnership": value}})


CASES.passes("plain bucket", bucket())
CASES.passes("bucket with nulls", bucket(acl=None, website=None))
CASES.passes("all four on", access())
CASES.passes("all four on for the account", access(ACCOUNT_ACCESS))
CASES.passes("owner enforced", owner("BucketOwnerEnforced"))
CASES.fails("public-read", bucket(acl="public-read"), "sets acl inline")
CASES.fails("website", bucket(website={"indexDocument": "i"}), "sets website inline")
CASES.fails("policy", bucket(policy=UNKNOWN), "sets policy inline")
CASES.fails("nothing on", Res(ACCESS, {"bucket": "b"}), "blockPublicAcls is not on")
CASES.fails("account open", access(ACCOUNT_ACCESS, blockPublicPolicy=False), "blockPublicPolicy is not on")
CASES.fails("as a text", access(blockPublicAcls="true"), "blockPublicAcls is not on")
CASES.fails("writer owns", owner("ObjectWriter"), "lets access lists (ACLs) count")
CASES.unknown("one block unknown", access(restrictPublicBuckets=UNKNOWN), "restrictPublicBuckets is unknown")
CASES.unknown("owner unknown", owner(UNKNOWN), "objectOwnership is unknown")


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("name", OPEN)
def test_each_block_counts(name: str) -> None:
    found = analyze([CONTROL], Res(ACCESS, {**dict.fromkeys(OPEN, True), name: False}), StackFacts(PROJECT))
    assert [f"{name} is not on" in each.message for each in found] == [True]

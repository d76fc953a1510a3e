from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.braket.replication import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
ARN = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
RESULTS = Res("aws:s3/bucket:Bucket", {"bucket": "results"}, name="results")
ARCHIVE = Res("aws:s3/bucket:Bucket", {"bucket": "archive"}, name="archive")
KEY = Res("aws:kms/key:Key", {"arn": ARN}, name="key")
ROLE = Res("aws:iam/role:Role", {"path": "/qlz/sandbox/", "name": "backup"}, name="role")
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/backup"
TO_KEY = {"encryptionConfiguration": {"replicaKmsKeyId": ARN}}
KEYED = {"sseKmsEncryptedObjects": {"status": "Enabled"}}


def rule(destination: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "id": "archive",
        "status": "Enabled",
        "deleteMarkerReplication": {"status": "Disabled"},
        "sourceSelectionCriteria": KEYED,
        "destination": {"bucket": "arn:aws:s3:::archive", **TO_KEY, **(destination or {})},
        **more,
    }


def copies(*rules: Any, refs: dict[str, list[str]] | None = None, **props: Any) -> list[Res]:
    said = {"bucket": "results", "role": ROLE_ARN, "rules": list(rules), **props}
    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    return [RESULTS, ARCHIVE, KEY, ROLE, Res(token, said, name="copies", refs=refs or {})]


def to_key(key: Any) -> dict[str, Any]:
    return rule({"encryptionConfiguration": {"replicaKmsKeyId": key}})


CASES.passes("into the archive", copies(rule()))
CASES.passes("under a key to come", copies(to_key(UNKNOWN), refs={"rules": ["key"]}))
CASES.passes("nothing copied", [RESULTS])
CASES.passes(
    "in a tier without a key of ours",
    copies(rule(encryption=None, sourceSelectionCriteria=None)),
    declared=replace(PROJECT, customer_key=False),
)
CASES.fails("of an environment", copies(rule()), "only a project's", declared=ENVIRONMENT)
CASES.fails(
    "somebody's bucket", copies(rule({"bucket": "arn:aws:s3:::drop"})), "to a bucket that is not of this"
)
CASES.fails("from somebody's bucket", copies(rule(), bucket="theirs"), "from a bucket that is not")
CASES.fails(
    "without a key", copies(rule({"encryptionConfiguration": None})), "not encrypted with a key of ours"
)
CASES.fails("under S3's key", copies(to_key("alias/aws/s3")), "a key that is not of this stack")
CASES.fails("under another account's", copies(to_key(ARN.replace(ACCOUNT, "9" * 12))), "a key that is not")
CASES.fails(
    "only what is not encrypted", copies(rule(sourceSelectionCriteria=None)), "leaves out what is encrypted"
)
DELETES = {"status": "Enabled"}
CASES.fails("deletions, too", copies(rule(deleteMarkerReplication=DELETES)), "deletes in the archive, too")
CASES.fails("off", copies(rule(status="Disabled")), "a rule is off")
CASES.fails(
    "by somebody's role", copies(rule(), role=f"arn:aws:iam::{ACCOUNT}:role/admin"), "with a role that"
)
CASES.unknown("to who knows where", copies(rule({"bucket": UNKNOWN})), "bucket is unknown")
CASES.unknown("under who knows what", copies(to_key(UNKNOWN)), "does not come from a key")
CASES.unknown("rules unknown", copies(rules=UNKNOWN), "rules is unknown")
CASES.unknown("by who knows whom", copies(rule(), role=UNKNOWN), "role is unknown")


def test_case(case: Case) -> None:
    case.check()

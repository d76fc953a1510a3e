"""Small policy documents for tests."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.peer import ACCOUNT, REGION


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(service: str = "braket.amazonaws.com", action: str = "sts:AssumeRole") -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": action})


ROOT = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def key_policy(*services: str) -> str:
    """The owner administers; the services may use it."""
    admitted = [allow("kms:GenerateDataKey*", Principal={"Service": service}) for service in services]
    return policy(ROOT, *admitted)


def trail_bucket_policy(bucket: str, trail: str, region: str = REGION) -> str:
    source = {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/{trail}"}}
    written = {"StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    arn = f"arn:aws:s3:::{bucket}"
    return policy(
        allow("s3:GetBucketAcl", arn, Principal=cloudtrail, Condition=source),
        allow("s3:PutObject", f"{arn}/AWSLogs/{ACCOUNT}/*", Principal=cloudtrail, Condition=written),
    )

"""What each resource type does in the local cloud, through boto3."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.aws.resources import kms, s3_bucket
from rehearsal.aws.resources.base import Handler

HANDLERS: Mapping[str, Handler] = {
    "aws:kms/key:Key": kms.Key(),
    "aws:kms/alias:Alias": kms.Alias(),
    "aws:s3/bucket:Bucket": s3_bucket.Bucket(),
}

"""What the stand-in knows of AWS without any cloud: types, checks, differences, outputs at preview.

Needs neither boto3 nor moto, so that programs can be checked where there is neither.
"""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.aws.model import kms, s3_bucket
from rehearsal.aws.model.check import check
from rehearsal.aws.model.diff import Change, Diff, diff
from rehearsal.aws.model.outputs import MissingOutput, live_inputs, planned, settled
from rehearsal.aws.model.schema import UNKNOWN, Carried, Facts, Failure, TypeModel, has_unknown

MODEL: Mapping[str, TypeModel] = {model.token: model for model in (kms.KEY, kms.ALIAS, s3_bucket.BUCKET)}
"""Every type the stand-in plays, by its token such as aws:kms/key:Key."""

__all__ = [
    "MODEL",
    "UNKNOWN",
    "Carried",
    "Change",
    "Diff",
    "Facts",
    "Failure",
    "MissingOutput",
    "TypeModel",
    "check",
    "diff",
    "has_unknown",
    "live_inputs",
    "planned",
    "settled",
]

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.braket.results_retention import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, replace(PROJECT, results_days=90))
BUCKET = Res("aws:s3/bucket:Bucket", {"bucket": "results"}, name="bucket")


def rule(days: Any = 60, old: Any = 30, **more: Any) -> dict[str, Any]:
    ends = {"expiration": {"days": days}, "noncurrentVersionExpiration": {"noncurrentDays": old}}
    return {"id": "expire", "status": "Enabled", "filter": {"prefix": ""}, **ends, **more}


def kept(*rules: dict[str, Any], bucket: str = "results") -> list[Res]:
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    return [BUCKET, Res(token, {"bucket": bucket, "rules": list(rules)}, name="lifecycle")]


NO_EXPIRY = {
    "id": "x",
    "status": "Enabled",
    "filter": {},
    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
}
CASES.passes("as long as the tier allows", kept(rule()))
CASES.passes("two rules", kept(rule(old=None, id="a"), rule(days=None, id="b")))
CASES.passes("without a filter", kept(rule(filter=None)))
CASES.passes("an environment's bucket", [BUCKET], declared=ENVIRONMENT)
CASES.fails("for ever", [BUCKET], "what it holds never ends")
CASES.fails("of another bucket", kept(rule(), bucket="other"), "what it holds never ends")
CASES.fails("too long", kept(rule(days=90)), "gone after 90 and 30 days; the tier allows 90")
CASES.fails("old versions too long", kept(rule(days=1, old=90)), "gone after 1 and 90 days")
CASES.fails("old versions for ever", kept(rule(old=None)), "nothing it held is ever gone")
CASES.fails("nothing ends", kept(NO_EXPIRY), "no rule that is enabled ends everything")
CASES.fails("switched off", kept(rule(status="Disabled")), "no rule that is enabled")
CASES.fails("only a folder", kept(rule(filter={"prefix": "tmp/"})), "no rule that is enabled")
CASES.fails("only a folder, the old way", kept(rule(filter=None, prefix="tmp/")), "no rule that is enabled")
CASES.fails("only by tag", kept(rule(filter={"tag": {"key": "a", "value": "b"}})), "no rule that is enabled")
CASES.fails("only large ones", kept(rule(filter={"objectSizeGreaterThan": 5})), "no rule that is enabled")
KEEP = {"noncurrentDays": 30, "newerNoncurrentVersions": 5}
CASES.fails(
    "the last five for ever", kept(rule(noncurrentVersionExpiration=KEEP)), "some old versions for ever"
)
CASES.fails("as a text", kept(rule(days="60")), "no rule that is enabled")
CASES.unknown("unknown", kept(rule(days=UNKNOWN)), "days is unknown")


def test_case(case: Case) -> None:
    case.check()

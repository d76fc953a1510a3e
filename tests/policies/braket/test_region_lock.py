from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.region_lock import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, REGION, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
KEY = "aws:kms/key:Key"
PROVIDER = "pulumi:providers:aws"


def bucket(**props: object) -> Res:
    return Res("aws:s3/bucket:Bucket", {"bucket": "b", **props})


CASES.passes("provider in the stack's region", Res(PROVIDER, {"region": REGION}))
CASES.passes("resource under it", bucket())
CASES.passes("resource that repeats the region", bucket(region=REGION))
CASES.passes("component", Res("acme:thing:Wrap", provider=None))
CASES.passes("single-region key", Res(KEY, {"multiRegion": False}))
CASES.fails(
    "provider elsewhere", Res(PROVIDER, {"region": "us-east-1"}), "'us-east-1', the stack allows eu-west-2"
)
CASES.fails("region in other case", Res(PROVIDER, {"region": "EU-WEST-2"}), "the stack allows eu-west-2")
CASES.fails("resource by its own region", bucket(region="us-east-1"), "its region is 'us-east-1'")
CASES.fails(
    "resource under a provider elsewhere",
    Res("aws:s3/bucket:Bucket", {}, provider={"region": "us-east-1"}),
    "its region is 'us-east-1'",
)
CASES.fails(
    "resource through another provider",
    Res("aws:s3/bucket:Bucket", {}, provider_type="pulumi:providers:random"),
    "a provider of another kind",
)
CASES.fails("key for several regions", Res(KEY, {"multiRegion": True}), "several regions")
CASES.fails("replica key", Res("aws:kms/replicaKey:ReplicaKey", {}), "copies to elsewhere")
ARCHIVE = f"arn:aws:s3:::qlz-{PROJECT.project}-{PROJECT.environment}-archive-{ACCOUNT}"


def replication(bucket: object = ARCHIVE, **destination: object) -> Res:
    rules = [{"destination": {"bucket": bucket, **destination}}]
    return Res("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {"bucket": "b", "rules": rules})


CASES.passes("copies to the project's archive", replication(account=ACCOUNT))
CASES.fails("copies to another bucket", replication("arn:aws:s3:::x"), "elsewhere than the project's own")
CASES.fails(
    "copies to another project's", replication(ARCHIVE.replace("-archive", "-two-archive")), "elsewhere"
)
CASES.fails("copies to another account", replication(account="9" * 12), "another account")
CASES.fails("copies of an environment's", replication(), "elsewhere than", declared=ENVIRONMENT)
CASES.unknown("copies to somewhere", replication(UNKNOWN), "bucket is unknown")
CASES.fails(
    "replication written inline", bucket(replicationConfiguration={"role": "r"}), "replicationConfiguration"
)
CASES.fails(
    "replicated secret", Res("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "x"}]}), "replicas"
)
CASES.unknown("provider's region unknown", Res(PROVIDER, {"region": UNKNOWN}), "region is unknown at preview")
CASES.unknown("provider without region", Res(PROVIDER, {}), "its provider's region is not written down")
CASES.unknown("resource without provider", Res(KEY, {}, provider=None), "it names no provider")
CASES.unknown("resource's region unknown", bucket(region=UNKNOWN), "region is unknown")
CASES.unknown("key for perhaps several regions", Res(KEY, {"multiRegion": UNKNOWN}), "multiRegion is unknown")

ALSO = replace(ENVIRONMENT, also=("eu-north-1",))
LIMIT = "aws:cloudcontrol/resource:Resource"
CASES.passes("a device's limit in a region let through", Res(LIMIT, {"region": "eu-north-1"}), declared=ALSO)
RULE = "aws:cloudwatch/eventRule:EventRule"
CASES.passes("a rule for a device's events there", Res(RULE, {"region": "eu-north-1"}), declared=ALSO)
CASES.fails("a rule elsewhere", Res(RULE, {"region": "us-east-1"}), "its region is", declared=ALSO)
CASES.fails("a limit elsewhere", Res(LIMIT, {"region": "us-east-1"}), "its region is", declared=ALSO)
CASES.fails("a limit where nothing is let through", Res(LIMIT, {"region": "eu-north-1"}), "its region is")
CASES.fails("a store there", bucket(region="eu-north-1"), "its region is 'eu-north-1'", declared=ALSO)
CASES.fails("a provider there", Res(PROVIDER, {"region": "eu-north-1"}), "allows eu-west-2", declared=ALSO)


def test_case(case: Case) -> None:
    case.check()

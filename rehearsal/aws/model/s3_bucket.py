"""aws.s3.Bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and the
provider's page.

Only the bucket itself: each of its settings is a resource of its own.
"""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    no_prefix,
    refused,
)
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    Carried,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

_NAME = rules.all_of(
    rules.matches(
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "must be 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
    ),
    rules.matches(r"(?!.*\.\.).*", "may not have two dots in a row"),
    rules.matches(r"(?!\d+\.\d+\.\d+\.\d+$).*", "may not look like an IP address"),
    rules.matches(
        r"(?!xn--|sthree-|amzn-s3-demo-).*(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)",
        "begins or ends with something AWS keeps for itself",
    ),
)

HOSTED_ZONES = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "ca-central-1": "Z1QDHH18159H29",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
}
"""Route 53 zones by region: AWS's table at docs.aws.amazon.com/general/latest/gr/s3.html, as several
published copies of it agree on (compared 2026-11). Other regions give "".
"""


def _regional_domain(facts: Facts, inputs: Values) -> Value:
    return f"{inputs['bucket']}.s3.{facts.region}.amazonaws.com"


_AS_CREATED = {
    "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyId": ""}}]
}

BUCKET = TypeModel(
    "aws:s3/bucket:Bucket",
    inputs=(
        refused("accelerationStatus", Kind.TEXT, "transfer acceleration leaves the region", always("")),
        refused("acl", Kind.TEXT, "use aws.s3.BucketOwnershipControls; ACLs are disabled on new buckets"),
        Prop("bucket", required=True, note=NAMES_ARE_DETERMINISTIC, replaces=True, rule=_NAME),
        Prop(
            "bucketNamespace",
            replaces=True,
            carried=Carried.RECORDED,
            note="moto has the global namespace only",
            rule=rules.one_of("global"),
            otherwise=always("global"),
        ),
        no_prefix("bucketPrefix", "bucket"),
        refused("corsRules", Kind.OBJECTS, "use aws.s3.BucketCorsConfiguration", always([])),
        Prop("forceDestroy", Kind.FLAG, default=False),
        refused("grants", Kind.OBJECTS, "ACLs are disabled on new buckets", always([])),
        refused("lifecycleRules", Kind.OBJECTS, "use aws.s3.BucketLifecycleConfiguration", always([])),
        refused("logging", Kind.OBJECT, "use aws.s3.BucketLogging"),
        refused("objectLockConfiguration", Kind.OBJECT, "use aws.s3.BucketObjectLockConfiguration"),
        Prop("objectLockEnabled", Kind.FLAG, replaces=True, otherwise=always(False)),
        refused("policy", Kind.JSON, "use aws.s3.BucketPolicy", always("")),
        REGION_PROP,
        refused("replicationConfiguration", Kind.OBJECT, "use aws.s3.BucketReplicationConfig"),
        refused(
            "requestPayer", Kind.TEXT, "use aws.s3.BucketRequestPaymentConfiguration", always("BucketOwner")
        ),
        refused(
            "serverSideEncryptionConfiguration",
            Kind.OBJECT,
            "use aws.s3.BucketServerSideEncryptionConfiguration",
            always(_AS_CREATED),
        ),
        TAGS,
        refused(
            "versioning",
            Kind.OBJECT,
            "use aws.s3.BucketVersioning",
            Out(lambda _, inputs: {"enabled": bool(inputs.get("objectLockEnabled")), "mfaDelete": False}),
        ),
        refused("website", Kind.OBJECT, "websites are public; the stand-in has none"),
    ),
    outputs={
        "arn": Out(
            lambda facts, inputs: facts.arn("s3", inputs["bucket"], regional=False, account=False),
            needs=("bucket",),
        ),
        "bucketDomainName": Out(lambda _, inputs: f"{inputs['bucket']}.s3.amazonaws.com", needs=("bucket",)),
        "bucketRegion": Out(lambda facts, _: facts.region, needs=("region",)),
        "bucketRegionalDomainName": Out(_regional_domain, needs=("bucket", "region")),
        "hostedZoneId": Out(lambda facts, _: HOSTED_ZONES.get(facts.region, ""), needs=("region",)),
        "tagsAll": TAGS_ALL,
        "websiteDomain": always(""),
        "websiteEndpoint": always(""),
    },
    identity=("bucket",),
    notes=(
        "The outputs versioning, policy and the like say how the bucket was created; each setting's own "
        "resource says how it is now.",
        "Every bucket lies in one account: the same name in another account or region is refused, as in AWS.",
    ),
)

"""aws.s3: the settings of a bucket, each a resource of its own, and those of the account."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, refused
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.provider.model.schema import Carried, Failure, Kind, Out, Prop, TypeModel, Values

BUCKET_NAME = Prop("bucket", required=True, replaces=True)
OWNER = Prop(
    "expectedBucketOwner",
    replaces=True,
    carried=Carried.RECORDED,
    note="compared with the account when the setting is made",
    rule=rules.ACCOUNT_ID,
)

VERSIONING = TypeModel(
    "aws:s3/bucketVersioning:BucketVersioning",
    inputs=(
        BUCKET_NAME,
        OWNER,
        refused("mfa", Kind.TEXT, "nobody holds a device here; only the root user can delete with MFA"),
        REGION_PROP,
        Prop(
            "versioningConfiguration",
            Kind.OBJECT,
            required=True,
            fields=(
                refused("mfaDelete", Kind.TEXT, "only the root user can turn it on"),
                Prop("status", required=True, rule=rules.one_of("Enabled", "Suspended", "Disabled")),
            ),
        ),
    ),
    outputs={},
    identity=("bucket",),
    notes=("A bucket with Object Lock stays versioned, as in AWS.",),
)


def _one_rule(value: list[object]) -> str | None:
    return None if len(value) == 1 else f"must be one rule, are {len(value)}"


def _key_needs_kms(inputs: Values) -> list[Failure]:
    failures = []
    for number, rule in enumerate(inputs.get("rules") or []):
        default = rule.get("applyServerSideEncryptionByDefault") or {} if isinstance(rule, dict) else {}
        if default.get("kmsMasterKeyId") and default.get("sseAlgorithm") == "AES256":
            path = f"rules[{number}].applyServerSideEncryptionByDefault.kmsMasterKeyId"
            failures.append(Failure(path, "needs sseAlgorithm aws:kms or aws:kms:dsse"))
    return failures


ENCRYPTION = TypeModel(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs=(
        BUCKET_NAME,
        OWNER,
        REGION_PROP,
        Prop(
            "rules",
            Kind.OBJECTS,
            required=True,
            unordered=True,
            rule=_one_rule,
            fields=(
                Prop(
                    "applyServerSideEncryptionByDefault",
                    Kind.OBJECT,
                    fields=(
                        Prop("kmsMasterKeyId"),
                        Prop(
                            "sseAlgorithm",
                            required=True,
                            rule=rules.one_of("AES256", "aws:kms", "aws:kms:dsse"),
                        ),
                    ),
                ),
                Prop(
                    "blockedEncryptionTypes",
                    Kind.TEXTS,
                    carried=Carried.RECORDED,
                    note="moto does not keep it",
                ),
                Prop("bucketKeyEnabled", Kind.FLAG),
            ),
        ),
    ),
    outputs={},
    identity=("bucket",),
    rules=(_key_needs_kms,),
)

_FOUR_FLAGS = (
    Prop("blockPublicAcls", Kind.FLAG, default=False),
    Prop("blockPublicPolicy", Kind.FLAG, default=False),
    Prop("ignorePublicAcls", Kind.FLAG, default=False),
    Prop("restrictPublicBuckets", Kind.FLAG, default=False),
)

PUBLIC_ACCESS_BLOCK = TypeModel(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    inputs=(*_FOUR_FLAGS, BUCKET_NAME, REGION_PROP, Prop("skipDestroy", Kind.FLAG)),
    outputs={},
    identity=("bucket",),
    notes=("The block is set and read back; the local cloud does not act on it.",),
)

ACCOUNT_PUBLIC_ACCESS_BLOCK = TypeModel(
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    inputs=(
        Prop(
            "accountId",
            replaces=True,
            rule=rules.ACCOUNT_ID,
            otherwise=Out(lambda facts, _: facts.account),
        ),
        *_FOUR_FLAGS,
    ),
    outputs={},
    identity=("accountId",),
    notes=("The block is set and read back; the local cloud does not act on it.",),
)

OWNERSHIP_CONTROLS = TypeModel(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    inputs=(
        BUCKET_NAME,
        REGION_PROP,
        Prop(
            "rule",
            Kind.OBJECT,
            required=True,
            fields=(
                Prop(
                    "objectOwnership",
                    required=True,
                    rule=rules.one_of("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
                ),
            ),
        ),
    ),
    outputs={},
    identity=("bucket",),
)

BUCKET_POLICY = TypeModel(
    "aws:s3/bucketPolicy:BucketPolicy",
    inputs=(
        BUCKET_NAME,
        Prop("policy", Kind.JSON, required=True, rule=policy(20480, Attached.RESOURCE)),
        REGION_PROP,
    ),
    outputs={},
    identity=("bucket",),
    notes=("Principals of the own account must exist, as in AWS.",),
)


def _days_or_years(inputs: Values) -> list[Failure]:
    retention = (inputs.get("rule") or {}).get("defaultRetention") or {}
    if not retention or (retention.get("days") is None) != (retention.get("years") is None):
        return []
    return [Failure("rule.defaultRetention", "must have days or years, one of them")]


OBJECT_LOCK = TypeModel(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    inputs=(
        BUCKET_NAME,
        OWNER,
        Prop("objectLockEnabled", default="Enabled", replaces=True, rule=rules.one_of("Enabled")),
        REGION_PROP,
        Prop(
            "rule",
            Kind.OBJECT,
            fields=(
                Prop(
                    "defaultRetention",
                    Kind.OBJECT,
                    required=True,
                    fields=(
                        Prop("days", Kind.NUMBER, rule=rules.between(1, 36500, "days")),
                        Prop("mode", rule=rules.one_of("GOVERNANCE", "COMPLIANCE")),
                        Prop("years", Kind.NUMBER, rule=rules.between(1, 100, "years")),
                    ),
                ),
            ),
        ),
        refused("token", Kind.TEXT, "AWS's support gives it; versioned buckets take a lock without it"),
    ),
    outputs={},
    identity=("bucket",),
    rules=(_days_or_years,),
    notes=("Removing the configuration removes the default retention; the lock itself cannot be removed.",),
)

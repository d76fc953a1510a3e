"""aws.s3.BucketReplicationConfig: copies of objects in another bucket.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html.
"""

from __future__ import annotations

from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import NAMES_ARE_DETERMINISTIC, REGION_PROP, refused
from rehearsal.aws.model.s3_settings import BUCKET_NAME
from rehearsal.provider.model.schema import Failure, Kind, Prop, TypeModel, Values

_SWITCH = Prop("status", required=True, rule=rules.one_of("Enabled", "Disabled"))
_QUARTER = Prop("minutes", Kind.NUMBER, required=True, rule=rules.one_of(15))


def _switched(name: str) -> Prop:
    return Prop(name, Kind.OBJECT, fields=(_SWITCH,))


_DESTINATION = (
    Prop(
        "accessControlTranslation",
        Kind.OBJECT,
        fields=(Prop("owner", required=True, rule=rules.one_of("Destination")),),
    ),
    Prop("account", rule=rules.ACCOUNT_ID),
    Prop("bucket", required=True, rule=rules.arn("s3")),
    Prop(
        "encryptionConfiguration",
        Kind.OBJECT,
        fields=(Prop("replicaKmsKeyId", required=True, rule=rules.arn("kms")),),
    ),
    Prop(
        "metrics",
        Kind.OBJECT,
        fields=(Prop("eventThreshold", Kind.OBJECT, fields=(_QUARTER,)), _SWITCH),
    ),
    Prop(
        "replicationTime",
        Kind.OBJECT,
        fields=(_SWITCH, Prop("time", Kind.OBJECT, required=True, fields=(_QUARTER,))),
    ),
    Prop(
        "storageClass",
        rule=rules.one_of(
            "STANDARD",
            "STANDARD_IA",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
            "GLACIER",
            "GLACIER_IR",
            "DEEP_ARCHIVE",
        ),
    ),
)

_FILTER = (
    Prop("and", Kind.OBJECT, fields=(Prop("prefix"), Prop("tags", Kind.TEXT_MAP))),
    Prop("prefix"),
    Prop("tag", Kind.OBJECT, fields=(Prop("key", required=True), Prop("value", required=True))),
)

_RULE = (
    _switched("deleteMarkerReplication"),
    Prop("destination", Kind.OBJECT, required=True, fields=_DESTINATION),
    refused(
        "existingObjectReplication", Kind.OBJECT, "AWS copies what is there already by Batch Replication"
    ),
    Prop("filter", Kind.OBJECT, fields=_FILTER),
    Prop("id", rule=rules.longest(255)),
    refused("prefix", Kind.TEXT, "use filter"),
    Prop("priority", Kind.NUMBER, rule=rules.between(0, 2147483647)),
    Prop(
        "sourceSelectionCriteria",
        Kind.OBJECT,
        fields=(_switched("replicaModifications"), _switched("sseKmsEncryptedObjects")),
    ),
    _SWITCH,
)


def _rules(inputs: Values) -> list[Failure]:
    """What AWS demands of rules that have a filter, which all of them have here."""
    failures: list[Failure] = []
    seen: dict[str, set[object]] = {"id": set(), "priority": set()}
    for number, rule in enumerate(inputs.get("rules") or []):
        if not isinstance(rule, dict):
            continue
        path = f"rules[{number}]"
        failures += [Failure(f"{path}.{name}", said) for name, said in _missing(rule)]
        for name, values in seen.items():
            value = rule.get(name)
            if isinstance(value, str | int) and value in values:
                failures.append(Failure(f"{path}.{name}", "is that of another rule"))
            values.add(value if isinstance(value, str | int) else None)
    return failures


def _missing(rule: dict[str, Any]) -> list[tuple[str, str]]:
    missing = []
    if rule.get("id") is None:
        missing.append(("id", f"is required: {NAMES_ARE_DETERMINISTIC}"))
    for name in ("filter", "priority", "deleteMarkerReplication"):
        if rule.get(name) is None:
            missing.append((name, "is required in the present form of replication rules"))
    destination, source = rule.get("destination"), rule.get("sourceSelectionCriteria")
    encrypted = isinstance(destination, dict) and destination.get("encryptionConfiguration")
    selected = isinstance(source, dict) and source.get("sseKmsEncryptedObjects")
    if encrypted and not selected:
        said = "must be given with destination.encryptionConfiguration"
        missing.append(("sourceSelectionCriteria.sseKmsEncryptedObjects", said))
    if selected == {"status": "Enabled"} and not encrypted:
        said = "must be given when objects under keys are copied"
        missing.append(("destination.encryptionConfiguration", said))
    return missing


def _some(value: list[object]) -> str | None:
    return None if 1 <= len(value) <= 1000 else f"must be 1 to 1000 rules, are {len(value)}"


REPLICATION = TypeModel(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    inputs=(
        BUCKET_NAME,
        REGION_PROP,
        Prop("role", required=True, rule=rules.arn("iam")),
        Prop("rules", Kind.OBJECTS, required=True, rule=_some, fields=_RULE),
        refused("token", Kind.TEXT, "AWS's support gives it; locked buckets replicate without it"),
    ),
    outputs={},
    identity=("bucket",),
    rules=(_rules,),
    notes=(
        "Both buckets must be there and versioned, as in AWS; nothing is copied in the local cloud.",
        "Whether the role may copy is not checked, as in AWS.",
    ),
)

"""aws.s3.BucketLifecycleConfiguration: when objects move and end."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, refused
from rehearsal.aws.model.s3_settings import BUCKET_NAME, OWNER
from rehearsal.provider.model.schema import Carried, Failure, Kind, Prop, TypeModel, Values, always

_DAYS = rules.between(1, 36500, "days")
_NOT_KEPT = "moto does not return it"
_STORAGE = rules.one_of(
    "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"
)


def _size(name: str) -> Prop:
    return Prop(name, Kind.NUMBER, carried=Carried.RECORDED, note=_NOT_KEPT)


_FILTER = (
    Prop(
        "and",
        Kind.OBJECT,
        fields=(
            _size("objectSizeGreaterThan"),
            _size("objectSizeLessThan"),
            Prop("prefix"),
            Prop("tags", Kind.TEXT_MAP),
        ),
    ),
    _size("objectSizeGreaterThan"),
    _size("objectSizeLessThan"),
    Prop("prefix"),
    Prop("tag", Kind.OBJECT, fields=(Prop("key", required=True), Prop("value", required=True))),
)

_RULE = (
    Prop(
        "abortIncompleteMultipartUpload",
        Kind.OBJECT,
        fields=(Prop("daysAfterInitiation", Kind.NUMBER, rule=_DAYS),),
    ),
    Prop(
        "expiration",
        Kind.OBJECT,
        fields=(
            Prop("date"),
            Prop("days", Kind.NUMBER, rule=_DAYS),
            Prop("expiredObjectDeleteMarker", Kind.FLAG),
        ),
    ),
    Prop("filter", Kind.OBJECT, fields=_FILTER),
    Prop("id", required=True, rule=rules.longest(255)),
    Prop(
        "noncurrentVersionExpiration",
        Kind.OBJECT,
        fields=(
            Prop("newerNoncurrentVersions", Kind.NUMBER, carried=Carried.RECORDED, note=_NOT_KEPT),
            Prop("noncurrentDays", Kind.NUMBER, required=True, rule=_DAYS),
        ),
    ),
    Prop(
        "noncurrentVersionTransitions",
        Kind.OBJECTS,
        unordered=True,
        fields=(
            Prop("newerNoncurrentVersions", Kind.NUMBER, carried=Carried.RECORDED, note=_NOT_KEPT),
            Prop("noncurrentDays", Kind.NUMBER, required=True, rule=_DAYS),
            Prop("storageClass", required=True, rule=_STORAGE),
        ),
    ),
    refused("prefix", Kind.TEXT, "use filter"),
    Prop("status", required=True, rule=rules.one_of("Enabled", "Disabled")),
    Prop(
        "transitions",
        Kind.OBJECTS,
        unordered=True,
        fields=(
            Prop("date"),
            Prop("days", Kind.NUMBER, rule=rules.between(0, 36500, "days")),
            Prop("storageClass", required=True, rule=_STORAGE),
        ),
    ),
)

_ACTIONS = (
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
)


def _rules(inputs: Values) -> list[Failure]:
    """Every rule does something, and has an id of its own."""
    failures = []
    seen: set[object] = set()
    for number, rule in enumerate(inputs.get("rules") or []):
        if not isinstance(rule, dict):
            continue
        if not any(rule.get(action) for action in _ACTIONS):
            failures.append(Failure(f"rules[{number}]", f"must have one of {', '.join(_ACTIONS)}"))
        if isinstance(rule.get("id"), str) and rule["id"] in seen:
            failures.append(Failure(f"rules[{number}].id", "is the id of another rule"))
        seen.add(rule.get("id"))
    return failures


def _some(value: list[object]) -> str | None:
    return None if 1 <= len(value) <= 1000 else f"must be 1 to 1000 rules, are {len(value)}"


LIFECYCLE = TypeModel(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    inputs=(
        BUCKET_NAME,
        OWNER,
        REGION_PROP,
        Prop("rules", Kind.OBJECTS, rule=_some, fields=_RULE),
        Prop(
            "timeouts",
            Kind.OBJECT,
            carried=Carried.RECORDED,
            note="nothing here has to be waited for",
            fields=(Prop("create"), Prop("update")),
        ),
        Prop(
            "transitionDefaultMinimumObjectSize",
            carried=Carried.RECORDED,
            note=_NOT_KEPT,
            rule=rules.one_of("all_storage_classes_128K", "varies_by_storage_class"),
            otherwise=always("all_storage_classes_128K"),
        ),
    ),
    outputs={},
    identity=("bucket",),
    rules=(_rules,),
    notes=("The rules are set and read back; nothing expires or moves in the local cloud.",),
)

"""aws.accessanalyzer: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL, computed_arn, refused
from rehearsal.provider.model.schema import Failure, Kind, Prop, TypeModel, Value, Values

UNUSED_ACCESS = "ACCOUNT_UNUSED_ACCESS"


def _type(value: Any) -> str | None:
    if value in ("ACCOUNT", UNUSED_ACCESS):
        return None
    return f"only ACCOUNT and {UNUSED_ACCESS} are played by the stand-in; is {value!r}"


def _unused_only(inputs: Values) -> list[Failure]:
    if "configuration" in inputs and inputs.get("type") == "ACCOUNT":
        return [Failure("configuration", f"is for type {UNUSED_ACCESS}")]
    return []


def _age(configuration: Value) -> Value:
    unused = (configuration.get("unusedAccess") or {}) if isinstance(configuration, dict) else {}
    return unused.get("unusedAccessAge")


_EXCLUSIONS = Prop(
    "exclusions",
    Kind.OBJECTS,
    fields=(
        Prop("accountIds", Kind.TEXTS),
        refused("resourceTags", Kind.OBJECTS, "exclusions by tag are not played; use accountIds"),
    ),
)

ANALYZER = TypeModel(
    "aws:accessanalyzer/analyzer:Analyzer",
    inputs=(
        Prop(
            "analyzerName",
            required=True,
            replaces=True,
            rule=rules.matches(
                r"[A-Za-z][\w.-]*", "must begin with a letter and have letters, digits, . - _", 255
            ),
        ),
        Prop(
            "configuration",
            Kind.OBJECT,
            fields=(
                refused("internalAccess", Kind.OBJECT, "analyzers of internal access are not played"),
                Prop(
                    "unusedAccess",
                    Kind.OBJECT,
                    fields=(
                        Prop("analysisRule", Kind.OBJECT, fields=(_EXCLUSIONS,)),
                        Prop("unusedAccessAge", Kind.NUMBER, rule=rules.between(1, 365, "days")),
                    ),
                ),
            ),
            replaces_when=lambda old, new: bool(_age(old) != _age(new)),
        ),
        REGION_PROP,
        TAGS,
        Prop("type", default="ACCOUNT", replaces=True, rule=_type),
    ),
    outputs={
        "arn": computed_arn("access-analyzer", "analyzerName", form="analyzer/{analyzerName}"),
        "tagsAll": TAGS_ALL,
    },
    identity=("analyzerName",),
    rules=(_unused_only,),
    notes=("One of each type in an account and region, as in AWS.", "It finds nothing here."),
)

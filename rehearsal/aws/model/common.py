"""Inputs and outputs that many types share."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    Carried,
    Kind,
    Out,
    Prop,
    Value,
    Values,
)

REGION_PROP = Prop(
    "region",
    replaces=True,
    rule=rules.REGION,
    otherwise=Out(lambda facts, _inputs: facts.region),
    follows_provider=True,
)
TAGS = Prop("tags", Kind.TEXT_MAP, rule=rules.tags)

NAMES_ARE_DETERMINISTIC = "give it a name; names here are deterministic"


def _merged(facts: Facts, inputs: Values) -> Value:
    return {**facts.default_tags, **(inputs.get("tags") or {})}


TAGS_ALL = Out(_merged, needs=("tags",), compared=True)


def no_prefix(name: str, instead: str) -> Prop:
    """Refuse a prefix that the real provider would extend at random."""
    return Prop(name, carried=Carried.REFUSED, note=f"use {instead}; {NAMES_ARE_DETERMINISTIC}")


def refused(name: str, kind: Kind, note: str, otherwise: Out | None = None) -> Prop:
    return Prop(name, kind, carried=Carried.REFUSED, note=note, otherwise=otherwise)


def computed_arn(service: str, *needs: str, form: str, regional: bool = True) -> Out:
    """An ARN whose last part is `form` with the needed inputs filled in, such as "topic/{name}"."""

    def compute(facts: Facts, inputs: Values) -> Value:
        return facts.arn(
            service, form.format(**{need: inputs.get(need) or "" for need in needs}), regional=regional
        )

    return Out(compute, needs=needs)

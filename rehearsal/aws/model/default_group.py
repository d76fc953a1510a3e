"""aws.ec2.DefaultSecurityGroup: the group that comes with a VPC, taken over and emptied
(https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html).
"""

from __future__ import annotations

from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL
from rehearsal.provider.model.schema import ASSIGNED, Carried, Kind, Out, Prop, TypeModel, always

_RULE = (
    Prop("cidrBlocks", Kind.TEXTS, unordered=True),
    Prop("description"),
    Prop("fromPort", Kind.NUMBER, required=True),
    Prop("ipv6CidrBlocks", Kind.TEXTS, unordered=True),
    Prop("prefixListIds", Kind.TEXTS, unordered=True),
    Prop("protocol", required=True),
    Prop("securityGroups", Kind.TEXTS, unordered=True),
    Prop("self", Kind.FLAG),
    Prop("toPort", Kind.NUMBER, required=True),
)


def _empty(value: Any) -> str | None:
    said = "the default group lets nothing through here; give what needs a way in or out a group of its own"
    return said if value else None


def _rules(name: str) -> Prop:
    return Prop(name, Kind.OBJECTS, fields=_RULE, rule=_empty, unordered=True, otherwise=always([]))


DEFAULT_SECURITY_GROUP = TypeModel(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    inputs=(
        _rules("egress"),
        _rules("ingress"),
        REGION_PROP,
        Prop(
            "revokeRulesOnDelete",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="the group is never deleted",
        ),
        TAGS,
        Prop("vpcId", replaces=True, rule=rules.matches(r"vpc-\w+", "must be the id of a VPC")),
    ),
    outputs={
        "arn": ASSIGNED,
        "description": ASSIGNED,
        "name": always("default"),
        "namePrefix": always(""),
        "ownerId": Out(lambda facts, _: facts.account),
        "tagsAll": TAGS_ALL,
    },
    identity=("vpcId",),
    notes=(
        "It is there with its VPC, and stays until that goes: making it means emptying it.",
        "Without vpcId it would be that of the default VPC, which is not played.",
    ),
)

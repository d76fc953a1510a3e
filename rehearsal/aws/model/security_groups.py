"""aws.ec2.SecurityGroup and the rules of aws.vpc: API_CreateSecurityGroup.html, API_SecurityGroupRule.html on
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    no_prefix,
    refused,
)
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

_PLAIN = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]"
_SAID = "must be letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
_ONE_BY_ONE = "use aws.vpc.SecurityGroupIngressRule and aws.vpc.SecurityGroupEgressRule"


def _in_a_vpc(inputs: Values) -> list[Failure]:
    return [] if "vpcId" in inputs else [Failure("vpcId", "is required: default networks are not played")]


SECURITY_GROUP = TypeModel(
    "aws:ec2/securityGroup:SecurityGroup",
    inputs=(
        Prop(
            "description",
            default="Managed by Pulumi",
            replaces=True,
            rule=rules.matches(f"{_PLAIN}+", _SAID, 255),
        ),
        refused("egress", Kind.OBJECTS, _ONE_BY_ONE, always([])),
        refused("ingress", Kind.OBJECTS, _ONE_BY_ONE, always([])),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(f"(?!sg-){_PLAIN}+", f"{_SAID}, not beginning with sg-", 255),
        ),
        no_prefix("namePrefix", "name"),
        REGION_PROP,
        Prop(
            "revokeRulesOnDelete",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="moto deletes groups whatever refers to them",
        ),
        TAGS,
        Prop("vpcId", replaces=True, rule=rules.matches(r"vpc-\w+", "must be the id of a VPC")),
    ),
    outputs={"arn": ASSIGNED, "ownerId": Out(lambda facts, _: facts.account), "tagsAll": TAGS_ALL},
    identity=("vpcId", "name"),
    rules=(_in_a_vpc,),
    notes=(
        "AWS lets a new group send everywhere; that rule is taken away, as the real provider does.",
        "ingress and egress stay empty here, whatever rules are made one by one.",
    ),
)

_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_PROTOCOL = rules.matches(
    r"-1|tcp|udp|icmp|icmpv6|\d{1,3}", "must be tcp, udp, icmp, icmpv6, a number, or -1 for all"
)


def _network(version: type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network]) -> rules.Rule:
    def rule(value: Any) -> str | None:
        try:
            version(value)
        except ValueError as error:
            return f"must be a network with its bits: {error}"
        return None if "/" in value else "must say its bits, such as /32"

    return rule


def _one_source(inputs: Values) -> list[Failure]:
    given = [name for name in _SOURCES if name in inputs]
    if len(given) == 1:
        return []
    return [Failure(_SOURCES[0], f"give exactly one of {', '.join(_SOURCES)}")]


def _ports(inputs: Values) -> list[Failure]:
    protocol, low, high = (inputs.get(name) for name in ("ipProtocol", "fromPort", "toPort"))
    if protocol == "-1":
        given = [name for name in ("fromPort", "toPort") if name in inputs]
        return [Failure(name, "does not go with ipProtocol -1, which is all of them") for name in given]
    if protocol in ("tcp", "udp", "6", "17"):
        missing = [name for name in ("fromPort", "toPort") if name not in inputs]
        if missing:
            return [Failure(name, f"is required for {protocol}") for name in missing]
        if isinstance(low, int) and isinstance(high, int) and not 0 <= low <= high <= 65535:
            return [Failure("fromPort", f"ports must be 0 ≤ from ≤ to ≤ 65535; are {low} to {high}")]
    return []


def _another_kind(old: Value, new: Value) -> bool:
    return (old is None) != (new is None)


def _source(name: str, rule: rules.Rule) -> Prop:
    return Prop(name, rule=rule, replaces_when=_another_kind)


def _rule(token: str) -> TypeModel:
    return TypeModel(
        token,
        inputs=(
            _source("cidrIpv4", _network(ipaddress.IPv4Network)),
            _source("cidrIpv6", _network(ipaddress.IPv6Network)),
            Prop("description", rule=rules.matches(f"{_PLAIN}*", _SAID, 255)),
            Prop("fromPort", Kind.NUMBER, rule=rules.between(-1, 65535)),
            Prop("ipProtocol", required=True, rule=_PROTOCOL),
            _source("prefixListId", rules.matches(r"pl-\w+", "must be the id of a prefix list")),
            _source("referencedSecurityGroupId", rules.matches(r"sg-\w+", "must be the id of a group")),
            REGION_PROP,
            Prop(
                "securityGroupId",
                required=True,
                replaces=True,
                rule=rules.matches(r"sg-\w+", "must be the id of a group"),
            ),
            TAGS,
            Prop("toPort", Kind.NUMBER, rule=rules.between(-1, 65535)),
        ),
        outputs={"arn": ASSIGNED, "securityGroupRuleId": ASSIGNED, "tagsAll": TAGS_ALL},
        rules=(_one_source, _ports),
        notes=("Another kind of source makes another rule: moto cannot change it.",),
    )


INGRESS_RULE = _rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
EGRESS_RULE = _rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")

"""T2: what a security group lets through is HTTPS within the private network, and to AWS's endpoints."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from policy_packs.controls.aws import DEFAULT_GROUP, EGRESS, ENDPOINT, INGRESS, SECURITY_GROUP, VPC, refers
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_HTTPS = 443


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    for group in stack.of_type(SECURITY_GROUP, DEFAULT_GROUP):
        for direction in ("ingress", "egress"):
            rules = group[direction]
            if rules.unknown:
                yield undecided(rules, group)
            elif rules.elements():
                yield fail(f"it has rules of its own under {direction}, which nobody judges", group)
    for rule in stack.of_type(INGRESS, EGRESS):
        if not any(_names(stack, rule, "securityGroupId", group) for group in stack.of_type(SECURITY_GROUP)):
            yield fail("it opens a group that is not of this stack", rule)
        yield from _judge_reach(rule)
        yield from _judge_source(stack, rule)


def _judge_reach(rule: Resource) -> Iterator[Finding]:
    yield from expect(rule["ipProtocol"], lambda name: name in ("tcp", "6"), "it is not for TCP alone", rule)
    for port in ("fromPort", "toPort"):
        yield from expect(rule[port], lambda number: number == _HTTPS, "it is not for HTTPS alone", rule)


def _judge_source(stack: Stack, rule: Resource) -> Iterator[Finding]:
    yield from expect(rule["cidrIpv6"], lambda value: value is None, "it lets IPv6 addresses through", rule)
    if not rule["cidrIpv4"].absent:
        yield from expect(
            rule["cidrIpv4"],
            lambda cidr: _inside(cidr, stack),
            "it lets through addresses outside the networks of this stack",
            rule,
        )
    if not rule["referencedSecurityGroupId"].absent and not any(
        _names(stack, rule, "referencedSecurityGroupId", group) for group in stack.of_type(SECURITY_GROUP)
    ):
        yield fail("it names a group that is not of this stack", rule)
    if not rule["prefixListId"].absent and not any(
        refers(stack, rule, "prefixListId", endpoint, "prefixListId") for endpoint in stack.of_type(ENDPOINT)
    ):
        yield fail("it names a list of addresses that belongs to no endpoint of this stack", rule)


def _names(stack: Stack, rule: Resource, prop: str, group: Resource) -> bool:
    """By dependency until its id is known, then by the id in its ARN."""
    named = rule[prop]
    if named.unknown:
        return group in stack.behind(rule, prop)
    return bool(named.text()) and group["arn"].text().rpartition("/")[2] == named.text()


def _inside(cidr: object, stack: Stack) -> bool:
    try:
        asked = ipaddress.IPv4Network(str(cidr))
        own = [ipaddress.IPv4Network(vpc["cidrBlock"].text()) for vpc in stack.of_type(VPC)]
    except ValueError:
        return False
    return any(asked.subnet_of(network) for network in own)


CONTROL = Control(
    id="qlz-t2-closed-groups",
    title="Security groups let HTTPS through, and only within",
    why="An open group makes every other wall round a network a matter of one mistake elsewhere.",
    fix=(
        "Write ingress and egress rules one by one: TCP 443, from the network's own addresses or groups, to"
        " its endpoints."
    ),
    requirements=("T2", "W3"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(5)", "SC-7", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.20", "A.8.22"),
        "ncsc-cloud-principles": ("3", "11"),
        "csa-ccm-4": ("IVS-03", "IVS-09"),
        "uk-gdpr": ("32",),
    },
    types=(SECURITY_GROUP, DEFAULT_GROUP, INGRESS, EGRESS),
    judge_stack=judge_stack,
)

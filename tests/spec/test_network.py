"""What a stack file may say of a private network, and who demands it (W3, T2)."""

from __future__ import annotations

import pytest

from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import SANDBOX, Copy

RETENTION = "    retention:\n"
PROD = "stacks/Pulumi.optimus-prod.yaml"
CASES = {
    "no addresses": ("zones: [a, b]", "cidr", "add cidr"),
    "no network": ('cidr: "10.40.0.0"', "cidr", "too small"),
    "bits beside the network's": ('cidr: "10.40.0.1/20"', "cidr", "is no network"),
    "words": ('cidr: "private"', "cidr", "is no network"),
    "IPv6": ('cidr: "fd00::/20"', "cidr", "is no network"),
    "public addresses": ('cidr: "52.0.0.0/20"', "cidr", "not private"),
    "addresses of carriers": ('cidr: "100.64.0.0/20"', "cidr", "not private"),
    "partly private": ('cidr: "172.0.0.0/16"', "cidr", "not private"),
    "too small": ('cidr: "10.40.0.0/23"', "cidr", "too small"),
    "too large": ('cidr: "10.0.0.0/8"', "cidr", "too large"),
    "unquoted": ("cidr: 10.40.0.0/20", "cidr", "without quotes"),
    "one zone": ('cidr: "10.40.0.0/20", zones: [a]', "zones", "shorter"),
    "a zone twice": ('cidr: "10.40.0.0/20", zones: [a, a]', "zones", "twice"),
    "a whole zone": ('cidr: "10.40.0.0/20", zones: [eu-west-2a, b]', "zones[0]", "allowed: a, b, c"),
    "no days": ('cidr: "10.40.0.0/20", flow_log_days: 0', "flow_log_days", "less than the least"),
    "a way out": ('cidr: "10.40.0.0/20", internet: true', "internet", "not a known key"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(project: Copy, name: str) -> None:
    text, where, says = CASES[name]
    new = f"    network: {{{text}}}\n{RETENTION}"
    case = Case(SANDBOX, RETENTION, new, "    network:", f"{SPEC}.network.{where}", says)
    check(project, "sandbox", case, SANDBOX)


@pytest.mark.parametrize("text", ['cidr: "10.0.0.0/16"', 'cidr: "192.168.4.0/22", zones: [a, c, b]'])
def test_read(project: Copy, text: str) -> None:
    project.edit(SANDBOX, RETENTION, f"    network: {{{text}}}\n{RETENTION}")
    found = project.load("sandbox").stack.spec
    assert found.network.zones[0] == "a"  # type: ignore[union-attr]


@pytest.mark.parametrize("tier", ["regulated-production", "pre-production"])
def test_tiers_with_a_private_network_demand_it(project: Copy, tier: str) -> None:
    project.make_production()
    if tier == "pre-production":
        project.edit(PROD, "tier: regulated-production", f"tier: {tier}")
        project.edit("stacks/charters/optimus.yaml", "tiers: [regulated-production]", f"tiers: [{tier}]")
    assert project.load("optimus-prod")
    project.edit("stacks/Pulumi.prod-optimus.yaml", '    network: {cidr: "10.40.0.0/20"}\n', "")
    (problem,) = project.problems("optimus-prod")
    assert problem.line == project.line(PROD, "    tier:")
    assert "private endpoints only" in problem.message
    assert "add network:" in problem.fix

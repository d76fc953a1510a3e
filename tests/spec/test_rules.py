"""Each rule: what breaks it, and the file, line and key it names. The examples are the case that passes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from components.spec import EnvironmentStack, ProjectStack, Tier, load_stack
from tests.spec.conftest import CHARTER, OPTIMUS, ROOT, SANDBOX, Copy

SPEC = "config.qlz:spec"


@dataclass(frozen=True)
class Case:
    """An edit of one file, and the one problem it makes: on the line that holds ``at``, with this key."""

    file: str
    old: str
    new: str
    at: str
    key: str
    says: str


ENVIRONMENT = {
    "unknown key": Case(
        SANDBOX, "    alerts:", "    alert:", "alert:", f"{SPEC}.alert", "did you mean alerts?"
    ),
    "owner is a placeholder": Case(
        SANDBOX, "quantum-platform@", "changeme@", "owner:", f"{SPEC}.owner", "placeholder"
    ),
    "owner is no address": Case(
        SANDBOX, "quantum-platform@example.org", "the platform team", "owner:", f"{SPEC}.owner", "address"
    ),
    "purpose is empty": Case(
        SANDBOX,
        "purpose: Learning and first experiments on Amazon Braket simulators.",
        'purpose: ""',
        "purpose:",
        f"{SPEC}.purpose",
        "shorter",
    ),
    "purpose is a placeholder": Case(
        SANDBOX,
        "purpose: Learning and first experiments on Amazon Braket simulators.",
        "purpose: TODO",
        "purpose:",
        f"{SPEC}.purpose",
        "placeholder",
    ),
    "cost centre": Case(SANDBOX, "CC-1001", "CC 1001", "cost_centre:", f"{SPEC}.cost_centre", "CC-1001"),
    "account too short": Case(
        SANDBOX, '"111122223333"', '"11112222333"', "account:", f"{SPEC}.aws.account", "twelve digits"
    ),
    "account is a placeholder": Case(
        SANDBOX, '"111122223333"', '"000000000000"', "account:", f"{SPEC}.aws.account", "not an AWS account"
    ),
    "region without Braket": Case(
        SANDBOX, "eu-west-2", "eu-west-1", "region:", f"{SPEC}.aws.region", "did you mean eu-west-2?"
    ),
    "impossible date": Case(
        SANDBOX, '"2027-02-01"', '"2027-02-30"', "next_review:", f"{SPEC}.next_review", "no day"
    ),
    "malformed date": Case(
        SANDBOX, '"2027-02-01"', '"1 Feb 2027"', "next_review:", f"{SPEC}.next_review", "YYYY-MM-DD"
    ),
    "far date": Case(
        SANDBOX, '"2027-02-01"', '"9999-02-01"', "next_review:", f"{SPEC}.next_review", "2020 and 2099"
    ),
    "review later than a quarter": Case(
        SANDBOX, '"2027-02-01"', '"2027-02-03"', "next_review:", f"{SPEC}.next_review", '"2027-02-02"'
    ),
    "review before the last": Case(
        SANDBOX, '"2027-02-01"', '"2026-11-02"', "next_review:", f"{SPEC}.next_review", "not after"
    ),
    "level and name differ": Case(
        SANDBOX,
        "qlz:level: sandbox",
        "qlz:level: dev",
        "qlz:level:",
        "config.qlz:level",
        "sandbox but its level",
    ),
    "shared production": Case(
        SANDBOX, "qlz:level: sandbox", "qlz:level: prod", "qlz:level:", "config.qlz:level", "prod-PROJECT"
    ),
    "unknown level": Case(
        SANDBOX, "qlz:level: sandbox", "qlz:level: snadbox", "qlz:level:", "config.qlz:level", "mean sandbox?"
    ),
    "unknown kind": Case(
        SANDBOX, "kind: environment", "kind: enviroment", "qlz:kind:", "config.qlz:kind", "mean environment?"
    ),
    "key without namespace": Case(
        SANDBOX, "qlz:level:", "level:", "config:", "config.qlz:level", "is missing"
    ),
    "unknown configuration": Case(
        SANDBOX,
        "  qlz:spec:",
        "  aws:region: eu-west-2\n  qlz:spec:",
        "aws:region",
        "config.aws:region",
        "not a known key",
    ),
    "unknown top key": Case(SANDBOX, "config:", "konfig: x\nconfig:", "konfig", "konfig", "mean config?"),
    "ESC environment": Case(
        SANDBOX, "config:", "environment: [shared]\nconfig:", "[shared]", "environment", "ESC"
    ),
    "nobody gets in": Case(
        SANDBOX,
        """
      saml:
        name: corporate
        metadata_file: identity/corporate-saml.xml # relative to stacks/; replace it with your own
      # Pipelines come in with the CI system's tokens; no key is stored anywhere.
      oidc:
        - kind: github
          url: https://token.actions.githubusercontent.com
          audience: sts.amazonaws.com""",
        "\n      oidc: []",
        "identity:",
        f"{SPEC}.identity",
        "nobody",
    ),
    "unknown CI system": Case(
        SANDBOX, "kind: github", "kind: githab", "githab", f"{SPEC}.identity.oidc[0].kind", "mean github?"
    ),
    "issuer without TLS": Case(
        SANDBOX, "https://token", "http://token", "url:", f"{SPEC}.identity.oidc[0].url", "https"
    ),
    "issuer with a slash": Case(
        SANDBOX,
        "githubusercontent.com",
        "githubusercontent.com/",
        "url:",
        f"{SPEC}.identity.oidc[0].url",
        "slash",
    ),
    "issuer twice": Case(
        SANDBOX,
        "        - kind: github",
        """        - {kind: github, url: "https://ci.example.org", audience: x}
        - kind: github""",
        "oidc:",
        f"{SPEC}.identity.oidc",
        "twice",
    ),
    "metadata in the stack file": Case(
        SANDBOX,
        "        name: corporate",
        "        name: corporate\n        metadata: <xml/>",
        "metadata:",
        f"{SPEC}.identity.saml.metadata",
        "not a known key",
    ),
    "retention CloudWatch does not know": Case(
        SANDBOX,
        "operational_log_days: 365",
        "operational_log_days: 360",
        "operational_log_days",
        f"{SPEC}.retention.operational_log_days",
        "365",
    ),
    "security log as long as the operational one": Case(
        SANDBOX,
        "security_log_days: 90",
        "security_log_days: 365",
        "security_log_days:",
        f"{SPEC}.retention.security_log_days",
        "L3",
    ),
    "lock longer than the trail": Case(
        SANDBOX,
        "trail_lock_days: 30",
        "trail_lock_days: 366",
        "trail_lock_days:",
        f"{SPEC}.retention.trail_lock_days",
        "at most trail_days",
    ),
    "trail too short": Case(
        SANDBOX, "trail_days: 365", "trail_days: 89", "trail_days:", f"{SPEC}.retention.trail_days", "90"
    ),
    "days in quotes": Case(
        SANDBOX,
        "trail_days: 365",
        'trail_days: "365"',
        "trail_days:",
        f"{SPEC}.retention.trail_days",
        "remove the quotes",
    ),
    "days as a truth value": Case(
        SANDBOX, "trail_days: 365", "trail_days: true", "trail_days:", f"{SPEC}.retention.trail_days", "truth"
    ),
    "nobody is told": Case(
        SANDBOX,
        "emails:\n        - quantum-oncall@example.org",
        "emails: []",
        "emails:",
        f"{SPEC}.alerts.emails",
        "shorter",
    ),
    "one address for a list": Case(
        SANDBOX,
        "emails:\n        - quantum-oncall@example.org",
        "emails: a@example.org",
        "emails:",
        f"{SPEC}.alerts.emails",
        "as a list",
    ),
    "text for a mapping": Case(
        SANDBOX,
        "alerts:\n      emails:\n        - quantum-oncall@example.org",
        "alerts: someone",
        "alerts:",
        f"{SPEC}.alerts",
        "not a mapping",
    ),
    "encrypted value": Case(
        SANDBOX,
        "cost_centre: CC-1001",
        "cost_centre:\n      secure: v1:abc:def",
        "secure:",
        f"{SPEC}.cost_centre",
        "K1",
    ),
}

PROJECT = {
    "unknown tier": Case(
        OPTIMUS,
        "internal-research #",
        "internal-reserch #",
        "tier:",
        f"{SPEC}.tier",
        "mean internal-research?",
    ),
    "tier not in the charter": Case(
        CHARTER,
        "[public-demo, internal-research]",
        "[public-demo]",
        "tier:",
        f"{SPEC}.tier",
        "allowed by the charter: public-demo",
    ),
    "unknown device": Case(
        OPTIMUS, "amazon/sv1", "amazon/sv2", "amazon/sv2", f"{SPEC}.devices[0]", "mean amazon/sv1?"
    ),
    "device in another case": Case(
        OPTIMUS, "amazon/sv1", "amazon/SV1", "amazon/SV1", f"{SPEC}.devices[0]", "mean amazon/sv1?"
    ),
    "device of another region in another case": Case(
        OPTIMUS,
        "amazon/sv1",
        "iqm/Garnet",
        "iqm/Garnet",
        f"{SPEC}.devices[0]",
        "mean iqm/garnet? allowed in eu-west-2: amazon/sv1, amazon/dm1",
    ),
    "missing key": Case(
        OPTIMUS, "    lifecycle: active", "    #", "qlz:spec:", f"{SPEC}.lifecycle", "add lifecycle: ("
    ),
    "device twice": Case(OPTIMUS, "amazon/dm1", "amazon/sv1", "devices:", f"{SPEC}.devices", "twice"),
    "no device": Case(
        OPTIMUS,
        "devices:\n      - amazon/sv1\n      - amazon/dm1",
        "devices: []",
        "devices:",
        f"{SPEC}.devices",
        "shorter",
    ),
    "another account": Case(
        OPTIMUS, '"111122223333"', '"111122224444"', "account:", f"{SPEC}.aws.account", '"111122223333"'
    ),
    "another level": Case(
        OPTIMUS, "qlz:level: sandbox", "qlz:level: dev", "qlz:level:", "config.qlz:level", "level sandbox"
    ),
    "results kept too long": Case(
        OPTIMUS, "_days: 90", "_days: 366", "retention_days", f"{SPEC}.results.retention_days", "at most 365"
    ),
    "repository with a wildcard": Case(
        OPTIMUS, "org/optimus", "org/*", "repository:", f"{SPEC}.pipeline.repository", "no wildcard"
    ),
    "CI environment with a wildcard": Case(
        OPTIMUS,
        "      environment: sandbox",
        '      environment: "*"',
        '"*"',
        f"{SPEC}.pipeline.environment",
        "no wildcard",
    ),
    "repository id that is a number": Case(
        OPTIMUS,
        '"123456789"',
        "123456789",
        "repository_id:",
        f"{SPEC}.pipeline.repository_id",
        'repository_id: "123456789"',
    ),
    "lifecycle": Case(
        OPTIMUS,
        "lifecycle: active",
        "lifecycle: retired",
        "lifecycle:",
        f"{SPEC}.lifecycle",
        "decommissioned",
    ),
    "no such charter": Case(
        OPTIMUS, "charter: optimus", "charter: optimum", "charter:", f"{SPEC}.charter", "mean optimus?"
    ),
    "no such environment": Case(
        OPTIMUS,
        "environment: sandbox #",
        "environment: sandbux #",
        "sandbux",
        f"{SPEC}.environment",
        "sandbox",
    ),
    "environment that is a project": Case(
        OPTIMUS,
        "environment: sandbox #",
        "environment: optimus-sandbox #",
        "environment: optimus-sandbox",
        f"{SPEC}.environment",
        "not describe an environment",
    ),
}

IN_CHARTER = {
    "another name": Case(CHARTER, "name: optimus", "name: optimum", "name: optimum", "name", "optimus.yaml"),
    "jurisdiction nobody knows": Case(
        CHARTER,
        "jurisdictions: [GB]",
        "jurisdictions: [GB, UK]",
        "jurisdictions:",
        "jurisdictions[1]",
        "mean GB?",
    ),
    "raw data leaves": Case(
        CHARTER, "[parameterised, synthetic]", "[synthetic, raw]", "data_leaving:", "data_leaving[1]", "R2"
    ),
    "a class that may not leave": Case(
        CHARTER,
        "credential: researcher role session\n    inside: true",
        "credential: researcher role session\n    inside: false",
        "data_class: derived",
        "data_path[4].data_class",
        "allowed: parameterised, synthetic (R2)",
    ),
    "inside, but elsewhere": Case(
        CHARTER,
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: GB",
        "system: feature pipeline\n    region: on-premises, Paris\n    jurisdiction: FR",
        "jurisdiction: FR",
        "data_path[1].jurisdiction",
        "R1",
    ),
    "unknown, but inside": Case(
        CHARTER,
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: GB",
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: unknown",
        "jurisdiction: unknown",
        "data_path[1].jurisdiction",
        "R1",
    ),
    "no result store": Case(
        CHARTER, "step: result-store", "step: control-plane", "data_path:", "data_path", "result-store"
    ),
    "operator without provider": Case(
        CHARTER, "step: analytics", "step: qpu-operator", "step: qpu-operator", "data_path[4].provider", "iqm"
    ),
    "operator inside": Case(
        CHARTER,
        "step: analytics",
        "step: qpu-operator\n    provider: iqm",
        "inside: true",
        "data_path[4].inside",
        "inside: false",
    ),
    "provider elsewhere": Case(
        CHARTER,
        "step: analytics",
        "step: analytics\n    provider: iqm",
        "provider: iqm",
        "data_path[4].provider",
        "does not belong",
    ),
    "ends before it starts": Case(CHARTER, '"2029-10-31"', '"2026-11-01"', "end:", "end", "not after"),
    "ends too late": Case(CHARTER, '"2029-10-31"', '"2031-11-03"', "end:", "end", "5 years"),
    "review too late": Case(
        CHARTER, 'next_review: "2027-02-01"', 'next_review: "2027-02-03"', "next_review", "next_review", "G3"
    ),
    "reviewed before the start": Case(
        CHARTER,
        'next_review: "2027-02-01"',
        'last_review: "2026-11-01"\nnext_review: "2027-02-01"',
        "last_review",
        "last_review",
        "before the start",
    ),
    "too sensitive": Case(
        CHARTER,
        "classification: internal",
        "classification: restricted",
        "classification:",
        "classification",
        "optimus-sandbox",
    ),
    "unknown class": Case(
        CHARTER,
        "classification: internal",
        "classification: secret",
        "classification:",
        "classification",
        "public, internal, confidential, restricted",
    ),
    "unknown key": Case(
        CHARTER, "cost_centre:", "cost_center:", "cost_center:", "cost_center", "mean cost_centre?"
    ),
}


def check(project: Copy, stack: str, case: Case, file: str) -> None:
    project.edit(case.file, case.old, case.new)
    found = project.problems(stack)
    matching = [p for p in found if p.key == case.key and case.says in f"{p.message} {p.fix}"]
    assert len(matching) == 1, "\n".join(map(str, found))
    problem = matching[0]
    lines = (project.root / file).read_text().splitlines()
    assert problem.file == file
    assert case.at in lines[problem.line - 1], f"line {problem.line}: {lines[problem.line - 1]}"
    assert re.match(
        rf"{re.escape(file)}:{problem.line}: {re.escape(case.key.removeprefix('config.'))}: ", str(problem)
    )


@pytest.mark.parametrize("case", ENVIRONMENT.values(), ids=ENVIRONMENT)
def test_environment(project: Copy, case: Case) -> None:
    check(project, "sandbox", case, SANDBOX)


@pytest.mark.parametrize("case", PROJECT.values(), ids=PROJECT)
def test_project(project: Copy, case: Case) -> None:
    check(project, "optimus-sandbox", case, OPTIMUS)


@pytest.mark.parametrize("case", IN_CHARTER.values(), ids=IN_CHARTER)
def test_charter(project: Copy, case: Case) -> None:
    check(project, "optimus-sandbox", case, CHARTER)


def test_the_examples_are_right() -> None:
    environment = load_stack(ROOT, "sandbox")
    assert isinstance(environment.stack, EnvironmentStack)
    saml = environment.stack.spec.identity.saml
    assert saml is not None
    assert "IDPSSODescriptor" in saml.metadata
    assert environment.environment is environment.stack
    loaded = load_stack(ROOT, "optimus-sandbox")
    assert isinstance(loaded.stack, ProjectStack)
    assert loaded.stack.spec.tier is Tier.INTERNAL_RESEARCH
    assert loaded.stack.spec.devices == ("amazon/sv1", "amazon/dm1")
    assert loaded.stack.environment_label == "sandbox"
    assert loaded.environment == environment.stack
    assert loaded.config["pulumi:disable-default-providers"] == ["aws", "azure-native"]
    assert loaded.line("config", "qlz:spec", "tier") == 10


def test_everything_wrong_is_said_at_once(project: Copy) -> None:
    project.edit(OPTIMUS, "amazon/sv1", "amazon/sv9")
    project.edit(OPTIMUS, "lifecycle: active", "lifecycles: active")
    project.edit(SANDBOX, "trail_days: 365", "trail_days: 1")
    project.edit(CHARTER, "classification: internal", "classification: secret")
    keys = {(p.file, p.key) for p in project.problems("optimus-sandbox")}
    assert keys >= {(OPTIMUS, f"{SPEC}.lifecycles"), (OPTIMUS, f"{SPEC}.lifecycle")}
    project.edit(OPTIMUS, "lifecycles: active", "lifecycle: active")
    keys = {(p.file, p.key) for p in project.problems("optimus-sandbox")}
    assert keys == {
        (OPTIMUS, f"{SPEC}.devices[0]"),
        (SANDBOX, f"{SPEC}.retention.trail_days"),
        (CHARTER, "classification"),
    }

"""What breaks the rules of an environment. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from components.spec import EnvironmentStack
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import SANDBOX, Copy

CASES = {
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
    "account in digits of another script": Case(
        SANDBOX,
        '"111122223333"',
        '"1111222233\uff13\uff13"',
        "account:",
        f"{SPEC}.aws.account",
        "twelve digits",
    ),
    "an issuer that is not GitHub's": Case(
        SANDBOX,
        "https://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.com.example.org",
        "url:",
        f"{SPEC}.identity.oidc[0].url",
        "not GitHub's issuer write: url: https://token.actions.githubusercontent.com",
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
        SANDBOX,
        "- kind: github",
        "- kind: githab",
        "githab",
        f"{SPEC}.identity.oidc[0].kind",
        "allowed: github, gitlab",
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
        """        - {kind: github, url: "https://token.actions.githubusercontent.com", audience: x}
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
        """alerts:
      emails:
        - quantum-oncall@example.org
      denied_calls_per_hour: 20 # of the account's own roles; what is unusual for a project is in its charter
      idle_days: 90 # a role used again after so long raises an alarm
""",
        "alerts: someone\n",
        "alerts:",
        f"{SPEC}.alerts",
        "not a mapping",
    ),
    "home named again": Case(
        SANDBOX,
        "region: eu-west-2",
        "region: eu-west-2\n      also: [eu-west-2]",
        "also:",
        f"{SPEC}.aws.also[0]",
        "home already",
    ),
    "another region without Braket": Case(
        SANDBOX,
        "region: eu-west-2",
        "region: eu-west-2\n      also: [eu-north-2]",
        "also:",
        f"{SPEC}.aws.also[0]",
        "did you mean eu-north-1?",
    ),
    "Azure DevOps without the organisation's id": Case(
        SANDBOX,
        "- kind: github\n          url: https://token.actions.githubusercontent.com",
        "- kind: azure-devops\n          url: https://vstoken.dev.azure.com/example",
        "url:",
        f"{SPEC}.identity.oidc[0].url",
        "by its id",
    ),
    "pipelines of another system": Case(
        SANDBOX,
        "- kind: github\n          url: https://token.actions.githubusercontent.com",
        "- kind: gitlab\n          url: https://gitlab.com",
        "ci:",
        f"{SPEC}.identity.ci",
        "no issuer of kind github",
    ),
    "plan and apply in one place": Case(
        SANDBOX,
        "plan: sandbox-plan",
        "plan: sandbox-environment",
        "environment_apply:",
        f"{SPEC}.identity.ci.environment_apply",
        "I2",
    ),
    "a place with a wildcard": Case(
        SANDBOX, "plan: sandbox-plan", 'plan: "sandbox-*"', "plan:", f"{SPEC}.identity.ci.plan", "no wildcard"
    ),
    "a repository without its id": Case(
        SANDBOX,
        '        repository_id: "246813579"\n',
        "",
        "ci:",
        f"{SPEC}.identity.ci.repository_id",
        "is missing",
    ),
    "a repository with a wildcard": Case(
        SANDBOX,
        "example-org/quantum-platform",
        '"example-org/*"',
        "repository:",
        f"{SPEC}.identity.ci.repository",
        "no wildcard",
    ),
    "break-glass of the account itself": Case(
        SANDBOX,
        "arn:aws:iam::999900001111:user/break-glass",
        "arn:aws:iam::111122223333:user/break-glass",
        "principal:",
        f"{SPEC}.identity.break_glass.principal",
        "another account",
    ),
    "break-glass through the identity provider": Case(
        SANDBOX,
        "999900001111:user/break-glass",
        "999900001111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0",
        "principal:",
        f"{SPEC}.identity.break_glass.principal",
        "through the identity provider",
    ),
    "break-glass for everybody": Case(
        SANDBOX,
        "user/break-glass",
        "user/*",
        "principal:",
        f"{SPEC}.identity.break_glass.principal",
        "no wildcard",
    ),
    "bootstrap of another account": Case(
        SANDBOX,
        "      break_glass:",
        "      bootstrap: arn:aws:iam::999900001111:role/OrganizationAccountAccessRole\n      break_glass:",
        "bootstrap:",
        f"{SPEC}.identity.bootstrap",
        "not a role of this account",
    ),
    "adopting what is not used": Case(
        SANDBOX,
        "    alerts:",
        "    existing: [oidc-gitlab]\n    alerts:",
        "existing:",
        f"{SPEC}.existing[0]",
        "not used",
    ),
    "adopting what is no singleton": Case(
        SANDBOX,
        "    alerts:",
        "    existing: [trail]\n    alerts:",
        "existing:",
        f"{SPEC}.existing[0]",
        "access-analyzer",
    ),
    "denied calls without a number": Case(
        SANDBOX,
        "denied_calls_per_hour: 20",
        "denied_calls_per_hour: 0",
        "denied_calls_per_hour:",
        f"{SPEC}.alerts.denied_calls_per_hour",
        "less than",
    ),
    "idle after no time": Case(
        SANDBOX, "idle_days: 90", "idle_days: 6", "idle_days:", f"{SPEC}.alerts.idle_days", "less than"
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


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_environment(project: Copy, case: Case) -> None:
    check(project, "sandbox", case, SANDBOX)


@pytest.mark.parametrize("key", ["ci", "break_glass"])
def test_above_the_sandbox_pipelines_and_break_glass_are_demanded(project: Copy, key: str) -> None:
    text = (project.root / SANDBOX).read_text()
    lines = text.replace("qlz:level: sandbox", "qlz:level: dev").splitlines()
    start = lines.index(f"      {key}:")
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("        "))
    project.write("stacks/Pulumi.dev-two.yaml", "\n".join(lines[:start] + lines[end:]) + "\n")
    (found,) = project.problems("dev-two")
    assert (found.key, f"has no {key}" in found.message) == (f"{SPEC}.identity", True)


@pytest.mark.parametrize(
    ("kind", "url", "repository", "place"),
    [
        ("gitlab", "https://gitlab.com", "example-group/sub/platform", "release/sandbox"),
        (
            "azure-devops",
            "https://vstoken.dev.azure.com/00112233-4455-6677-8899-aabbccddeeff",
            "example-org/Quantum Platform",
            "qlz sandbox plan",
        ),
    ],
)
def test_pipelines_of_other_systems(project: Copy, kind: str, url: str, repository: str, place: str) -> None:
    project.edit(SANDBOX, "        - kind: github", f"        - kind: {kind}")
    project.edit(SANDBOX, "https://token.actions.githubusercontent.com", url)
    project.edit(SANDBOX, "        kind: github\n", f"        kind: {kind}\n")
    project.edit(SANDBOX, "example-org/quantum-platform", repository)
    project.edit(SANDBOX, '        repository_id: "246813579"\n        owner_id: "987654"\n', "")
    project.edit(SANDBOX, "plan: sandbox-plan", f"plan: {place}")
    stack = project.load("sandbox").stack
    assert isinstance(stack, EnvironmentStack)
    ci = stack.spec.identity.ci
    assert ci is not None
    assert (ci.kind, ci.repository, ci.plan) == (kind, repository, place)

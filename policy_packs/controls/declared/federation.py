"""I1, I9: people come in through the organisation's identity provider, where joiners and leavers are kept."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Severity, fail
from policy_packs.controls.stack_facts import Declared


def judge_spec(declared: Declared) -> Iterator[Finding]:
    if not declared.is_project:
        return
    spec = declared.need_spec()
    if declared.azure:
        for role in ("researchers", "auditors", "key_administrators", "approvers"):
            if not spec.groups.get(role):
                yield fail(f"no group of Entra is named for its {role.replace('_', ' ')}")
    elif spec.identity != "saml":
        yield fail("its environment names no SAML provider, so people could come in by stored keys alone")


CONTROL = Control(
    id="qlz-i9-federation",
    title="People come in through the identity provider",
    why="Whoever leaves the organisation loses what hangs on its identity provider, and keeps all the rest.",
    fix="Name the environment's identity.saml on AWS, the project's groups of Entra on Azure.",
    requirements=("I9", "I1"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-2", "AC-2(1)", "PS-4"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.5.18", "A.6.5"),
        "ncsc-cloud-principles": ("9", "10"),
        "csa-ccm-4": ("IAM-03", "IAM-07"),
    },
    types=(),
    judge_spec=judge_spec,
    cloud="any",
    admits_exceptions=False,
)

"""I1, I2, L4: people and pipelines come in, and alerts go out, only by the ways that the environment's
file names.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import OIDC_PROVIDER, SAML_PROVIDER, SUBSCRIPTION
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_environment:
        yield fail("it is made by a project; these belong to the environment")
    elif resource.type == SAML_PROVIDER:
        yield from expect(
            resource["name"],
            lambda name: name == declared.saml,
            "it is not the SAML provider of the stack file",
        )
        yield from expect(
            resource["samlMetadataDocument"],
            lambda text: isinstance(text, str) and text.strip() == declared.saml_metadata.strip() != "",
            "its metadata is not what the stack file names",
        )
    elif resource.type == OIDC_PROVIDER:
        yield from expect(
            resource["url"],
            lambda url: isinstance(url, str) and url.removeprefix("https://") in declared.oidc_issuers,
            "its issuer is not in the stack file",
        )
        yield from expect(
            resource["clientIdLists"],
            lambda found: (
                isinstance(found, list) and bool(found) and set(map(str, found)) <= set(declared.audiences)
            ),
            "its audiences are not those of the stack file",
        )
    else:
        yield from expect(
            resource["protocol"],
            lambda name: name in ("email", "email-json"),
            "it sends alerts elsewhere than by mail",
        )
        yield from expect(
            resource["endpoint"],
            lambda address: address in declared.alert_emails,
            "its address is not among the alerts of the stack file",
        )


CONTROL = Control(
    id="qlz-i1-declared-ways-in",
    title="Identity providers and alert addresses are the declared ones",
    why=(
        "An identity provider nobody reviewed lets its own users in as ours, and an alert sent elsewhere "
        "warns nobody."
    ),
    fix="Declare it in the environment's stack file, under identity or alerts, and have that reviewed.",
    requirements=("I1", "I2", "L4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-8", "IA-8(2)"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.8.5"),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-14", "LOG-03"),
    },
    types=(OIDC_PROVIDER, SAML_PROVIDER, SUBSCRIPTION),
    judge=judge,
    admits_exceptions=False,
)

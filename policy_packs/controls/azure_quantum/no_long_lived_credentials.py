"""I1, K1: nothing on Azure opens with a key or password: tokens of Entra alone."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.azure import LOG, PROVIDER, STORAGE, WORKSPACE
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts

_SECRETS = (
    "clientSecret",
    "clientCertificatePassword",
    "clientCertificatePath",
    "oidcToken",
    "oidcRequestToken",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == PROVIDER:
        for key in _SECRETS:
            if resource[key]:
                yield fail(f"its {key} is written into the stack")
    if resource.type == WORKSPACE:
        # Left out means that keys work.
        yield from expect(
            resource["properties"]["apiKeyEnabled"], lambda on: on is False, "its API keys are not off"
        )
    if resource.type == STORAGE:
        yield from expect(
            resource["allowSharedKeyAccess"], lambda on: on is False, "its shared keys are not off"
        )
        yield from expect(
            resource["isLocalUserEnabled"], lambda on: on is False, "its local users are not off"
        )
        for key in ("isSftpEnabled", "enableNfsV3"):
            yield from expect(resource[key], lambda on: on in (None, False), f"{key} opens it past Entra")
    if resource.type == LOG:
        yield from expect(
            resource["features"]["disableLocalAuth"], lambda off: off is True, "its own keys are not off"
        )


CONTROL = Control(
    id="qlz-i1-azure-no-keys",
    title="Nothing opens with a key of its own",
    why="A key names nobody, does not expire and is copied; no role, no MFA and no log stands before it.",
    fix="Turn keys off in so many words: api_key_enabled, allow_shared_key_access and the like.",
    requirements=("I1", "K1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-5", "AC-2"),
        "iso-27001-2022-annex-a": ("A.5.17", "A.8.5"),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-14", "IAM-15"),
    },
    types=(PROVIDER, WORKSPACE, STORAGE, LOG),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

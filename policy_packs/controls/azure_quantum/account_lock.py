"""W3: a stack touches the subscription that its file names, through a provider of its own, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.azure import PREFIX, PROVIDER, need_azure, one_of, texts
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]{36})", re.IGNORECASE)
# Settings that send requests elsewhere, or have another program make them.
_REDIRECTS = (
    "disableInstanceDiscovery",
    "metadataHost",
    "msiEndpoint",
    "oidcRequestUrl",
    "pluginChecksums",
    "pluginDownloadURL",
)
_REVIEWED = (
    "auxiliaryTenantIds",
    "clientId",
    "disablePulumiPartnerId",
    "environment",
    "location",
    "partnerId",
    "subscriptionId",
    "tenantId",
    "useDefaultAzureCredential",
    "useMsi",
    "useOidc",
    "version",
    # Stored credentials, which qlz-i1-azure-no-keys judges.
    "clientCertificatePassword",
    "clientCertificatePath",
    "clientSecret",
    "oidcRequestToken",
    "oidcToken",
    "oidcTokenFilePath",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == PROVIDER:
        azure = need_azure(facts)
        for key, wanted in (("subscriptionId", azure.subscription), ("tenantId", azure.tenant)):
            yield from expect(
                resource[key],
                one_of(wanted),
                f"its {key} is {resource[key]}, the stack's is {wanted}",
            )
        yield from expect(
            resource["environment"], lambda found: found in (None, "public"), "it is another Azure's"
        )
        if resource["auxiliaryTenantIds"]:
            yield fail("it uses further tenants")
        for key, value in resource.props.items():
            if key in _REVIEWED or value.absent or value.plain() in (False, "false", ""):
                continue
            if key in _REDIRECTS:
                yield fail(f"its {key} sends it to another place than Azure")
            else:
                yield fail(f"its {key} is a setting that nobody has reviewed")
    elif resource.type.startswith(PREFIX):
        azure = need_azure(facts)
        if not resource.provider_type:
            yield undecided("it names no provider, so its subscription is whatever the machine is set to")
        elif resource.provider_type != PROVIDER:
            yield fail(f"it goes through a provider of another kind, {resource.provider_type}")
        for text in texts(resource.props):
            for found in _SUBSCRIPTION.findall(text):
                if found.lower() != azure.subscription:
                    yield fail(f"it refers to the subscription {found}, the stack's is {azure.subscription}")


CONTROL = Control(
    id="qlz-w3-azure-account-lock",
    title="Only the stack's own subscription",
    why="A stack that reaches into another subscription escapes its environment's locks, logs and people.",
    fix="Use the stack's own provider, with subscription_id and tenant_id as its stack file says.",
    requirements=("W3", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(21)", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.22", "A.8.31"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06",),
    },
    types=(),
    judge=judge,
    cloud="azure",
    admits_exceptions=False,
)

"""W3: a provider works in the account that the stack file names, and talks to AWS and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import PROVIDER, provider_data
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts

# Settings that send requests elsewhere, or keep the provider from noticing where it is.
_REDIRECTS = (
    "endpoints",
    "insecure",
    "httpProxy",
    "httpsProxy",
    "customCaBundle",
    "skipCredentialsValidation",
    "skipRequestingAccountId",
    "stsRegion",
    "ec2MetadataServiceEndpoint",
    "pluginDownloadURL",  # another provider under this one's name
    "pluginChecksums",
    "sharedConfigFiles",  # may name endpoints and programs that hand out credentials
)
_REVIEWED = (
    "allowedAccountIds",
    "assumeRoleWithWebIdentity",
    "assumeRoles",
    "defaultTags",
    "forbiddenAccountIds",
    "maxRetries",
    "region",
    "retryMode",
    "s3UsEast1RegionalEndpoint",
    "s3UsePathStyle",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "tagPolicyCompliance",
    "tokenBucketRateLimiterCapacity",
    "useDualstackEndpoint",
    "useFipsEndpoint",
    "userAgents",
    "version",
    # Stored credentials, which qlz-i1-no-long-lived-credentials judges.
    "accessKey",
    "profile",
    "secretKey",
    "sharedCredentialsFiles",
    "token",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    account = facts.need().account
    yield from expect(
        provider_data(resource.props, "allowedAccountIds"),
        lambda accounts: accounts == [account],
        f"it may work in other accounts than {account}",
    )
    for name in ("assumeRoles", "assumeRoleWithWebIdentity"):
        for role in provider_data(resource.props, name):
            yield from expect(
                role["roleArn"],
                lambda arn: isinstance(arn, str) and arn.startswith(f"arn:aws:iam::{account}:role/"),
                f"{name} names a role of another account than {account}",
            )
    for name, value in resource.props.items():
        if name in _REVIEWED or value.absent or value == False or value == "false":  # noqa: E712 - a Value
            continue
        if name in _REDIRECTS:
            yield fail(f"{name} lets its requests go, or pass unchecked, to somewhere else")
        else:  # such as ignoreTags, which would hide that a role's project tag was changed
            yield fail(f"{name} is a setting that nobody has reviewed")


CONTROL = Control(
    id="qlz-w3-account-lock",
    title="One account for each stack",
    why=(
        "A stack that reaches another account leaves that account's owner no say and its isolation no "
        "meaning."
    ),
    fix="Give the provider allowed_account_ids=[account of the stack file] and leave its endpoints alone.",
    requirements=("W3", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(21)", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.22", "A.8.31"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06",),
    },
    types=(PROVIDER,),
    judge=judge,
    admits_exceptions=False,
)

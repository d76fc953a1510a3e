"""What the programs of all kinds share."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

Exports = dict[str, Any]


class ProgramError(Exception):
    """The stack cannot be built on what is there; the text says what to do."""


def provider(account: str, region: str) -> pulumi.ResourceOptions:
    """The stack's one provider: credentials for another account stop the run."""
    found = aws.Provider("aws", region=region, allowed_account_ids=[account])
    return pulumi.ResourceOptions(provider=found)

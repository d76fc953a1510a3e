"""What the programs of all kinds share."""

from __future__ import annotations

from collections.abc import Iterable
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


def refuse_differences(stack: str, environment: str, compared: Iterable[tuple[str, str, str]]) -> None:
    """Raises ProgramError where a project's file (second) differs from what its environment has (third)."""
    for key, here, there in compared:
        if here != there:
            raise ProgramError(
                f"stack {stack} says {key} {here}, but its environment {environment} has {there}\n"
                f"    fix: make them the same, or name the environment the project lives in"
            )

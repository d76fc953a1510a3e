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


def environment_reference(environment: str) -> pulumi.StackReference:
    """The stack of a project's environment, in the same organization and Pulumi project."""
    return pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{environment}")


async def read_exports(
    reference: pulumi.StackReference, stack: str, environment: str, names: Iterable[str]
) -> Exports:
    """What an environment exports under these names. Raises ProgramError for one it does not export."""
    found: Exports = {}
    for name in names:
        details = await reference.get_output_details(name)
        if details.value is None:
            raise not_exported(stack, environment, name)
        found[name] = details.value
    return found


def not_exported(stack: str, environment: str, name: str) -> ProgramError:
    """An environment that is not up, or not as this version of the project would have it."""
    return ProgramError(
        f"stack {stack} lives in the environment {environment}, whose stack exports no {name}\n"
        f"    fix: bring the stack {environment} up first, with this version of the project"
    )


def refuse_differences(stack: str, environment: str, compared: Iterable[tuple[str, str, str]]) -> None:
    """Raises ProgramError where a project's file (second) differs from what its environment has (third)."""
    for key, here, there in compared:
        if here != there:
            raise ProgramError(
                f"stack {stack} says {key} {here}, but its environment {environment} has {there}\n"
                f"    fix: make them the same, or name the environment the project lives in"
            )

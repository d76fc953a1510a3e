"""What the programs of all kinds share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi

from components.spec import AnyProject
from components.tags import ProjectTags

Exports = dict[str, Any]


class ProgramError(Exception):
    """The stack cannot be built on what is there; the text says what to do."""


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


def project_tags(stack: AnyProject) -> ProjectTags:
    """The tags of everything in a project."""
    charter = stack.charter
    return ProjectTags(
        project=charter.name,
        environment=stack.environment_label,
        tier=stack.spec.tier.value,
        owner=charter.owner,
        cost_centre=charter.cost_centre,
        classification=charter.classification.value,
        end_date=charter.end,
    )

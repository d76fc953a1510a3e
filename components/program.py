"""From a validated stack to components and exports: the body of the Pulumi program."""

from __future__ import annotations

from components.programs.common import Exports, ProgramError
from components.programs.environment import build_environment
from components.programs.organization import build_organization
from components.programs.project import build_project, read_environment
from components.spec import EnvironmentStack, LoadedStack, OrganizationStack

__all__ = ["Exports", "ProgramError", "build"]


async def build(loaded: LoadedStack) -> Exports:
    """Registers what the stack describes and returns its exports.

    ProgramError: its environment is missing or another one. ArgumentError: AWS would refuse an argument.
    """
    stack = loaded.stack
    if isinstance(stack, OrganizationStack):
        return build_organization(stack, loaded.environments)
    if isinstance(stack, EnvironmentStack):
        return build_environment(stack, loaded.projects)
    return build_project(stack, await read_environment(stack))

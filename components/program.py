"""From a validated stack to components and exports: the body of the Pulumi program."""

from __future__ import annotations

from components.programs.common import Exports, ProgramError
from components.spec import (
    AnyAzure,
    AzureEnvironmentStack,
    AzureProjectStack,
    EnvironmentStack,
    LoadedStack,
    OrganizationStack,
    ProjectStack,
)

__all__ = ["Exports", "ProgramError", "build"]


async def build(loaded: LoadedStack) -> Exports:
    """Registers what the stack describes and returns its exports.

    ProgramError: its environment is missing or another one, or what the cloud holds could not be read.
    ArgumentError: the cloud would refuse an argument.
    """
    if isinstance(loaded.stack, AnyAzure):
        return await _on_azure(loaded, loaded.stack)
    return await _on_aws(loaded, loaded.stack)


# Each cloud's SDK takes a second to import, so only that of the stack's own cloud is.


async def _on_azure(loaded: LoadedStack, stack: AnyAzure) -> Exports:
    from components.azure_quantum.freeze import FreezeError
    from components.programs.azure_environment import build_azure_environment
    from components.programs.azure_project import build_azure_project, read_azure_environment

    try:
        if isinstance(stack, AzureEnvironmentStack):
            there = [row for row in loaded.projects if isinstance(row, AzureProjectStack)]
            return await build_azure_environment(stack, there)
        return await build_azure_project(stack, await read_azure_environment(stack))
    except FreezeError as error:
        raise ProgramError(str(error)) from error


async def _on_aws(loaded: LoadedStack, stack: OrganizationStack | EnvironmentStack | ProjectStack) -> Exports:
    from components.programs.environment import build_environment
    from components.programs.organization import build_organization
    from components.programs.project import build_project, read_environment

    if isinstance(stack, OrganizationStack):
        found = [row for row in loaded.environments if isinstance(row, EnvironmentStack)]
        return build_organization(stack, found)
    if isinstance(stack, EnvironmentStack):
        own = [row for row in loaded.projects if isinstance(row, ProjectStack)]
        return build_environment(stack, own)
    return build_project(stack, await read_environment(stack))

"""A stack that was read and found right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from components.spec.environment import Lifecycle
from components.spec.problems import Path as KeyPath
from components.spec.problems import Problem
from components.spec.stacks import AnyEnvironment, AnyProject, OrganizationStack, Stack
from components.spec.strict_yaml import Document
from components.spec.timing import environment_timing, organization_timing, project_timing


@dataclass(frozen=True)
class LoadedStack:
    """A valid stack with what belongs to it.

    config: what an engine must be given: key to plain value, those that Pulumi.yaml sets included.
    environments: for a project, the environment it lives in; for an environment, itself; for the
    organization, those it names.
    projects: for an environment, the active projects in it, which share its spending limits and alarms.
    documents: the files it was read from, by their names relative to the root.
    """

    root: Path
    stack: Stack
    environments: tuple[AnyEnvironment, ...]
    config: Mapping[str, Any]
    documents: Mapping[str, Document]
    projects: tuple[AnyProject, ...] = ()

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.stack.name

    @property
    def environment(self) -> AnyEnvironment:
        """The environment of a project or an environment; the organization has none of its own."""
        (found,) = self.environments
        return found

    @property
    def file(self) -> str:
        """The stack's own file, relative to the root."""
        return stack_file(self.name)

    def line(self, *path: str | int) -> int:
        """The line of a key in the stack's own file: ``line("config", "qlz:spec", "tier")``."""
        key: KeyPath = path
        return self.documents[self.file].line(key)

    def time_problems(self, today: date) -> tuple[Problem, ...]:
        """What is wrong because of the day: ends, reviews, contracts, retired devices.

        Those with ``blocks`` refuse what widens or adds, never what only tightens or takes away.
        The rest is to be shown; nothing blocks a stack that is decommissioned.
        """
        found: list[Problem] = []
        if isinstance(self.stack, OrganizationStack):
            found = list(organization_timing(self.documents[self.file], self.stack, today))
        else:
            environment_doc = self.documents[stack_file(self.environment.name)]
            found = list(environment_timing(environment_doc, self.environment, today))
        if isinstance(self.stack, AnyProject):
            charter_doc = self.documents[charter_file(self.stack.spec.charter)]
            found = [*project_timing(self.documents[self.file], charter_doc, self.stack, today), *found]
        if self.stack.spec.lifecycle is Lifecycle.DECOMMISSIONED:
            found = [replace(problem, blocks=False) for problem in found]
        return tuple(found)


def stack_file(name: str) -> str:
    """The file of a stack, relative to the root."""
    return f"stacks/Pulumi.{name}.yaml"


def charter_file(name: str) -> str:
    """The file of a charter, relative to the root."""
    return f"stacks/charters/{name}.yaml"

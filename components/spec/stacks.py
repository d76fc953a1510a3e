"""The stacks a file can describe."""

from __future__ import annotations

from typing import Literal

from components.spec.charter import Charter
from components.spec.environment import EnvironmentSpec
from components.spec.fields import Model
from components.spec.organization import OrganizationSpec
from components.spec.project import ProjectSpec
from components.spec.tiers import Level, TierDemands, tier_demands


def environment_label(environment: str, project: str) -> str:
    """The environment's part of a project's names: its stack's name, or prod for the project's own one."""
    return str(Level.PROD) if environment == f"{Level.PROD}-{project}" else environment


class EnvironmentStack(Model):
    """A stack of kind environment."""

    name: str
    kind: Literal["environment"] = "environment"
    level: Level
    spec: EnvironmentSpec

    @property
    def label(self) -> str:
        """The environment's part of names. A production environment is one project's, so prod says enough."""
        return str(Level.PROD) if self.level is Level.PROD else self.name


ORGANIZATION = "organization"
"""The level of the organization's stack, which stands above all levels."""


class OrganizationStack(Model):
    """A stack of kind organization."""

    name: str
    kind: Literal["organization"] = "organization"
    level: Literal["organization"] = "organization"
    spec: OrganizationSpec


class ProjectStack(Model):
    """A stack of kind project, with its charter."""

    name: str
    kind: Literal["project"] = "project"
    level: Level
    spec: ProjectSpec
    charter: Charter

    @property
    def demands(self) -> TierDemands:
        """What the stack's tier demands."""
        return tier_demands(self.spec.tier)

    @property
    def environment_label(self) -> str:
        """The environment's part of the stack's name: sandbox, dev, sandbox-two, or prod."""
        return environment_label(self.spec.environment, self.spec.charter)


Stack = EnvironmentStack | ProjectStack | OrganizationStack

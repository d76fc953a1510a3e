"""The stacks a file can describe."""

from __future__ import annotations

from typing import Literal

from components.spec.charter import Charter
from components.spec.environment import EnvironmentSpec
from components.spec.fields import Model
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


Stack = EnvironmentStack | ProjectStack

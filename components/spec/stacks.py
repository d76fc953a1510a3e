"""The stacks a file can describe."""

from __future__ import annotations

from typing import Literal

from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec
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
    def account(self) -> str:
        """The account whose credentials the stack needs."""
        return self.spec.aws.account

    @property
    def label(self) -> str:
        """The environment's part of names. A production environment is one project's, so prod says enough."""
        return str(Level.PROD) if self.level is Level.PROD else self.name


AZURE_PREFIX = "azure-"
"""Begins the names of environments on Azure, so that the two clouds' environments stand side by side."""


def azure_environment_label(environment: str, project: str) -> str:
    """The same of an environment on Azure: sandbox for azure-sandbox, prod for the project's own one."""
    return environment_label(environment.removeprefix(AZURE_PREFIX), project)


class AzureEnvironmentStack(Model):
    """A stack of kind environment on Azure."""

    name: str
    kind: Literal["environment"] = "environment"
    level: Level
    spec: AzureEnvironmentSpec

    @property
    def account(self) -> str:
        """The account whose credentials the stack needs: a subscription."""
        return self.spec.azure.subscription

    @property
    def label(self) -> str:
        """The environment's part of names."""
        own = self.name.removeprefix(AZURE_PREFIX)
        return str(Level.PROD) if self.level is Level.PROD else own


ORGANIZATION = "organization"
"""The level of the organization's stack, which stands above all levels."""


class OrganizationStack(Model):
    """A stack of kind organization."""

    name: str
    kind: Literal["organization"] = "organization"
    level: Literal["organization"] = "organization"
    spec: OrganizationSpec

    @property
    def account(self) -> str:
        """The account whose credentials the stack needs."""
        return self.spec.aws.account


class _ProjectOnAnyCloud(Model):
    """What stacks of kind project have alike."""

    name: str
    kind: Literal["project"] = "project"
    level: Level
    spec: ProjectSpec | AzureProjectSpec
    charter: Charter

    @property
    def demands(self) -> TierDemands:
        """What the stack's tier demands."""
        return tier_demands(self.spec.tier)


class ProjectStack(_ProjectOnAnyCloud):
    """A stack of kind project, with its charter."""

    spec: ProjectSpec

    @property
    def account(self) -> str:
        """The account whose credentials the stack needs."""
        return self.spec.aws.account

    @property
    def environment_label(self) -> str:
        """The environment's part of the stack's name: sandbox, dev, sandbox-two, or prod."""
        return environment_label(self.spec.environment, self.spec.charter)


class AzureProjectStack(_ProjectOnAnyCloud):
    """A stack of kind project on Azure, with its charter."""

    spec: AzureProjectSpec

    @property
    def account(self) -> str:
        """The account whose credentials the stack needs: a subscription."""
        return self.spec.azure.subscription

    @property
    def environment_label(self) -> str:
        """The environment's part of the stack's name: sandbox, dev, or prod."""
        return azure_environment_label(self.spec.environment, self.spec.charter)


AnyEnvironment = EnvironmentStack | AzureEnvironmentStack
AnyProject = ProjectStack | AzureProjectStack
AnyAzure = AzureEnvironmentStack | AzureProjectStack
Stack = AnyEnvironment | AnyProject | OrganizationStack

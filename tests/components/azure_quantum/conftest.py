"""The example environment and project on Azure, run against mocks, at preview and at up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pulumi
import pytest

from components.azure_quantum.budget import BudgetArgs
from components.azure_quantum.ci_identity import PipelineArgs
from components.azure_quantum.elevation import ElevationArgs
from components.azure_quantum.environment import Environment, EnvironmentArgs
from components.azure_quantum.environment_roles import RolesArgs
from components.azure_quantum.identity import GroupsArgs, ServiceArgs
from components.azure_quantum.log_sinks import LogSinksArgs
from components.azure_quantum.names import EnvironmentNames, ProjectNames, guid
from components.azure_quantum.project import Project, ProjectArgs
from components.azure_quantum.trail_alarms import Unusual
from components.programs.common import azure_provider
from components.tags import EnvironmentTags, ProjectTags
from tests.components.azure_quantum.runner import Azure, run
from tests.components.runner import Run

TENANT, SUBSCRIPTION = guid("tenant"), guid("subscription")
PLACE = EnvironmentNames(TENANT, SUBSCRIPTION, "westeurope", "sandbox", ("northeurope",))
NAMES = ProjectNames("catalyst", PLACE)
GITHUB = "https://token.actions.githubusercontent.com"
GROUPS = GroupsArgs(*(guid("group", kind) for kind in ("researchers", "auditors", "keys", "approvers")))


def pipeline_args(**changes: Any) -> PipelineArgs:
    """A right pipeline, changed."""
    given: dict[str, Any] = {
        "issuer": GITHUB,
        "repository": "example-org/catalyst",
        "repository_id": "123456789",
        "owner_id": "987654",
        "environment": "sandbox",
    }
    return PipelineArgs(**{**given, **changes})


def roles_args(**changes: Any) -> RolesArgs:
    """Right roles of the environment, changed."""
    places = {"plan": "plan", "environment-apply": "environment", "project-apply": "projects"}
    given: dict[str, Any] = {
        "platform": guid("group", "platform"),
        "security": guid("group", "security"),
        "responders": guid("group", "responders"),
        "pipelines": {
            kind: pipeline_args(repository="example-org/platform", environment=place)
            for kind, place in places.items()
        },
        "break_glass": guid("user", "break-glass"),
    }
    return RolesArgs(**{**given, **changes})


def elevation_args(**changes: Any) -> ElevationArgs:
    """Right elevation of the project, changed."""
    given: dict[str, Any] = {
        "names": NAMES,
        "requesters": GROUPS.researchers,
        "approvers": GROUPS.approvers,
        "rules": {"production-queue": guid("rule", "queue"), "rotate-key": guid("rule", "rotate")},
        "hours": 8,
        "until": date(2027, 10, 31),
    }
    return ElevationArgs(**{**given, **changes})


def environment_args(**changes: Any) -> EnvironmentArgs:
    """A right environment, changed."""
    given: dict[str, Any] = {
        "names": PLACE,
        "level": "sandbox",
        "tags": EnvironmentTags("sandbox", "platform@example.org", "CC-1001"),
        "log_sinks": LogSinksArgs(365, 30, 365, 90),
        "alert_emails": ("oncall@example.org",),
        "denied_calls_per_hour": 20,
        "roles": roles_args(),
        "elevation": (elevation_args(),),
    }
    return EnvironmentArgs(**{**given, **changes})


def project_args(**changes: Any) -> ProjectArgs:
    """A right project, changed."""
    given: dict[str, Any] = {
        "names": NAMES,
        "tags": ProjectTags(
            project="catalyst",
            environment="sandbox",
            tier="internal-research",
            owner="team@example.org",
            cost_centre="CC-2001",
            classification="internal",
            end_date=date(2027, 12, 31),
        ),
        "targets": ("quantinuum.sim.h2-1e", "rigetti.sim.qvm"),
        "plans": {"rigetti": "azure-basic-qvm-only-unlimited", "quantinuum": "basic1"},
        "groups": GROUPS,
        "pipeline": pipeline_args(),
        "service": ServiceArgs(
            "https://oidc.example.org/cluster", "system:serviceaccount:catalyst:scheduler"
        ),
        "unusual": Unusual(60, ("192.0.2.0/24", "10.4.0.0/14"), 60),
        "budget": BudgetArgs("500", date(2026, 11, 1), (50, 100), "team@example.org"),
        "retention_days": 90,
    }
    return ProjectArgs(**{**given, **changes})


def run_environment(preview: bool = False, **changes: Any) -> Run:
    """Registers an environment."""

    def program() -> None:
        opts = pulumi.ResourceOptions(provider=azure_provider(TENANT, SUBSCRIPTION))
        Environment("azure-sandbox", environment_args(**changes), opts)

    return run(program, "azure-sandbox", Azure(preview))


def run_project(preview: bool = False, **changes: Any) -> Run:
    """Registers a project."""

    def program() -> None:
        opts = pulumi.ResourceOptions(provider=azure_provider(TENANT, SUBSCRIPTION))
        Project("catalyst-sandbox", project_args(**changes), opts)

    return run(program, "catalyst-sandbox", Azure(preview))


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def environment(request: pytest.FixtureRequest) -> Run:
    """The environment, at preview and at up."""
    return run_environment(preview=request.param)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def project(request: pytest.FixtureRequest) -> Run:
    """The project, at preview and at up."""
    return run_project(preview=request.param)


@pytest.fixture(scope="session")
def environment_up() -> Run:
    """The environment at up."""
    return run_environment()


@pytest.fixture(scope="session")
def project_up() -> Run:
    """The project at up."""
    return run_project()


@pytest.fixture(scope="session")
def frozen_up() -> Run:
    """The project at up, frozen."""
    return run_project(frozen="2026-11-22 by responder")

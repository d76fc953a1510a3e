"""The example environment and project, run once against mocks; their roles as the evaluator sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pulumi
import pytest

from components.braket.environment import Environment, EnvironmentArgs
from components.braket.identity import GITHUB, OidcArgs, PipelineArgs, SamlArgs
from components.braket.log_sinks import LogSinksArgs
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.project import Project, ProjectArgs
from components.tags import EnvironmentTags, ProjectTags
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run, run

PLACE = EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox")
SV1 = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
DM1 = "arn:aws:braket:::device/quantum-simulator/amazon/dm1"


def environment_args(**changes: Any) -> EnvironmentArgs:
    """A right environment, changed."""
    given: dict[str, Any] = {
        "names": PLACE,
        "level": "sandbox",
        "tags": EnvironmentTags("sandbox", "platform@example.org", "CC-1001"),
        "saml": SamlArgs("corporate", "<EntityDescriptor/>" + " " * 1000),
        "oidc": (OidcArgs("github", f"https://{GITHUB}", "sts.amazonaws.com"),),
        "log_sinks": LogSinksArgs("GOVERNANCE", 365, 30, 365, 90),
        "alert_emails": ("oncall@example.org",),
    }
    return EnvironmentArgs(**{**given, **changes})


def pipeline_args(**changes: Any) -> PipelineArgs:
    """A right pipeline, changed."""
    given: dict[str, Any] = {
        "provider_arn": PLACE.oidc_provider_arn(f"https://{GITHUB}"),
        "audience": "sts.amazonaws.com",
        "repository": "example-org/optimus",
        "repository_id": "123456789",
        "owner_id": "987654",
        "environment": "sandbox",
    }
    return PipelineArgs(**{**given, **changes})


def project_args(project: str = "optimus", **changes: Any) -> ProjectArgs:
    """A right project, changed."""
    given: dict[str, Any] = {
        "names": ProjectNames(project, PLACE),
        "tags": ProjectTags(
            project=project,
            environment="sandbox",
            tier="internal-research",
            owner="team@example.org",
            cost_centre="CC-2001",
            classification="internal",
            end_date=date(2027, 12, 31),
        ),
        "devices": (SV1, DM1),
        "boundary_arn": PLACE.boundary_arn,
        "saml_provider_arn": PLACE.saml_provider_arn("corporate"),
        "pipeline": pipeline_args(),
        "session_hours": 4,
        "retention_days": 90,
    }
    return ProjectArgs(**{**given, **changes})


def run_environment(preview: bool = False, **changes: Any) -> Run:
    """Runs an environment by itself."""

    def program() -> None:
        import pulumi_aws as aws

        provider = aws.Provider("aws", region=PLACE.region, allowed_account_ids=[ACCOUNT])
        Environment("sandbox", environment_args(**changes), pulumi.ResourceOptions(provider=provider))

    return run(program, preview=preview)


def run_project(project: str = "optimus", preview: bool = False, **changes: Any) -> Run:
    """Runs a project by itself."""

    def program() -> None:
        import pulumi_aws as aws

        provider = aws.Provider("aws", region=PLACE.region, allowed_account_ids=[ACCOUNT])
        Project(project, project_args(project, **changes), pulumi.ResourceOptions(provider=provider))

    return run(program, stack=f"{project}-sandbox", preview=preview)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def environment(request: pytest.FixtureRequest) -> Run:
    """The environment, at preview and at up."""
    return run_environment(preview=request.param)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def project(request: pytest.FixtureRequest) -> Run:
    """The project optimus, at preview and at up."""
    return run_project(preview=request.param)


@pytest.fixture(scope="session")
def boundary() -> dict[str, Any]:
    """The permission boundary."""
    return run_environment().one("aws:iam/policy:Policy", "boundary").document("policy")


def roles_of(found: Run, boundary: dict[str, Any]) -> dict[str, Role]:
    """Roles of a project by kind, with what was attached to them."""
    policies = {
        f"arn:aws:mock:::{made.type}/{made.name}": made for made in found.all("aws:iam/policy:Policy")
    }
    roles = {}
    for made in found.all("aws:iam/role:Role"):
        attached = [
            policies[attachment.inputs["policyArn"]].document("policy")
            for attachment in found.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
            if attachment.inputs["role"] == made.inputs["name"]
        ]
        attached += [
            inline.document("policy")
            for inline in found.all("aws:iam/rolePolicy:RolePolicy")
            if inline.inputs["role"] == made.inputs["name"]
        ]
        arn = f"arn:aws:iam::{ACCOUNT}:role{made.inputs['path']}{made.inputs['name']}"
        roles[made.name] = Role(arn, tuple(attached), boundary, made.inputs["tags"])
    return roles


@pytest.fixture(scope="session")
def roles(boundary: dict[str, Any]) -> dict[str, Role]:
    """The roles of the project optimus."""
    return roles_of(run_project(), boundary)


@pytest.fixture(scope="session")
def other_roles(boundary: dict[str, Any]) -> dict[str, Role]:
    """The roles of another project of the same environment, whose name begins alike."""
    return roles_of(run_project("optimus-two"), boundary)


Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def up() -> Run:
    """The project optimus at up."""
    return run_project()


@pytest.fixture(scope="session")
def policies(up: Run) -> dict[str, dict[str, Any]]:
    """Managed policies of the project, parsed, by name."""
    return {made.name: json.loads(made.inputs["policy"]) for made in up.all("aws:iam/policy:Policy")}

"""The example environment and project, run once against mocks; their roles as the evaluator sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pulumi
import pytest

from components.braket.environment import Environment, EnvironmentArgs
from components.braket.environment_roles import RolesArgs
from components.braket.identity import GITHUB, OidcArgs, PipelineArgs, SamlArgs
from components.braket.log_sinks import LogSinksArgs
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.organization import Organization, OrganizationArgs
from components.braket.project import Project, ProjectArgs
from components.braket.trail_alarms import Unusual
from components.tags import EnvironmentTags, OrganizationTags, ProjectTags
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run, run

PLACE = EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox", ("eu-north-1",))
GARNET = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
EMERALD = "arn:aws:braket:eu-north-1::device/qpu/iqm/Emerald"
BREAK_GLASS = "arn:aws:iam::999900001111:user/break-glass"
SV1 = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
DM1 = "arn:aws:braket:::device/quantum-simulator/amazon/dm1"


def roles_args(**changes: Any) -> RolesArgs:
    """Right roles of the environment, changed."""
    places = {"plan": "plan", "environment-apply": "environment", "project-apply": "projects"}
    given: dict[str, Any] = {
        "pipelines": {
            kind: pipeline_args(repository="example-org/platform", environment=place)
            for kind, place in places.items()
        },
        "break_glass": BREAK_GLASS,
    }
    return RolesArgs(**{**given, **changes})


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
        "denied_calls_per_hour": 20,
        "roles": roles_args(),
        "spending": {GARNET: "250", EMERALD: "0"},
        "unusual": (Unusual("optimus", (SV1, GARNET), 100, ("192.0.2.0/24", "10.4.0.0/14")),),
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


def organization_args(**changes: Any) -> OrganizationArgs:
    """A right organization, changed."""
    given: dict[str, Any] = {
        "account": "999900001111",
        "tags": OrganizationTags("governance@example.org", "CC-1000"),
        "environments": (PLACE, EnvironmentNames("222233334444", "eu-west-2", "dev")),
        "cost_tags": ("project", "cost-centre"),
    }
    return OrganizationArgs(**{**given, **changes})


def run_organization(preview: bool = False, **changes: Any) -> Run:
    """Registers an organization."""

    def program() -> None:
        import pulumi_aws as aws

        provider = aws.Provider("aws", region="eu-west-2", allowed_account_ids=["999900001111"])
        Organization("organization", organization_args(**changes), pulumi.ResourceOptions(provider=provider))

    return run(program, stack="organization", preview=preview)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def environment(request: pytest.FixtureRequest) -> Run:
    """The environment, at preview and at up."""
    return run_environment(preview=request.param)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def project(request: pytest.FixtureRequest) -> Run:
    """The project optimus, at preview and at up."""
    return run_project(preview=request.param)


@pytest.fixture(scope="session")
def operators() -> dict[str, Role]:
    """The environment's own roles, without the project boundary."""
    found = run_environment()
    made = roles_of(found, {})
    return {kind: Role(made[kind].arn, made[kind].identity, None, made[kind].tags) for kind in made}


@pytest.fixture(scope="session")
def boundary() -> dict[str, Any]:
    """The permission boundary."""
    return run_environment().one("aws:iam/policy:Policy", "boundary").document("policy")


def roles_of(found: Run, boundary: dict[str, Any]) -> dict[str, Role]:
    """Roles of a project by kind, with what was attached to them."""
    policies = {
        f"arn:aws:mock:::{made.type}/{made.name}": made for made in found.all("aws:iam/policy:Policy")
    }
    for made in found.all("aws:iam/policy:Policy"):
        policies[f"arn:aws:iam::{ACCOUNT}:policy{made.inputs['path']}{made.inputs['name']}"] = made
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

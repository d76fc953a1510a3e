"""Who comes in, and how (I1 to I5): federation above the projects, roles within them.

Trust, one shape for each kind of principal, all of them exact:

- people by SAML, for the console's audience. The identity provider says which people: its assertion
  names the role, by group membership (I9). MFA is the provider's too: a SAML session shows AWS none (I1).
- GitHub workflows by OIDC: audience, repository id, deployment environment, and the subject in both forms
  GitHub sends (names alone, and since 2026-07 names with ids). The ids keep the trust from following a name
  that somebody else takes over; the deployment environment keeps pull requests out.
- Braket for hybrid jobs, from this account and region only.

None allows sts:TagSession: session tags would overlay the role's own, by which the boundary decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_length, check_match, check_range
from components.braket.names import BRAKET_PRINCIPAL, EnvironmentNames, ProjectNames
from components.braket.policy import Kind, Statement, policy

SAML_AUDIENCE = "https://signin.aws.amazon.com/saml"
GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class SamlArgs:
    """The identity provider of people. metadata: its XML document, 1,000 to 10,000,000 characters (IAM)."""

    name: str
    metadata: str

    def __post_init__(self) -> None:
        check_match(
            "SamlArgs.name", self.name, r"[A-Za-z0-9._-]{1,128}", "1 to 128 of letters, digits and . _ -"
        )
        check_range("SamlArgs.metadata", len(self.metadata), 1000, 10_000_000, "characters")
        if "EntityDescriptor" not in self.metadata:
            raise ArgumentError(
                "SamlArgs.metadata", "has no EntityDescriptor", "the provider's metadata document"
            )


@dataclass(frozen=True, slots=True)
class OidcArgs:
    """The issuer of a CI system's tokens, and the audience they name."""

    kind: str
    url: str
    audience: str

    def __post_init__(self) -> None:
        check_match("OidcArgs.kind", self.kind, "github", "github: each kind has its own shape of trust")
        check_match("OidcArgs.url", self.url, f"https://{re.escape(GITHUB)}", f"https://{GITHUB}")
        check_match(
            "OidcArgs.audience", self.audience, r"[A-Za-z0-9:/._-]{1,255}", "one audience, no wildcard"
        )


@dataclass(frozen=True, slots=True)
class PipelineArgs:
    """A CI workflow, by name and by id.

    provider_arn, audience: of the environment's OIDC provider. environment: GitHub's deployment environment.
    """

    provider_arn: str
    audience: str
    repository: str
    repository_id: str
    owner_id: str
    environment: str

    def __post_init__(self) -> None:
        check_match(
            "PipelineArgs.provider_arn",
            self.provider_arn,
            rf"arn:aws:iam::[0-9]{{12}}:oidc-provider/{re.escape(GITHUB)}",
            f"the ARN of the OIDC provider {GITHUB}",
        )
        check_match(
            "PipelineArgs.audience", self.audience, r"[A-Za-z0-9:/._-]{1,255}", "one audience, no wildcard"
        )
        check_match(
            "PipelineArgs.repository",
            self.repository,
            r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+",
            "owner/name, no wildcard",
        )
        for argument, value in (("repository_id", self.repository_id), ("owner_id", self.owner_id)):
            check_match(f"PipelineArgs.{argument}", value, r"[1-9][0-9]{0,18}", "a numeric id")
        check_match(
            "PipelineArgs.environment", self.environment, r"[A-Za-z0-9_.-]{1,255}", "a deployment environment"
        )

    @property
    def subjects(self) -> tuple[str, str]:
        """The token's subject, in both forms GitHub sends."""
        owner, name = self.repository.split("/")
        return (
            f"repo:{self.repository}:environment:{self.environment}",
            f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}:environment:{self.environment}",
        )


def federation(
    saml: SamlArgs | None,
    oidc: tuple[OidcArgs, ...],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Resource, ...]:
    """Makes the identity providers. GitHub's needs no thumbprint: AWS checks it by its own CAs."""
    found: list[pulumi.Resource] = [
        aws.iam.OpenIdConnectProvider(
            issuer.kind, url=issuer.url, client_id_lists=[issuer.audience], tags=tags, opts=opts
        )
        for issuer in oidc
    ]
    if saml is not None:
        found.append(
            aws.iam.SamlProvider(
                "people", name=saml.name, saml_metadata_document=saml.metadata, tags=tags, opts=opts
            )
        )
    return tuple(found)


def trust_people(saml_provider_arn: str) -> str:
    """Lets people in by SAML. The provider may set a source identity, which the trail then shows."""
    return policy(
        Kind.TRUST,
        (
            Statement(
                "People",
                "Allow",
                principals={"Federated": (saml_provider_arn,)},
                actions=("sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"),
                conditions={"StringEquals": {"SAML:aud": SAML_AUDIENCE}},
            ),
        ),
    )


def trust_pipeline(args: PipelineArgs) -> str:
    """Lets one repository's workflows in, from one deployment environment."""
    return policy(
        Kind.TRUST,
        (
            Statement(
                "Pipeline",
                "Allow",
                principals={"Federated": (args.provider_arn,)},
                actions=("sts:AssumeRoleWithWebIdentity",),
                conditions={
                    "StringEquals": {
                        f"{GITHUB}:aud": args.audience,
                        f"{GITHUB}:environment": args.environment,
                        f"{GITHUB}:repository_id": args.repository_id,
                        f"{GITHUB}:sub": args.subjects,
                    }
                },
            ),
        ),
    )


def trust_braket(names: EnvironmentNames) -> str:
    """Lets Braket run hybrid jobs of this account and region."""
    return policy(
        Kind.TRUST,
        (
            Statement(
                "HybridJobs",
                "Allow",
                principals={"Service": (BRAKET_PRINCIPAL,)},
                actions=("sts:AssumeRole",),
                conditions={
                    "ArnLike": {"aws:SourceArn": names.arn("braket", "*")},
                    "StringEquals": {"aws:SourceAccount": names.account},
                },
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class RoleArgs:
    """A role of a project. session_hours: longest session, 1 to 12 (IAM). grants: permissions, by name."""

    kind: str
    name: str
    path: str
    description: str
    trust: str
    session_hours: int
    grants: tuple[str, ...]

    def __post_init__(self) -> None:
        check_length("RoleArgs.name", self.name, 64)
        check_range("RoleArgs.session_hours", self.session_hours, 1, 12, "hours")


def project_roles(
    names: ProjectNames, saml_provider_arn: str, pipeline: PipelineArgs, session_hours: int
) -> tuple[RoleArgs, ...]:
    """The roles of a project and what each is granted. No two kinds of principal share one (I4)."""
    people = trust_people(saml_provider_arn)
    return (
        RoleArgs(
            kind="researcher",
            name=names.role_name("researcher"),
            path=names.path,
            description="People who run the project's quantum work",
            trust=people,
            session_hours=session_hours,
            grants=("submit", "results", "metadata", "logs", "billing"),
        ),
        RoleArgs(
            kind="auditor",
            name=names.role_name("auditor"),
            path=names.path,
            description="People who review the project: metadata and logs, no results",
            trust=people,
            session_hours=session_hours,
            grants=("metadata", "logs"),
        ),
        RoleArgs(
            kind="pipeline",
            name=names.role_name("pipeline"),
            path=names.path,
            description="The project's CI workflow",
            trust=trust_pipeline(pipeline),
            session_hours=1,
            grants=("submit", "results", "metadata", "logs"),
        ),
        RoleArgs(
            kind="job",
            name=names.job_role_name,
            path="/service-role/",
            description="The project's hybrid jobs",
            trust=trust_braket(names.environment),
            session_hours=1,
            grants=("run",),
        ),
    )

"""Who comes in, and how (I1 to I5): federation above the projects, roles within them.

Trust, one shape for each kind of principal, all of them exact:

- people by SAML, for the console's audience. The identity provider says which people: its assertion
  names the role, by group membership (I9). MFA is the provider's too: a SAML session shows AWS none (I1).
- CI workflows by OIDC: see ci_identity.
- Braket for hybrid jobs, from this account and its regions only.

None allows sts:TagSession: session tags would overlay the role's own, by which the boundary decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_length, check_match, check_range
from components.braket.ci_identity import PipelineArgs, trust_pipeline
from components.braket.names import BRAKET_PRINCIPAL, EnvironmentNames, ProjectNames
from components.braket.policy import Kind, Statement, policy, trust_service
from components.workflows import GITHUB, ISSUERS

SAML_AUDIENCE = "https://signin.aws.amazon.com/saml"

__all__ = [
    "GITHUB",
    "ISSUERS",
    "OidcArgs",
    "PipelineArgs",
    "RoleArgs",
    "SamlArgs",
    "federation",
    "project_roles",
    "trust_braket",
    "trust_elevated",
    "trust_people",
    "trust_pipeline",
]


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
        check_match("OidcArgs.kind", self.kind, "|".join(ISSUERS), ", ".join(ISSUERS))
        check_match("OidcArgs.url", self.url, f"https://({ISSUERS[self.kind]})", f"an issuer of {self.kind}")
        check_match(
            "OidcArgs.audience", self.audience, r"[A-Za-z0-9:/._-]{1,255}", "one audience, no wildcard"
        )


def federation(
    saml: SamlArgs | None,
    oidc: tuple[OidcArgs, ...],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    existing: tuple[str, ...] = (),
) -> tuple[pulumi.Resource, ...]:
    """Makes the identity providers, but for those the account holds already (``oidc-KIND``).

    None needs a thumbprint: AWS checks the issuers by its own CAs.
    """
    found: list[pulumi.Resource] = [
        aws.iam.OpenIdConnectProvider(
            issuer.kind, url=issuer.url, client_id_lists=[issuer.audience], tags=tags, opts=opts
        )
        for issuer in oidc
        if f"oidc-{issuer.kind}" not in existing
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


def trust_elevated(saml_provider_arn: str) -> str:
    """Lets people in by SAML who come with a source identity, by which grants know them."""
    return policy(
        Kind.TRUST,
        (
            Statement(
                "PeopleByName",
                "Allow",
                principals={"Federated": (saml_provider_arn,)},
                actions=("sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"),
                conditions={
                    "StringEquals": {"SAML:aud": SAML_AUDIENCE},
                    "StringLike": {"sts:SourceIdentity": "?*"},
                },
            ),
        ),
    )


def trust_braket(names: EnvironmentNames) -> str:
    """Lets Braket run hybrid jobs of this account and its regions."""
    sources = tuple(f"arn:aws:braket:{region}:{names.account}:*" for region in names.regions)
    return trust_service(
        "HybridJobs",
        BRAKET_PRINCIPAL,
        {"ArnLike": {"aws:SourceArn": sources}, "StringEquals": {"aws:SourceAccount": names.account}},
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
    names: ProjectNames,
    saml_provider_arn: str,
    pipeline: PipelineArgs,
    session_hours: int,
    people_submit: bool,
) -> tuple[RoleArgs, ...]:
    """The roles of a project and what each is granted. No two kinds of principal share one (I4).

    people_submit: whether people submit by themselves; else the pipeline does, and people by elevation.
    """
    people = trust_people(saml_provider_arn)
    submit = ("submit",) if people_submit else ()
    return (
        RoleArgs(
            kind="researcher",
            name=names.role_name("researcher"),
            path=names.path,
            description="People who run the project's quantum work",
            trust=people,
            session_hours=session_hours,
            grants=(*submit, "results", "set-secrets", "metadata", "logs", "billing"),
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
            kind="elevated",
            name=names.role_name("elevated"),
            path=names.path,
            description="People with a grant that ends by itself",
            trust=trust_elevated(saml_provider_arn),
            session_hours=1,
            grants=(),
        ),
        RoleArgs(
            kind="pipeline",
            name=names.role_name("pipeline"),
            path=names.path,
            description="The project's CI workflow",
            trust=trust_pipeline(pipeline),
            session_hours=1,
            grants=("submit", "results", "read-secrets", "metadata", "logs"),
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

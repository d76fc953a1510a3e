"""Managed identities that a workload federates with: one for each place of a system, no secret (I2, I3).

Entra compares issuer, subject and audience letter for letter; a credential holds no pattern and no second
claim. So a GitHub repository has two, one by name and one by ids, since GitHub sends the one or the other.
Azure DevOps: only service connections with its own issuer (vstoken.dev.azure.com), which Microsoft retires on
2027-07-01 (Azure DevOps, "Convert service connections", read 2026-11). Newer ones have Entra's issuer
(login.microsoftonline.com/TENANT/v2.0) and a subject /eid1/c/pub/t/… that Azure DevOps generates:
it cannot be made from names, and a stack file cannot say it yet.

An identity holds twenty at most, and Azure wants them made one after another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_among, check_match
from components.azure_quantum.names import EnvironmentNames

AUDIENCE = "api://AzureADTokenExchange"
"""The audience Entra demands in the public cloud."""
ISSUERS = {
    "github": r"https://token\.actions\.githubusercontent\.com",
    "gitlab": r"https://[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(/[A-Za-z0-9._/-]*[A-Za-z0-9_-])?",
    "azure-devops": r"https://vstoken\.dev\.azure\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}
"""Issuers by kind, as patterns."""
_REPOSITORIES = {
    "github": (r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", "owner/name, no wildcard"),
    "gitlab": (r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+", "group/project, no wildcard"),
    "azure-devops": (r"[A-Za-z0-9-]+/[A-Za-z0-9 ._-]+", "organisation/project, no wildcard"),
}
_PLACES = {
    "github": (r"[A-Za-z0-9_.-]{1,255}", "a deployment environment"),
    "gitlab": (r"[A-Za-z0-9_./-]{1,255}", "a protected branch"),
    "azure-devops": (r"[A-Za-z0-9 ._-]{1,255}", "a service connection"),
}
MOST_CREDENTIALS = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """Who may come in: an issuer's subject, letter for letter. name: of the credential."""

    name: str
    issuer: str
    subject: str

    def __post_init__(self) -> None:
        check_match(
            "Subject.name", self.name, r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}", "3 to 120 letters, digits, - _"
        )
        check_match("Subject.issuer", self.issuer, r"https://[^\s*?#]+", "https, no wildcard")
        if "*" in self.subject or not re.fullmatch(r"\S(.{0,598}\S)?", self.subject):
            raise ArgumentError(
                "Subject.subject", f"{self.subject!r} is not allowed", "one subject, no wildcard"
            )


@dataclass(frozen=True, slots=True)
class PipelineArgs:
    """A CI workflow, by name and, on GitHub, by id.

    issuer: its URL. repository: owner/name, group/project or organisation/project. environment: GitHub's
    deployment environment, GitLab's protected branch, the service connection of Azure DevOps.
    """

    issuer: str
    repository: str
    environment: str
    repository_id: str = ""
    owner_id: str = ""
    kind: str = "github"

    def __post_init__(self) -> None:
        check_among("PipelineArgs.kind", self.kind, tuple(ISSUERS))
        check_match("PipelineArgs.issuer", self.issuer, ISSUERS[self.kind], f"the issuer of {self.kind}")
        check_match("PipelineArgs.repository", self.repository, *_REPOSITORIES[self.kind])
        check_match("PipelineArgs.environment", self.environment, *_PLACES[self.kind])
        for argument, value in (("repository_id", self.repository_id), ("owner_id", self.owner_id)):
            if self.kind == "github":
                check_match(f"PipelineArgs.{argument}", value, r"[1-9][0-9]{0,18}", "a numeric id")

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The credentials it needs: one for each form of subject that the system sends."""
        if self.kind == "gitlab":
            subject = f"project_path:{self.repository}:ref_type:branch:ref:{self.environment}"
            return (Subject("gitlab", self.issuer, subject),)
        if self.kind == "azure-devops":
            return (Subject("azure-devops", self.issuer, f"sc://{self.repository}/{self.environment}"),)
        owner, name = self.repository.split("/")
        by_ids = f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}:environment:{self.environment}"
        return (
            Subject("github", self.issuer, f"repo:{self.repository}:environment:{self.environment}"),
            Subject("github-ids", self.issuer, by_ids),
        )


def identity(
    kind: str,
    name: str,
    group: str,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> azure.managedidentity.UserAssignedIdentity:
    """Makes a managed identity, which nobody can enter yet."""
    return azure.managedidentity.UserAssignedIdentity(
        kind,
        resource_name_=name,
        resource_group_name=group,
        location=names.location,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def credentials(
    kind: str,
    name: str,
    group: str,
    subjects: Sequence[Subject],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> list[pulumi.Resource]:
    """Opens an identity to its workloads, one credential after another."""
    if len(subjects) > MOST_CREDENTIALS or len({row.name for row in subjects}) != len(subjects):
        raise ArgumentError("subjects", f"{len(subjects)}, or a name twice", f"at most {MOST_CREDENTIALS}")
    made: list[pulumi.Resource] = []
    for row in subjects:
        made.append(
            azure.managedidentity.FederatedIdentityCredential(
                f"{kind}-{row.name}",
                federated_identity_credential_resource_name=row.name,
                resource_name_=name,
                resource_group_name=group,
                issuer=row.issuer,
                subject=row.subject,
                audiences=[AUDIENCE],
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[*after, *made[-1:]]),
            )
        )
    return made

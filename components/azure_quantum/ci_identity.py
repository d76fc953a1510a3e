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

from components.args import ArgumentError, check_match
from components.azure_quantum.names import EnvironmentNames
from components.workflows import ISSUERS, Workflow

AUDIENCE = "api://AzureADTokenExchange"
"""The audience Entra demands in the public cloud."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineArgs(Workflow):
    """A workflow and by what Entra knows it. issuer: its URL."""

    issuer: str

    def __post_init__(self) -> None:
        Workflow.__post_init__(self)
        issuer = f"https://({ISSUERS[self.kind]})"
        check_match("PipelineArgs.issuer", self.issuer, issuer, f"the issuer of {self.kind}")

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The credentials it needs: one for each form of subject that the system sends."""
        return tuple(Subject(name, self.issuer, subject) for name, subject in self.tokens.items())


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

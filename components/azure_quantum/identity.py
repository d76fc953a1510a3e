"""Who is who in a project, and which roles each has (I1 to I4, I8, T4).

People come in by groups of Entra; conditional access there demands MFA. The pipeline and the service are
managed identities without a secret. Every role is given at the project's resource group, which holds one
workspace, one account and one vault: a lock on a resource keeps roles at that resource from being taken away
(learn.microsoft.com, "Lock your resources"), and a freeze has to take them away at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from components.args import ArgumentError, check_match
from components.azure_quantum.ci_identity import Subject
from components.azure_quantum.names import ProjectNames, check_uuid
from components.azure_quantum.permissions import DATA_ROLES, FROZEN_BUILT_IN
from components.azure_quantum.policy import BUILT_IN, Assignment

GROUPS = ("researchers", "auditors", "key_administrators", "approvers")


@dataclass(frozen=True, slots=True)
class GroupsArgs:
    """Object ids of the project's groups; all different (I4, K7)."""

    researchers: str
    auditors: str
    key_administrators: str
    approvers: str

    def __post_init__(self) -> None:
        ids = [getattr(self, kind) for kind in GROUPS]
        for kind, value in zip(GROUPS, ids, strict=True):
            check_uuid(f"GroupsArgs.{kind}", value)
        if len(set(ids)) != len(ids):
            raise ArgumentError("GroupsArgs", "names a group twice", "a group of its own for each kind (I4)")


@dataclass(frozen=True, slots=True)
class ServiceArgs:
    """The workload that is the project's service (I3)."""

    issuer: str
    subject: str

    def __post_init__(self) -> None:
        check_match("ServiceArgs.issuer", self.issuer, r"https://[^\s*?#]+", "https, no wildcard")

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Its one credential."""
        return (Subject("service", self.issuer, self.subject),)


@dataclass(frozen=True, slots=True)
class Principals:
    """Object ids, some of which Azure assigns."""

    groups: GroupsArgs
    pipeline: pulumi.Input[str]
    service: pulumi.Input[str]
    workspace: pulumi.Input[str]


def grants(people_submit: bool) -> dict[str, tuple[str, ...]]:
    """Kind of principal to kinds of role. people_submit: without elevation."""
    return {
        "researchers": ("submit" if people_submit else "metadata", "results"),
        "auditors": ("audit", "metadata", "billing"),
        "key_administrators": ("administer-keys",),
        "pipeline": ("submit", "results"),
        "service": ("submit",),
        "workspace": FROZEN_BUILT_IN,
    }


def assignments(
    names: ProjectNames, principals: Principals, people_submit: bool, frozen: bool
) -> Iterator[Assignment]:
    """The roles of a project; of a frozen one, those that touch no data."""
    place = names.environment
    who: dict[str, tuple[pulumi.Input[str], str]] = {
        **{kind: (getattr(principals.groups, kind), "Group") for kind in GROUPS},
        "pipeline": (principals.pipeline, "ServicePrincipal"),
        "service": (principals.service, "ServicePrincipal"),
        "workspace": (principals.workspace, "ServicePrincipal"),
    }
    for kind, roles in grants(people_submit).items():
        for role in roles:
            if frozen and role in (*DATA_ROLES, *FROZEN_BUILT_IN):
                continue
            found = BUILT_IN.get(role) or place.role_guid(role)
            principal, principal_type = who[kind]
            yield Assignment(
                f"{kind}-{role}",
                names.group_id,
                found,
                place.role_definition_id(found),
                principal,
                principal_type,
            )

"""A project's CI identity: one shape for each CI system, with what that system's tokens tell AWS (I2).

github: the deployment environment, and repository and owner by name and by id; the ids keep the trust from
following a name that somebody else takes over. gitlab and azure-devops tell AWS no such ids: there the trust
is bound to the names, to a protected branch or a service connection, and to the environment's issuer.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.spec.fields import Digits, Model, wrong
from components.spec.identity import REPOSITORIES, Ci


def _repository(kind: str) -> AfterValidator:
    pattern, form = REPOSITORIES[kind]

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise wrong(f"{value} is not a repository", f"{form}; no wildcard")
        return value

    return AfterValidator(check)


def _place(pattern: str, what: str, form: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise wrong(f"{value} is not {what}", f"{form}; no wildcard")
        return value

    return AfterValidator(check)


class GithubPipeline(Model):
    """A workflow of GitHub Actions, bound to repository and deployment environment, by name and by id."""

    kind: Literal["github"]
    """The CI system; the environment must name an issuer of this kind."""
    repository: Annotated[str, _repository("github")]
    """owner/name."""
    repository_id: Digits
    """The repository's numeric id, in quotes."""
    owner_id: Digits
    """The owner's numeric id, in quotes."""
    environment: Annotated[
        str,
        _place(
            r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", "an environment's name", "letters, digits and . _ -, no slash"
        ),
    ]
    """The deployment environment, whose reviewers and branch rules guard it."""

    @property
    def place(self) -> str:
        """Where in the CI system it runs."""
        return self.environment

    @property
    def ids(self) -> tuple[str, str]:
        """Ids of repository and owner."""
        return self.repository_id, self.owner_id


class GitlabPipeline(Model):
    """A pipeline of GitLab on one branch. Its token names no ids: the group's name must be held."""

    kind: Literal["gitlab"]
    """The CI system; the environment must name an issuer of this kind."""
    repository: Annotated[str, _repository("gitlab")]
    """group/project, with all subgroups."""
    branch: Annotated[
        str,
        _place(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,99}", "a branch", "letters, digits and . _ / -, at most 100"),
    ]
    """A protected branch, whose rules say who may push to it and who merges."""

    @property
    def place(self) -> str:
        """Where in the CI system it runs."""
        return self.branch

    @property
    def ids(self) -> tuple[str, str]:
        """None that AWS sees."""
        return "", ""


class AzurePipeline(Model):
    """A pipeline of Azure DevOps, by a service connection. The issuer carries the organisation's id."""

    kind: Literal["azure-devops"]
    """The CI system; the environment must name an issuer of this kind."""
    repository: Annotated[str, _repository("azure-devops")]
    """organisation/project."""
    service_connection: Annotated[
        str,
        _place(
            r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", "a service connection", "letters, digits, spaces and . _ -"
        ),
    ]
    """The service connection, whose checks say which pipelines and branches may use it."""

    @property
    def place(self) -> str:
        """Where in the CI system it runs."""
        return self.service_connection

    @property
    def ids(self) -> tuple[str, str]:
        """None that AWS sees."""
        return "", ""


Pipeline = Annotated[GithubPipeline | GitlabPipeline | AzurePipeline, Field(discriminator="kind")]


def shared_with(pipeline: GithubPipeline | GitlabPipeline | AzurePipeline, ci: Ci | None) -> str:
    """The platform team's role that the same workflow could take too, or nothing (I4)."""
    if ci is None or (ci.kind, ci.repository.casefold()) != (pipeline.kind, pipeline.repository.casefold()):
        return ""
    return next(
        (role for role, place in ci.places.items() if place.casefold() == pipeline.place.casefold()), ""
    )

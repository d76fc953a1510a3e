"""Workflows of CI systems as identities of both clouds are bound to them (I2).

What a workflow is called, where it runs and what its token says of it is the CI system's, whatever cloud it
comes in to; what a cloud can bind of that is in its own `ci_identity`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass

from components.args import ArgumentError, check_among, check_match

GITHUB = "token.actions.githubusercontent.com"
ISSUERS = {
    "github": re.escape(GITHUB),
    "gitlab": r"[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(/[A-Za-z0-9._/-]*[A-Za-z0-9_-])?",
    "azure-devops": r"vstoken\.dev\.azure\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}
"""Issuers by kind, without https://, as patterns."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A CI workflow, by name and, where the kind has them, by id.

    repository: owner/name, group/project or organisation/project. environment: GitHub's deployment
    environment, GitLab's protected branch, the service connection of Azure DevOps. repository_id, owner_id:
    GitHub's alone.
    """

    repository: str
    environment: str
    repository_id: str = ""
    owner_id: str = ""
    kind: str = "github"

    def __post_init__(self) -> None:
        check_among("PipelineArgs.kind", self.kind, tuple(ISSUERS))
        check_match("PipelineArgs.repository", self.repository, *_REPOSITORIES[self.kind])
        check_match("PipelineArgs.environment", self.environment, *_PLACES[self.kind])
        for argument, value in (("repository_id", self.repository_id), ("owner_id", self.owner_id)):
            if self.kind == "github":
                check_match(f"PipelineArgs.{argument}", value, r"[1-9][0-9]{0,18}", "a numeric id")

    @property
    def tokens(self) -> Mapping[str, str]:
        """The subject of its token, in every form that the system sends."""
        if self.kind == "gitlab":
            return {"gitlab": f"project_path:{self.repository}:ref_type:branch:ref:{self.environment}"}
        if self.kind == "azure-devops":
            return {"azure-devops": f"sc://{self.repository}/{self.environment}"}
        owner, name = self.repository.split("/")
        by_ids = f"{owner}@{self.owner_id}/{name}@{self.repository_id}"
        return {
            "github": f"repo:{self.repository}:environment:{self.environment}",
            "github-ids": f"repo:{by_ids}:environment:{self.environment}",
        }


def check_pipelines(
    subjects: Mapping[str, Hashable], kinds: Collection[str], level: str, break_glass: str
) -> None:
    """Refuses pipelines that share a place (I4), and levels above the sandbox without them.

    subjects: role kind to what lets its workflow in. kinds: all or none of these.
    """
    complete = not subjects or set(subjects) == set(kinds)
    if not complete or len(set(subjects.values())) != len(subjects):
        raise ArgumentError(
            "RolesArgs.pipelines", "lacks one, or two are the same", f"one each: {', '.join(kinds)}"
        )
    if level != "sandbox" and not (subjects and break_glass):
        raise ArgumentError(
            "EnvironmentArgs.roles", f"{level} has no pipelines or no break-glass", "name both (I1, I2)"
        )

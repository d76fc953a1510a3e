"""Pipelines by workload federation: one exact shape of trust for each kind of CI system (I2).

What a token tells AWS differs, and so does what can be bound (STS user guide, "Available keys for AWS OIDC
federation"; the systems' own pages on tokens, read 2026-11):

- github: repository id and deployment environment are keys of their own; the subject comes in two forms
  (names alone, and since 2026-07 names with ids). The ids keep the trust from following a name that somebody
  else takes over; the deployment environment keeps pull requests out.
- gitlab: STS sees audience and subject alone, and the subject names project path and branch, no id and no
  environment. The branch is to be protected, and the group's name held: AWS cannot tell who holds it.
- azure-devops: the issuer carries the organisation's id; the subject names a service connection, no branch.
  Checks on the service connection say which pipelines and branches may use it.

Nothing holds a wildcard. None allows sts:TagSession: session tags would overlay the role's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.args import ArgumentError, check_match
from components.braket.policy import Kind, Statement, policy

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


@dataclass(frozen=True, slots=True)
class PipelineArgs:
    """A CI workflow, by name and, where the kind has them, by id.

    provider_arn, audience: of the environment's OIDC provider. repository: owner/name, group/project or
    organisation/project. environment: GitHub's deployment environment, GitLab's protected branch, the service
    connection of Azure DevOps. repository_id, owner_id: GitHub's alone.
    """

    provider_arn: str
    audience: str
    repository: str
    environment: str
    repository_id: str = ""
    owner_id: str = ""
    kind: str = "github"

    def __post_init__(self) -> None:
        check_match("PipelineArgs.kind", self.kind, "|".join(ISSUERS), ", ".join(ISSUERS))
        check_match(
            "PipelineArgs.provider_arn",
            self.provider_arn,
            rf"arn:aws:iam::[0-9]{{12}}:oidc-provider/{ISSUERS[self.kind]}",
            f"the ARN of an OIDC provider of kind {self.kind}",
        )
        check_match(
            "PipelineArgs.audience", self.audience, r"[A-Za-z0-9:/._-]{1,255}", "one audience, no wildcard"
        )
        check_match("PipelineArgs.repository", self.repository, *_REPOSITORIES[self.kind])
        check_match("PipelineArgs.environment", self.environment, *_PLACES[self.kind])
        for argument, value in (("repository_id", self.repository_id), ("owner_id", self.owner_id)):
            if self.kind == "github":
                check_match(f"PipelineArgs.{argument}", value, r"[1-9][0-9]{0,18}", "a numeric id")
            elif value:
                raise ArgumentError(
                    f"PipelineArgs.{argument}", f"{self.kind} tells AWS no such id", "leave it out"
                )

    @property
    def issuer(self) -> str:
        """The issuer, without https://; condition keys begin with it."""
        return self.provider_arn.split(":oidc-provider/", 1)[1]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The token's subject, in every form the system sends."""
        if self.kind == "gitlab":
            return (f"project_path:{self.repository}:ref_type:branch:ref:{self.environment}",)
        if self.kind == "azure-devops":
            return (f"sc://{self.repository}/{self.environment}",)
        owner, name = self.repository.split("/")
        return (
            f"repo:{self.repository}:environment:{self.environment}",
            f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}:environment:{self.environment}",
        )


def trust_pipeline(args: PipelineArgs) -> str:
    """Lets in one repository's workflows, from one place of the CI system."""
    exact: dict[str, str | tuple[str, ...]] = {
        f"{args.issuer}:aud": args.audience,
        f"{args.issuer}:sub": args.subjects,
    }
    if args.kind == "github":
        exact[f"{args.issuer}:environment"] = args.environment
        exact[f"{args.issuer}:repository_id"] = args.repository_id
    return policy(
        Kind.TRUST,
        (
            Statement(
                "Pipeline",
                "Allow",
                principals={"Federated": (args.provider_arn,)},
                actions=("sts:AssumeRoleWithWebIdentity",),
                conditions={"StringEquals": exact},
            ),
        ),
    )

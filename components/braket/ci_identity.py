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

from dataclasses import dataclass

from components.args import ArgumentError, check_match
from components.braket.policy import Kind, Statement, policy
from components.workflows import ISSUERS, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineArgs(Workflow):
    """A workflow and by what AWS knows it. provider_arn, audience: of the environment's OIDC provider."""

    provider_arn: str
    audience: str

    def __post_init__(self) -> None:
        Workflow.__post_init__(self)
        check_match(
            "PipelineArgs.provider_arn",
            self.provider_arn,
            rf"arn:aws:iam::[0-9]{{12}}:oidc-provider/{ISSUERS[self.kind]}",
            f"the ARN of an OIDC provider of kind {self.kind}",
        )
        check_match(
            "PipelineArgs.audience", self.audience, r"[A-Za-z0-9:/._-]{1,255}", "one audience, no wildcard"
        )
        for argument, value in (("repository_id", self.repository_id), ("owner_id", self.owner_id)):
            if value and self.kind != "github":
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
        return tuple(self.tokens.values())


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

"""The environment's own roles: who comes into each, and what it is granted (I2, I4, K7).

Each kind of principal has roles of its own: pipelines plan and apply, people respond, break-glass repairs.
They stand above the projects and carry no project's boundary; what they may never do stands beside each
grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError
from components.braket import (
    identity,
    network_rights,
    notebook_rights,
    observers,
    operators,
    project_rights,
    responders,
)
from components.braket.names import EnvironmentNames
from components.braket.operators import (
    BREAK_GLASS,
    ENVIRONMENT_APPLY,
    PLAN,
    PROJECT_APPLY,
    RESPONDER,
)
from components.braket.policy import Kind, Statement, policy
from components.workflows import check_pipelines

PIPELINES = (PLAN, ENVIRONMENT_APPLY, PROJECT_APPLY)
DESCRIPTIONS = {
    PLAN: "Pipelines that plan: read settings, change nothing",
    ENVIRONMENT_APPLY: "The pipeline that changes the environment and administers keys",
    PROJECT_APPLY: "The pipeline that changes projects, within the boundary",
    RESPONDER: "People who freeze a project and cancel its work",
    BREAK_GLASS: "Repairs the ways in when the identity provider does not work",
}


@dataclass(frozen=True, slots=True)
class RolesArgs:
    """Who comes in. pipelines: role kind (as in PIPELINES, all or none) to the workflow that is it.

    break_glass: ARN of its principal, or none. bootstrap: ARN of the role that brings the environment up the
    first time, or none; it administers keys until it is taken out.
    """

    pipelines: Mapping[str, identity.PipelineArgs] = field(default_factory=dict)
    break_glass: str = ""
    bootstrap: str = ""

    def check(self, names: EnvironmentNames, level: str) -> None:
        """Refuses pipelines that share a place (I4), and levels above the sandbox without them."""
        subjects = {kind: workflow.subjects for kind, workflow in self.pipelines.items()}
        check_pipelines(subjects, PIPELINES, level, self.break_glass)
        if self.break_glass:
            responders.trust_break_glass(self.break_glass)
        if self.bootstrap and not self.bootstrap.startswith(names.iam_arn("role/")):
            raise ArgumentError("RolesArgs.bootstrap", f"{self.bootstrap!r}", f"a role of {names.account}")

    def key_administrators(self, names: EnvironmentNames) -> tuple[str, ...]:
        """Who administers the environment's keys: none named while it has no pipelines (see keys)."""
        if not self.pipelines:
            return ()
        return (names.role_arn(ENVIRONMENT_APPLY), *([self.bootstrap] if self.bootstrap else ()))

    def project_key_administrators(self, names: EnvironmentNames) -> tuple[str, ...]:
        """Who administers keys of projects: who makes them, too."""
        found = self.key_administrators(names)
        return (*found, names.role_arn(PROJECT_APPLY)) if found else ()


def environment_roles(
    args: RolesArgs,
    names: EnvironmentNames,
    saml_provider_arn: str,
    issuers: Mapping[str, str],
    devices: tuple[str, ...],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    network: bool = False,
    notebooks: bool = False,
) -> dict[str, str]:
    """Makes the roles; returns their ARNs by kind. saml_provider_arn: empty where people do not
    come in. issuers: OIDC providers' ARNs, by kind. devices: ARNs of the QPUs that have a spending limit.
    network: whether there is a private network to change. notebooks: whether a project has one.
    """
    grants = dict(GRANTS)
    if network:
        grants[ENVIRONMENT_APPLY] = (*GRANTS[ENVIRONMENT_APPLY], *NETWORK)
    if notebooks:
        grants[PROJECT_APPLY] = (*GRANTS[PROJECT_APPLY], *NOTEBOOKS)
    trusts = {kind: identity.trust_pipeline(workflow) for kind, workflow in sorted(args.pipelines.items())}
    if saml_provider_arn:
        trusts[RESPONDER] = identity.trust_people(saml_provider_arn)
    if args.break_glass:
        trusts[BREAK_GLASS] = responders.trust_break_glass(args.break_glass)
    providers = (*issuers.values(), *([saml_provider_arn] if saml_provider_arn else ()))
    granted = documents(names, providers, devices)
    policies: dict[str, aws.iam.Policy] = {}
    for kind, trust in trusts.items():
        role = aws.iam.Role(
            kind,
            name=names.role_name(kind),
            path=names.path,
            description=DESCRIPTIONS[kind],
            assume_role_policy=trust,
            max_session_duration=3600,
            tags=tags,
            opts=opts,
        )
        for grant in grants[kind]:
            if grant not in policies:
                policies[grant] = aws.iam.Policy(
                    grant,
                    name=names.role_name(grant),
                    path=names.path,
                    description=f"Granted to {', '.join(k for k in grants if grant in grants[k])}",
                    policy=granted[grant],
                    tags=tags,
                    opts=opts,
                )
            aws.iam.RolePolicyAttachment(
                f"{kind}-{grant}",
                role=role.name,
                policy_arn=names.iam_arn(f"policy{names.path}{names.role_name(grant)}"),
                opts=pulumi.ResourceOptions(parent=role, depends_on=[policies[grant]]),
            )
    return {kind: names.role_arn(kind) for kind in trusts}


GRANTS = {
    PLAN: ("plan",),
    ENVIRONMENT_APPLY: ("plan", "environment-identity", "environment-services", "environment-watch"),
    PROJECT_APPLY: ("plan", "project-identity", "project-stores"),
    RESPONDER: ("responder",),
    BREAK_GLASS: ("break-glass",),
}
"""Policies by role."""
NETWORK = ("environment-network",)
"""Further ones of ENVIRONMENT_APPLY where there is a private network."""
NOTEBOOKS = ("project-notebooks",)
"""Further ones of PROJECT_APPLY where a project has a notebook."""


def documents(
    names: EnvironmentNames, providers: tuple[str, ...], devices: tuple[str, ...]
) -> dict[str, str]:
    """The policies, by name. Raises PolicyError when one is longer than IAM takes."""
    return {kind: policy(Kind.MANAGED, statements) for kind, statements in _grants(names, providers, devices)}


def _grants(
    names: EnvironmentNames, providers: tuple[str, ...], devices: tuple[str, ...]
) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    yield "plan", operators.plan(names)
    yield "environment-identity", operators.environment_identity(names)
    yield "environment-services", operators.environment_services(names, providers, devices)
    yield "environment-watch", observers.environment_watch(names)
    yield "project-identity", project_rights.project_identity(names)
    yield "project-stores", project_rights.project_stores(names)
    yield "environment-network", network_rights.environment_network(names)
    yield "project-notebooks", notebook_rights.project_notebooks(names)
    yield "responder", responders.responder(names)
    yield "break-glass", responders.break_glass(names, providers)

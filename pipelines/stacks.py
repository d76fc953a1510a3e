"""Which stacks a pipeline works on, where each may run and who it runs as: derived, so that nobody types it.

    python -m pipelines.stacks --role apply --kind environment --format json

Places and identities are those that the environments' programs make (components/*/environment_roles.py).
Prints nothing secret. Exit codes: 0 fine, 1 --check-azure says no, 2 a stack file is wrong or there is no
such stack or commit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from components.braket.names import EnvironmentNames
from components.braket.operators import ENVIRONMENT_APPLY, PLAN, PROJECT_APPLY
from components.spec import (
    AzureEnvironmentStack,
    EnvironmentStack,
    LoadedStack,
    OrganizationStack,
    SpecError,
    load_stack,
)
from components.spec.files import Files
from pipelines.formats import FORMATS, azure_rows
from pipelines.since import ROOT, commits, selection
from qlz.check.changed import touched
from qlz.check.git import Base
from qlz.check.selection import Selection
from qlz.exit_codes import CommandError

ORGANIZATION = "organization"
"""The place of the organization's stack, apart from all others; its role is made by hand (see docs)."""
KINDS = (ORGANIZATION, "environment", "project")
ROLES = {"plan": (PLAN,), "apply": ("apply",), "all": (PLAN, "apply")}


@dataclass(frozen=True)
class Row:
    """One stack for one identity. ci: github, gitlab or azure-devops. place: a deployment environment, a
    protected branch or a service connection. role_arn: on AWS; tenant and subscription: on Azure. after: the
    environment that a project waits for, because it changes, too, and the project does not only tighten."""

    stack: str
    kind: str
    cloud: str
    role: str
    ci: str
    place: str
    audience: str
    region: str
    role_arn: str = ""
    tenant: str = ""
    subscription: str = ""
    after: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """Who it runs as, and where: whatever the stack is."""
        return (
            *(self.cloud, self.role, self.ci, self.place, self.audience),
            *(self.role_arn, self.tenant, self.subscription),
        )


class Unknown(Exception):
    """There is no such stack."""


def rows(loaded: Sequence[LoadedStack], role: str) -> Iterator[Row]:
    """The stacks that have a pipeline, for plan or apply: organization, then environments, then projects."""
    for kind in KINDS:
        for stack in loaded:
            if stack.stack.kind == kind and (row := _row(stack, role)):
                yield row


def _row(loaded: LoadedStack, role: str) -> Row | None:
    stack = loaded.stack
    if isinstance(stack, OrganizationStack):
        here = stack.spec.aws
        return Row(stack.name, stack.kind, "aws", role, "", ORGANIZATION, "", here.region)
    environment = loaded.environment
    ci = environment.spec.identity.ci
    if ci is None:
        return None
    apply, place = (
        (ENVIRONMENT_APPLY, ci.environment_apply)
        if stack.kind == "environment"
        else (PROJECT_APPLY, ci.project_apply)
    )
    kind, place = (PLAN, ci.plan) if role == PLAN else (apply, place)
    (audience,) = (issuer.audience for issuer in environment.spec.identity.oidc if issuer.kind == ci.kind)
    if isinstance(environment, AzureEnvironmentStack):
        azure = environment.spec.azure
        return Row(
            *(stack.name, stack.kind, "azure", kind, ci.kind, place, audience, azure.location),
            tenant=azure.tenant,
            subscription=azure.subscription,
        )
    return Row(
        *(stack.name, stack.kind, "aws", kind, ci.kind, place, audience, environment.spec.aws.region),
        role_arn=_names(environment).role_arn(kind),
    )


def _names(environment: EnvironmentStack) -> EnvironmentNames:
    aws = environment.spec.aws
    return EnvironmentNames(aws.account, aws.region, environment.label, aws.also)


def select(given: argparse.Namespace) -> list[Row]:
    """The rows that the options ask for. Raises SpecError, CommandError and Unknown."""
    names = Files(given.root).stack_names()
    for name in filter(None, (given.stack, *given.without)):
        if name not in names:
            raise Unknown(f"there is no stack {name}; stacks/ has {', '.join(names)}")
    chosen = _chosen(given, names)
    loaded = [load_stack(given.root, name) for name in names]
    environments = {stack.name: stack.environment.name for stack in loaded if stack.stack.kind == "project"}
    loaded = [stack for stack in loaded if stack.name in chosen.names]
    places = None
    if given.places_of:
        there = [load_stack(given.places_of, name) for name in Files(given.places_of).stack_names()]
        places = {row.identity for role in ROLES[given.role] for row in rows(there, role)}
    waiting = {
        project: environment
        for project, environment in environments.items()
        if environment in chosen.names and project not in chosen.tightening
    }
    return [
        replace(row, after=waiting.get(row.stack, ""))
        for role in ROLES[given.role]
        for row in rows(loaded, role)
        if (places is None or row.identity in places)
        and (not given.stack or row.stack == given.stack)
        and row.stack not in given.without
        and (not given.kind or row.kind == given.kind)
        and (not given.place or row.place == given.place)
        and (not given.ci or row.ci == given.ci)
    ]


def _chosen(given: argparse.Namespace, names: Sequence[str]) -> Selection:
    """Those that a branch touches; every one, and none that only tightens, where that is not to be told."""
    if given.changed:
        return touched(given.root, names, Base.of(given.root, given.changed))
    before = commits(given.root, given.since) if given.since else ()
    return selection(given.root, names, before) if before else Selection(tuple(names))


def _compare(file: Path, wanted: list[dict[str, str]]) -> int:
    try:
        document = YAML(typ="safe").load(file)
        listed = document["extends"]["parameters"]["stacks"]
    except (OSError, YAMLError, KeyError, TypeError):
        listed = None
    if listed == wanted:
        return 0
    print(
        f"{file} does not list the stacks there are; write there what "
        "`python -m pipelines.stacks --role all --ci azure-devops --format azure` prints",
        file=sys.stderr,
    )
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.stacks",
        description="Which stacks a pipeline works on, and as whom.",
        epilog="Example: python -m pipelines.stacks --role apply --kind project --stack optimus-dev",
    )
    parser.add_argument("--role", choices=sorted(ROLES), default="plan")
    parser.add_argument("--kind", choices=KINDS, help="only stacks of a kind")
    parser.add_argument("--stack", help="only this one")
    parser.add_argument("--place", help="only those that run there")
    parser.add_argument("--ci", help="only those of this CI system")
    parser.add_argument("--changed", metavar="COMMIT", help="only those that differ from a commit")
    parser.add_argument(
        "--since", metavar="COMMIT", help="only those that differ from it or a later one; all if it is none"
    )
    parser.add_argument("--without", metavar="STACK", action="append", default=[], help="not this one")
    parser.add_argument(
        "--places-of", metavar="ROOT", type=Path, help="only identities that the stack files there name, too"
    )
    parser.add_argument("--format", choices=sorted(FORMATS), default="json")
    parser.add_argument(
        "--check-azure",
        metavar="FILE",
        type=Path,
        help="say whether azure-pipelines.yml lists all stacks, as it must",
    )
    parser.add_argument("--root", type=Path, default=ROOT)
    given = parser.parse_args(arguments)
    try:
        found = select(given)
    except (SpecError, CommandError, Unknown) as problem:
        print(problem, getattr(problem, "fix", ""), sep="\n", file=sys.stderr)
        return 2
    if given.check_azure:
        return _compare(given.check_azure, azure_rows([asdict(row) for row in found]))
    sys.stdout.write(FORMATS[given.format]([asdict(row) for row in found]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

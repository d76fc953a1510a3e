"""Rules of a project with its charter and environment that are the same on both clouds."""

from __future__ import annotations

from collections.abc import Sequence

from components.spec.azure import AzureProjectSpec
from components.spec.charter import Charter
from components.spec.environment import Lifecycle
from components.spec.problems import Path
from components.spec.project import ProjectSpec
from components.spec.rules import LEVEL, SPEC, Problems
from components.spec.stacks import AzureEnvironmentStack, EnvironmentStack
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, Tier, tier_demands

AnyProjectSpec = ProjectSpec | AzureProjectSpec


def named_after_parts(doc: Document, name: str, wanted: str) -> Problems:
    """A project's stack is called PROJECT-ENVIRONMENT."""
    if name != wanted:
        yield doc.problem(
            (*SPEC, "environment"),
            f"the stack is called {name}, but its charter and environment make it {wanted}",
            f"name the file Pulumi.{wanted}.yaml, or correct charter or environment",
        )


def tier_rules(doc: Document, level: Level, spec: AnyProjectSpec, prefix: str = "") -> Problems:
    """What the tier demands of the stack file. prefix: of the names of the cloud's environments."""
    demands = tier_demands(spec.tier)
    if level not in demands.levels:
        fitting = ", ".join(tier for tier in Tier if level in tier_demands(tier).levels)
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} may not live at level {level}, only at {', '.join(demands.levels)}",
            f"allowed at {level}: {fitting} (W3)",
        )
    own = f"{prefix}{Level.PROD}-{spec.charter}"
    if demands.dedicated_environment and spec.environment != own:
        yield doc.problem(
            (*SPEC, "environment"),
            f"{spec.tier} demands an environment of the project's own",
            f"write: environment: {own} (W3, T2)",
        )
    longest = demands.results_retention_days_max
    if spec.results.retention_days > longest:
        yield doc.problem(
            (*SPEC, "results", "retention_days"),
            f"is {spec.results.retention_days} days; {spec.tier} keeps results for at most {longest}",
            f"{longest} or less (C2, T3)",
        )


def chartered_tier(doc: Document, spec: AnyProjectSpec, charter: Charter) -> Problems:
    """The charter allows the stack's tier."""
    if spec.tier not in charter.tiers:
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} is not among the charter's tiers",
            f"allowed by the charter: {', '.join(charter.tiers)} (W2)",
        )


def shown_processor(
    doc: Document, at: Path, device: str, provider: str, operator: str, charter: Charter
) -> Problems:
    """The charter's data path shows who processes a device's work outside the cloud operator's own walls."""
    if provider not in {hop.provider for hop in charter.data_path}:
        yield doc.problem(
            at,
            f"{device} is processed by {provider}, outside {operator}; the charter's data path hides it",
            f"add a hop to data_path in stacks/charters/{charter.name}.yaml: "
            f"{{step: qpu-operator, provider: {provider}, inside: false, …}} (R4)",
        )


def in_environment(
    doc: Document,
    level: Level,
    spec: AnyProjectSpec,
    environment: EnvironmentStack | AzureEnvironmentStack,
    place: str,
    same: Sequence[str],
    lock: str,
) -> Problems:
    """A project is where its environment is, and lives no longer.

    place: the key that names it, aws or azure. same: its keys that are the environment's own, home last.
    lock: what holds the further places.
    """
    name = environment.name
    if level is not environment.level:
        message = f"is {level}, but environment {name} is at level {environment.level}"
        yield doc.problem(LEVEL, message, f"write: qlz:level: {environment.level}")
    ours, theirs = getattr(spec, place), getattr(environment.spec, place)
    for key in same:
        here, there = getattr(ours, key), getattr(theirs, key)
        if here != there:
            message = f"is {here}, but environment {name} has {there}"
            yield doc.problem((*SPEC, place, key), message, f'write: {key}: "{there}"')
    reach = {getattr(theirs, same[-1]), *theirs.also}
    for index, further in enumerate(ours.also):
        if further not in reach:
            message = f"{further} is outside the {lock} of environment {name}"
            fix = f"allowed: {', '.join(theirs.also) or 'none'} (R1)"
            yield doc.problem((*SPEC, place, "also", index), message, fix)
    if environment.spec.lifecycle is not Lifecycle.ACTIVE and spec.lifecycle is Lifecycle.ACTIVE:
        message = f"is active, but environment {name} is {environment.spec.lifecycle}"
        fix = f"decommission the project first, or set lifecycle: active in stacks/Pulumi.{name}.yaml"
        yield doc.problem((*SPEC, "lifecycle"), message, fix)
    if spec.pipeline.kind not in {issuer.kind for issuer in environment.spec.identity.oidc}:
        message = f"environment {name} has no {spec.pipeline.kind} issuer"
        fix = f"add one to identity.oidc in stacks/Pulumi.{name}.yaml (I2)"
        yield doc.problem((*SPEC, "pipeline", "kind"), message, fix)

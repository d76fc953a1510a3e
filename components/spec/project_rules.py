"""Rules of a project with its charter, its environment and the device catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from components import catalog
from components.spec.azure import AzureProjectSpec
from components.spec.charter import Charter
from components.spec.charter_rules import UNKNOWN
from components.spec.environment import Lifecycle
from components.spec.pipeline import shared_with
from components.spec.problems import did_you_mean
from components.spec.project import Material, ProjectSpec
from components.spec.rules import LEVEL, SPEC, Problems, region_rules
from components.spec.stacks import EnvironmentStack, environment_label
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, Tier, tier_demands

LONGEST_NAMES = (
    ("an S3 bucket", 63, "amazon-braket-{project}-{environment}-111122223333"),
    ("an IAM role", 64, "AmazonBraketJobsExecutionRole-{project}-{environment}"),
)
"""The longest names that resources get, and what AWS allows them (characters)."""


@dataclass(frozen=True)
class ProjectParts:
    """What the rules look at together; a part that could not be read is None."""

    doc: Document
    name: str
    level: Level
    spec: ProjectSpec
    charter: Charter | None
    charter_doc: Document | None
    environment: EnvironmentStack | None


def project_rules(parts: ProjectParts) -> Problems:
    """All rules of a project."""
    yield from region_rules(parts.doc, parts.spec.aws)
    yield from tier_rules(parts.doc, parts.level, parts.spec)
    yield from _key(parts.doc, parts.spec)
    yield from _archive(parts.doc, parts.spec)
    yield from _elevation(parts.doc, parts.spec)
    yield from _devices(parts.doc, parts.spec, parts.charter)
    if parts.environment is not None:
        yield from _names(parts.doc, parts.name, parts.spec)
        yield from _environment(parts.doc, parts.level, parts.spec, parts.environment)
    if parts.charter is not None and parts.charter_doc is not None:
        yield from _charter(parts.doc, parts.spec, parts.charter)
        yield from _spending(parts.doc, parts.spec, parts.charter)
        yield from charter_demands(parts.charter_doc, parts.charter, parts.name, parts.spec)


def _names(doc: Document, name: str, spec: ProjectSpec) -> Problems:
    label = environment_label(spec.environment, spec.charter)
    wanted = f"{spec.charter}-{label}"
    if name != wanted:
        yield doc.problem(
            (*SPEC, "environment"),
            f"the stack is called {name}, but its charter and environment make it {wanted}",
            f"name the file Pulumi.{wanted}.yaml, or correct charter or environment",
        )
    lengths = [
        (len(longest) - limit, what, limit, longest)
        for what, limit, template in LONGEST_NAMES
        if len(longest := template.format(project=spec.charter, environment=label)) > limit
    ]
    if lengths:
        over, what, limit, longest = max(lengths)
        yield doc.problem(
            (*SPEC, "charter"),
            f"makes {what} called {longest}: {len(longest)} characters, and AWS allows {limit}",
            f"shorten the project's or the environment's name by {over}",
        )


def tier_rules(
    doc: Document, level: Level, spec: ProjectSpec | AzureProjectSpec, prefix: str = ""
) -> Problems:
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


def _key(doc: Document, spec: ProjectSpec) -> Problems:
    demands = tier_demands(spec.tier)
    if demands.bring_your_own_key and (spec.key is None or spec.key.material is not Material.OWN):
        at = (*SPEC, "key") if spec.key is None else (*SPEC, "key", "material")
        yield doc.problem(
            at,
            f"{spec.tier} demands key material of the organisation's own",
            "write: key: {material: own}; how it gets there: docs/own-key-material.md (K2)",
        )


def _archive(doc: Document, spec: ProjectSpec) -> Problems:
    if spec.archive is None:
        return
    at, days = (*SPEC, "archive", "retention_days"), spec.archive.retention_days
    longest = tier_demands(spec.tier).results_retention_days_max
    if days > longest:
        message = f"is {days} days; {spec.tier} keeps results, copies too, for at most {longest}"
        yield doc.problem(at, message, f"{longest} or less (C2, T3)")
    if days <= spec.results.retention_days:
        message = f"is {days} days, and results themselves are kept for {spec.results.retention_days}"
        yield doc.problem(at, message, "longer than results.retention_days, or no archive")


def _elevation(doc: Document, spec: ProjectSpec) -> Problems:
    longest = tier_demands(spec.tier).elevation_hours
    for index, grant in enumerate(spec.elevation):
        if grant.end - grant.start > timedelta(hours=longest):
            yield doc.problem(
                (*SPEC, "elevation", index, "end"),
                f"is more than {longest} hours after the start, the longest {spec.tier} allows",
                f'"{grant.start + timedelta(hours=longest):%Y-%m-%dT%H:%M:%SZ}" or earlier (I6)',
            )


def _devices(doc: Document, spec: ProjectSpec, charter: Charter | None) -> Problems:
    known = catalog.devices()
    regions, where = spec.aws.regions, ", ".join(spec.aws.regions)
    offered = [
        device.id
        for device in known.values()
        if set(regions) & set(device.regions) and device.status is catalog.Status.AVAILABLE
    ]
    for index, name in enumerate(spec.devices):
        at = (*SPEC, "devices", index)
        device = known.get(name)
        if device is None:
            # The likeliest meaning first, even where it is not offered; then what is.
            fix = f"{did_you_mean(name, known)}allowed in {where}: {', '.join(offered) or 'none'}"
            yield doc.problem(at, f"{name} is not in the device catalogue", fix)
            continue
        if set(regions) <= set(catalog.regions()) and not set(regions) & set(device.regions):
            yield doc.problem(
                at,
                f"{name} is not offered in {where}, only in {', '.join(device.regions)}",
                f"allowed in {where}: {', '.join(offered)}",
            )
        if device.processed_by_aws or charter is None:
            continue
        if device.provider not in {hop.provider for hop in charter.data_path}:
            yield doc.problem(
                at,
                f"{name} is processed by {device.provider}, outside AWS; the charter's data path hides it",
                f"add a hop to data_path in stacks/charters/{spec.charter}.yaml: "
                f"{{step: qpu-operator, provider: {device.provider}, inside: false, …}} (R4)",
            )


def _environment(doc: Document, level: Level, spec: ProjectSpec, environment: EnvironmentStack) -> Problems:
    name = environment.name
    if level is not environment.level:
        message = f"is {level}, but environment {name} is at level {environment.level}"
        yield doc.problem(LEVEL, message, f"write: qlz:level: {environment.level}")
    theirs = environment.spec.aws
    if spec.aws.account != theirs.account:
        message = f"is {spec.aws.account}, but environment {name} has {theirs.account}"
        yield doc.problem((*SPEC, "aws", "account"), message, f'write: account: "{theirs.account}"')
    if spec.aws.region != theirs.region:
        message = f"is {spec.aws.region}, but environment {name} is in {theirs.region}"
        yield doc.problem((*SPEC, "aws", "region"), message, f"write: region: {theirs.region}")
    for index, further in enumerate(spec.aws.also):
        if further not in theirs.regions:
            message = f"{further} is outside the region lock of environment {name}"
            fix = f"allowed: {', '.join(theirs.also) or 'none'} (R1)"
            yield doc.problem((*SPEC, "aws", "also", index), message, fix)
    if environment.spec.lifecycle is not Lifecycle.ACTIVE and spec.lifecycle is Lifecycle.ACTIVE:
        message = f"is active, but environment {name} is {environment.spec.lifecycle}"
        fix = f"decommission the project first, or set lifecycle: active in stacks/Pulumi.{name}.yaml"
        yield doc.problem((*SPEC, "lifecycle"), message, fix)
    if tier_demands(spec.tier).private_network and environment.spec.network is None:
        message = f"{spec.tier} submits through private endpoints only, and environment {name} has no network"
        fix = f'add network: {{cidr: "10.40.0.0/20"}} to stacks/Pulumi.{name}.yaml (T2)'
        yield doc.problem((*SPEC, "tier"), message, fix)
    yield from _notebooks(doc, spec, environment)
    if environment.spec.identity.saml is None:
        message = f"environment {name} has no SAML provider, so nobody could enter the project"
        fix = f"add identity.saml to stacks/Pulumi.{name}.yaml (I1)"
        yield doc.problem((*SPEC, "environment"), message, fix)
    if spec.pipeline.kind not in {issuer.kind for issuer in environment.spec.identity.oidc}:
        message = f"environment {name} has no {spec.pipeline.kind} issuer"
        fix = f"add one to identity.oidc in stacks/Pulumi.{name}.yaml (I2)"
        yield doc.problem((*SPEC, "pipeline", "kind"), message, fix)
    if role := shared_with(spec.pipeline, environment.spec.identity.ci):
        message = f"is the workflow that is {role} in environment {name}: it would be both"
        fix = "a repository or a place in the CI system of its own (I4)"
        yield doc.problem((*SPEC, "pipeline", "repository"), message, fix)


def _notebooks(doc: Document, spec: ProjectSpec, environment: EnvironmentStack) -> Problems:
    if spec.notebooks is None:
        return
    at, name = (*SPEC, "notebooks"), environment.name
    if not tier_demands(spec.tier).people_submit:
        yield doc.problem(
            at,
            f"{spec.tier} knows who does what by name, and whoever sits at a notebook acts by its one role",
            "leave notebooks out; people submit by elevation, with a name (I4, D1)",
        )
    if environment.spec.network is None:
        yield doc.problem(
            at,
            f"live in a private network, and environment {name} has none",
            f'add network: {{cidr: "10.40.0.0/20"}} to stacks/Pulumi.{name}.yaml; its projects then submit '
            "through endpoints only (T2)",
        )
    if environment.spec.identity.ci is None:
        yield doc.problem(
            at,
            f"need a key's grant, which the apply pipeline alone may make, and environment {name} has none",
            f"add identity.ci to stacks/Pulumi.{name}.yaml (K7)",
        )


def _charter(doc: Document, spec: ProjectSpec, charter: Charter) -> Problems:
    if spec.tier not in charter.tiers:
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} is not among the charter's tiers",
            f"allowed by the charter: {', '.join(charter.tiers)} (W2)",
        )
    for index, name in enumerate(spec.aws.regions):
        region = catalog.regions().get(name)
        if region is None or _within(region, charter):
            continue
        inside = [r.id for r in catalog.regions().values() if _within(r, charter)]
        yield doc.problem(
            (*SPEC, "aws", "region") if index == 0 else (*SPEC, "aws", "also", index - 1),
            f"{region.id} is in {', '.join(region.jurisdictions)}, outside the charter's jurisdictions "
            f"({', '.join(charter.jurisdictions)})",
            f"allowed: {', '.join(inside) or 'no region offers Amazon Braket there'} (R1)",
        )


def _spending(doc: Document, spec: ProjectSpec, charter: Charter) -> Problems:
    """The charter says what each quantum processor may cost: the environment blocks those without a word."""
    paid = {row.device for row in charter.spending if row.environment == spec.environment}
    for index, name in enumerate(spec.devices):
        device = catalog.devices().get(name)
        if device is not None and device.kind is catalog.DeviceKind.QPU and name not in paid:
            yield doc.problem(
                (*SPEC, "devices", index),
                f"the charter gives {name} no money in {spec.environment}",
                f"add to spending in stacks/charters/{spec.charter}.yaml: "
                f'{{environment: {spec.environment}, device: {name}, usd: "…"}}',
            )


def _within(region: catalog.Region, charter: Charter) -> bool:
    return any(catalog.covers(charter.jurisdictions, code) for code in region.jurisdictions)


def charter_demands(
    doc: Document, charter: Charter, name: str, spec: ProjectSpec | AzureProjectSpec
) -> Problems:
    """What the tier demands of the charter; the problems stand in the charter's file."""
    demands = tier_demands(spec.tier)
    who = f"tier {spec.tier} of stack {name}"
    if charter.classification not in demands.classifications:
        yield doc.problem(
            ("classification",),
            f"{charter.classification} data is too sensitive for {who}",
            f"allowed in {spec.tier}: {', '.join(demands.classifications)} (W3)",
        )
    if demands.known_jurisdictions:
        for index, hop in enumerate(charter.data_path):
            if hop.jurisdiction == UNKNOWN:
                message = f"is unknown, which {who} does not allow"
                fix = "find it out and write it down (R4)"
                yield doc.problem(("data_path", index, "jurisdiction"), message, fix)
    if demands.contract_record:
        yield from _contract(doc, charter, who)


def _contract(doc: Document, charter: Charter, who: str) -> Problems:
    if charter.contract is None:
        yield doc.problem(("contract",), f"is missing; {who} demands it", "add the contract record (R3)")
        return
    for field in ("log_jurisdictions", "backup_jurisdictions"):
        codes: tuple[str, ...] = getattr(charter.contract, field)
        for index, code in enumerate(codes):
            if code in catalog.jurisdictions() and not catalog.covers(charter.jurisdictions, code):
                yield doc.problem(
                    ("contract", field, index),
                    f"{code} is outside the charter's jurisdictions, which {who} does not allow",
                    f"allowed: {', '.join(charter.jurisdictions)} (R1)",
                )

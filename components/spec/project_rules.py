"""Rules of a project with its charter, its environment and the device catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from components import catalog
from components.spec.azure import AzureProjectSpec
from components.spec.charter import Charter
from components.spec.charter_rules import UNKNOWN
from components.spec.pipeline import shared_with
from components.spec.placement_rules import (
    chartered_tier,
    in_environment,
    named_after_parts,
    shown_processor,
    tier_rules,
)
from components.spec.problems import did_you_mean
from components.spec.project import Material, ProjectSpec
from components.spec.rules import SPEC, Problems, region_rules
from components.spec.stacks import EnvironmentStack, environment_label
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, tier_demands

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
    yield from named_after_parts(doc, name, f"{spec.charter}-{label}")
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
        yield from shown_processor(doc, at, name, device.provider, "AWS", charter)


def _environment(doc: Document, level: Level, spec: ProjectSpec, environment: EnvironmentStack) -> Problems:
    name = environment.name
    yield from in_environment(doc, level, spec, environment, "aws", ("account", "region"), "region lock")
    if tier_demands(spec.tier).private_network and environment.spec.network is None:
        message = f"{spec.tier} submits through private endpoints only, and environment {name} has no network"
        fix = f'add network: {{cidr: "10.40.0.0/20"}} to stacks/Pulumi.{name}.yaml (T2)'
        yield doc.problem((*SPEC, "tier"), message, fix)
    yield from _notebooks(doc, spec, environment)
    if environment.spec.identity.saml is None:
        message = f"environment {name} has no SAML provider, so nobody could enter the project"
        fix = f"add identity.saml to stacks/Pulumi.{name}.yaml (I1)"
        yield doc.problem((*SPEC, "environment"), message, fix)
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
    yield from chartered_tier(doc, spec, charter)
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

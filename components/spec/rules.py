"""Rules that look at more than one field: names, dates, catalogue, charter, environment.

Each yields problems and decides nothing about the day it is: what depends on today is in ``timing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from components import catalog
from components.spec.charter import MAX_YEARS, REVIEW_DAYS, Charter, DataClass, Step
from components.spec.environment import AwsAccount, EnvironmentSpec
from components.spec.problems import Path, Problem, choices
from components.spec.project import ProjectSpec
from components.spec.stacks import EnvironmentStack
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, Tier, tier_demands

SPEC: Path = ("config", "qlz:spec")
LEVEL: Path = ("config", "qlz:level")
Problems = Iterator[Problem]

_LONGEST_BUCKET = "amazon-braket-{project}-{environment}-111122223333"
_LONGEST_ROLE = "AmazonBraketJobsExecutionRole-{project}-{environment}"


def environment_rules(doc: Document, name: str, level: Level, spec: EnvironmentSpec) -> Problems:
    """An environment by itself."""
    if level is Level.PROD and not re.fullmatch(r"prod-[a-z][a-z0-9-]*", name):
        yield doc.problem(
            LEVEL,
            f"a production environment is dedicated to one project, and {name} names none",
            "name the file Pulumi.prod-PROJECT.yaml (T2, W3)",
        )
    elif name != level and not name.startswith(f"{level}-"):
        yield doc.problem(
            LEVEL, f"the stack is called {name} but its level is {level}", f"call it {level} or {level}-WORD"
        )
    yield from _region(doc, spec.aws)
    yield from _review(doc, SPEC, spec.last_review, spec.next_review)


def _region(doc: Document, aws: AwsAccount) -> Problems:
    if aws.region not in catalog.regions():
        yield doc.problem(
            (*SPEC, "aws", "region"),
            f"{aws.region} does not offer Amazon Braket",
            choices(aws.region, catalog.regions()),
        )


def _review(doc: Document, at: Path, last: date | None, following: date) -> Problems:
    if last is None:
        return
    if following <= last:
        yield doc.problem((*at, "next_review"), f"is not after the last review ({last})", "a later day")
    elif following - last > timedelta(days=REVIEW_DAYS):
        latest = last + timedelta(days=REVIEW_DAYS)
        yield doc.problem(
            (*at, "next_review"),
            f"is {(following - last).days} days after the last review; reviews are at least quarterly",
            f'"{latest}" or earlier (G3)',
        )


def charter_rules(doc: Document, charter: Charter, name: str) -> Problems:
    """A charter by itself."""
    if charter.name != name:
        yield doc.problem(
            ("name",), f"is {charter.name}, but the file is {name}.yaml", f"write: name: {name}"
        )
    if any(name == level or name.startswith(f"{level}-") for level in Level):
        yield doc.problem(
            ("name",),
            f"{name} begins like an environment",
            f"choose one that does not begin with {', '.join(Level)}",
        )
    if charter.end <= charter.start:
        yield doc.problem(("end",), f"is not after the start ({charter.start})", "a later day")
    elif charter.end > _years_after(charter.start, MAX_YEARS):
        yield doc.problem(
            ("end",), f"is more than {MAX_YEARS} years after the start", "renew a charter instead"
        )
    if charter.last_review is not None and charter.last_review < charter.start:
        yield doc.problem(
            ("last_review",), f"is before the start ({charter.start})", "leave it out until then"
        )
    yield from _review(doc, (), charter.last_review or charter.start, charter.next_review)
    known = catalog.jurisdictions()
    for index, code in enumerate(charter.jurisdictions):
        yield from _known_code(doc, ("jurisdictions", index), code)
    if DataClass.RAW in charter.data_leaving:
        yield doc.problem(
            ("data_leaving", charter.data_leaving.index(DataClass.RAW)),
            "raw data never leaves the boundary",
            "allowed: " + ", ".join(c for c in DataClass if c is not DataClass.RAW) + " (R2)",
        )
    steps = {hop.step for hop in charter.data_path}
    for step in (Step.SUBMISSION_API, Step.RESULT_STORE):
        if step not in steps:
            yield doc.problem(("data_path",), f"has no {step} hop", f"add - {{step: {step}, …}} (W1)")
    for index, hop in enumerate(charter.data_path):
        at: Path = ("data_path", index)
        if hop.jurisdiction != "unknown":
            yield from _known_code(doc, (*at, "jurisdiction"), hop.jurisdiction)
        if (
            hop.inside
            and hop.jurisdiction in known
            and not catalog.covers(charter.jurisdictions, hop.jurisdiction)
        ):
            yield doc.problem(
                (*at, "jurisdiction"),
                f"{hop.jurisdiction} is inside the boundary but not among the charter's jurisdictions",
                f"allowed: {', '.join(charter.jurisdictions)} (R1)",
            )
        if not hop.inside and hop.data_class not in charter.data_leaving:
            yield doc.problem(
                (*at, "data_class"),
                f"{hop.data_class} data leaves the boundary here, which data_leaving does not allow",
                f"allowed: {', '.join(charter.data_leaving) or 'none'} (R2)",
            )
    if charter.contract is not None:
        contract = charter.contract
        for field in ("support_jurisdictions", "log_jurisdictions", "backup_jurisdictions"):
            for index, code in enumerate(getattr(contract, field)):
                yield from _known_code(doc, ("contract", field, index), code)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _known_code(doc: Document, path: Path, code: str) -> Problems:
    known = catalog.jurisdictions()
    if code not in known:
        hint = "did you mean GB? " if code == "UK" else ""
        near = choices(code.upper(), known) if not hint else f"allowed: {', '.join(known)}"
        yield doc.problem(path, f"{code} is not a known jurisdiction", hint + near)


@dataclass(frozen=True)
class ProjectParts:
    """What the rules of a project look at together; a part that could not be read is None."""

    doc: Document
    name: str
    level: Level
    spec: ProjectSpec
    charter: Charter | None
    charter_doc: Document | None
    environment: EnvironmentStack | None


def project_rules(parts: ProjectParts) -> Problems:
    """A project with its charter and its environment."""
    yield from _project_names(parts)
    yield from _region(parts.doc, parts.spec.aws)
    yield from _tier(parts)
    yield from _devices(parts)
    if parts.environment is not None:
        yield from _same_place(parts, parts.environment)
    if parts.charter is not None and parts.charter_doc is not None:
        yield from _against_charter(parts, parts.charter, parts.charter_doc)


def environment_label(environment: str, project: str) -> str:
    """The environment's part of a project's names: its stack name, or prod for the project's own one."""
    return str(Level.PROD) if environment == f"{Level.PROD}-{project}" else environment


def _project_names(parts: ProjectParts) -> Problems:
    spec, doc = parts.spec, parts.doc
    wanted = f"{spec.charter}-{environment_label(spec.environment, spec.charter)}"
    if parts.name != wanted:
        yield doc.problem(
            (*SPEC, "environment"),
            f"the stack is called {parts.name}, but its charter and environment make it {wanted}",
            f"name the file Pulumi.{wanted}.yaml, or correct charter or environment",
        )
    # The whole name of the environment counts, so that a name fits whichever of the two a resource carries.
    for template, limit, what in ((_LONGEST_BUCKET, 63, "S3 bucket"), (_LONGEST_ROLE, 64, "IAM role")):
        longest = template.format(project=spec.charter, environment=spec.environment)
        if len(longest) > limit:
            over = len(longest) - limit
            yield doc.problem(
                (*SPEC, "charter"),
                f"makes names too long for AWS: {longest} has {len(longest)} characters, an {what} at most {limit}",
                f"shorten the project's or the environment's name by {over}",
            )
            return


def _tier(parts: ProjectParts) -> Problems:
    spec, doc = parts.spec, parts.doc
    demands = tier_demands(spec.tier)
    if parts.level not in demands.levels:
        fitting = [tier for tier in Tier if parts.level in tier_demands(tier).levels]
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} may not live at level {parts.level}, only at {', '.join(demands.levels)}",
            f"allowed at {parts.level}: {', '.join(fitting)} (W3)",
        )
    if demands.dedicated_environment and spec.environment != f"{Level.PROD}-{spec.charter}":
        yield doc.problem(
            (*SPEC, "environment"),
            f"{spec.tier} demands an environment of its own",
            f"write: environment: {Level.PROD}-{spec.charter} (W3, T2)",
        )
    longest = demands.results_retention_days_max
    if spec.results.retention_days > longest:
        yield doc.problem(
            (*SPEC, "results", "retention_days"),
            f"is {spec.results.retention_days} days; tier {spec.tier} keeps results for at most {longest}",
            f"{longest} or less (C2, T3)",
        )


def _devices(parts: ProjectParts) -> Problems:
    spec, doc = parts.spec, parts.doc
    known = catalog.devices()
    hops = {hop.provider for hop in parts.charter.data_path if hop.provider} if parts.charter else None
    for index, name in enumerate(spec.devices):
        at = (*SPEC, "devices", index)
        device = known.get(name)
        if device is None:
            offered = [
                d.id for d in known.values() if d.status == "available" and spec.aws.region in d.regions
            ]
            yield doc.problem(at, f"{name} is not in the device catalogue", choices(name, offered or known))
            continue
        if spec.aws.region in catalog.regions() and spec.aws.region not in device.regions:
            offered = [
                d.id for d in known.values() if d.status == "available" and spec.aws.region in d.regions
            ]
            yield doc.problem(
                at,
                f"{name} is not offered in {spec.aws.region}, only in {', '.join(device.regions)}",
                f"allowed in {spec.aws.region}: {', '.join(offered)}",
            )
        if not device.processed_by_aws and hops is not None and device.provider not in hops:
            yield doc.problem(
                at,
                f"{name} is processed by {device.provider} outside AWS, which the charter's data path does not show",
                f"add a hop {{step: qpu-operator, provider: {device.provider}, …}} "
                f"to stacks/charters/{spec.charter}.yaml (R4)",
            )


def _same_place(parts: ProjectParts, environment: EnvironmentStack) -> Problems:
    spec, doc, aws = parts.spec, parts.doc, environment.spec.aws
    if parts.level != environment.level:
        yield doc.problem(
            LEVEL,
            f"is {parts.level}, but environment {environment.name} is at level {environment.level}",
            f"write: qlz:level: {environment.level}",
        )
    for field in ("account", "region"):
        mine, theirs = getattr(spec.aws, field), getattr(aws, field)
        if mine != theirs:
            written = f'"{theirs}"' if field == "account" else theirs
            yield doc.problem(
                (*SPEC, "aws", field),
                f"is {mine}, but environment {environment.name} has {theirs}",
                f"write: {field}: {written}",
            )
    kinds = [issuer.kind for issuer in environment.spec.identity.oidc]
    if spec.pipeline.kind not in kinds:
        yield doc.problem(
            (*SPEC, "pipeline", "kind"),
            f"environment {environment.name} has no {spec.pipeline.kind} issuer",
            f"add one to identity.oidc in stacks/Pulumi.{environment.name}.yaml (I2)",
        )


def _against_charter(parts: ProjectParts, charter: Charter, charter_doc: Document) -> Problems:
    spec, doc = parts.spec, parts.doc
    demands = tier_demands(spec.tier)
    if spec.tier not in charter.tiers:
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} is not among the charter's tiers",
            f"allowed by the charter: {', '.join(charter.tiers)} (W2)",
        )
    if charter.classification not in demands.classifications:
        yield charter_doc.problem(
            ("classification",),
            f"{charter.classification} data is too sensitive for tier {spec.tier} of stack {parts.name}",
            f"allowed in {spec.tier}: {', '.join(demands.classifications)} (W3)",
        )
    region = catalog.regions().get(spec.aws.region)
    if region and not any(catalog.covers(charter.jurisdictions, code) for code in region.jurisdictions):
        inside = [
            r.id
            for r in catalog.regions().values()
            if any(catalog.covers(charter.jurisdictions, code) for code in r.jurisdictions)
        ]
        yield doc.problem(
            (*SPEC, "aws", "region"),
            f"{region.id} is in {', '.join(region.jurisdictions)}, outside the charter's jurisdictions "
            f"({', '.join(charter.jurisdictions)})",
            f"allowed: {', '.join(inside) or 'no region that offers Amazon Braket'} (R1)",
        )
    if demands.known_jurisdictions:
        for index, hop in enumerate(charter.data_path):
            if hop.jurisdiction == "unknown":
                yield charter_doc.problem(
                    ("data_path", index, "jurisdiction"),
                    f"is unknown, which tier {spec.tier} of stack {parts.name} does not allow",
                    "find it out and write it down (R4)",
                )
    if demands.contract_record:
        if charter.contract is None:
            yield charter_doc.problem(
                ("contract",), f"is missing; tier {spec.tier} of stack {parts.name} demands it", "add it (R3)"
            )
        else:
            for field in ("log_jurisdictions", "backup_jurisdictions"):
                for index, code in enumerate(getattr(charter.contract, field)):
                    if code in catalog.jurisdictions() and not catalog.covers(charter.jurisdictions, code):
                        yield charter_doc.problem(
                            ("contract", field, index),
                            f"{code} is outside the charter's jurisdictions",
                            f"allowed: {', '.join(charter.jurisdictions)} (R1)",
                        )

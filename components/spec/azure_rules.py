"""Rules of environments and projects on Azure, with the charter, each other and the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from components import catalog
from components.catalog import azure as azure_catalog
from components.spec.azure import (
    AzureEnvironmentSpec,
    AzureProjectSpec,
    AzureSubscription,
    Demand,
)
from components.spec.charter import Charter
from components.spec.fields import MAX_NAME, Model
from components.spec.placement_rules import (
    chartered_tier,
    in_environment,
    named_after_parts,
    shown_processor,
    tier_rules,
)
from components.spec.problems import choices, did_you_mean
from components.spec.project_rules import charter_demands
from components.spec.rules import LEVEL, SPEC, Problems, review_rules
from components.spec.stacks import AZURE_PREFIX, AzureEnvironmentStack, azure_environment_label
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, Tier, tier_demands

LONGEST_NAME = 54
"""Of a quantum workspace, PROJECT-ENVIRONMENT, in characters: the shortest of Azure's limits that matter."""
ACCEPTED_DAYS = 366


@dataclass(frozen=True)
class AzureParts:
    """What the rules look at together; a part that could not be read is None."""

    doc: Document
    name: str
    level: Level
    spec: AzureProjectSpec
    charter: Charter | None
    charter_doc: Document | None
    environment: AzureEnvironmentStack | None


def azure_environment_rules(doc: Document, name: str, level: Level, spec: AzureEnvironmentSpec) -> Problems:
    """An environment by itself."""
    own = name.removeprefix(AZURE_PREFIX)
    if own == name:
        fix = f"name the file Pulumi.{AZURE_PREFIX}{name}.yaml"
        yield doc.problem((*SPEC, "azure"), f"an environment on Azure is called azure-…, not {name}", fix)
    elif level is Level.PROD and not re.fullmatch(r"prod-[a-z][a-z0-9-]*", own):
        message = f"a production environment is dedicated to one project, and {name} names none"
        yield doc.problem(LEVEL, message, f"name the file Pulumi.{AZURE_PREFIX}prod-PROJECT.yaml (T2, W3)")
    elif own != level and not own.startswith(f"{level}-"):
        message = f"the stack is called {name} but its level is {level}"
        yield doc.problem(LEVEL, message, f"call it {AZURE_PREFIX}{level} or {AZURE_PREFIX}{level}-WORD")
    if len(name) > MAX_NAME:
        yield doc.problem(LEVEL, f"the stack's name has {len(name)} characters", f"at most {MAX_NAME}")
    yield from _locations(doc, spec.azure)
    yield from _identity(doc, level, spec)
    yield from _groups(doc, spec.groups)
    yield from review_rules(doc, SPEC, spec.last_review, spec.next_review)


def _locations(doc: Document, azure: AzureSubscription) -> Problems:
    known = azure_catalog.locations()
    for index, location in enumerate(azure.locations):
        at = (*SPEC, "azure", "location") if index == 0 else (*SPEC, "azure", "also", index - 1)
        if location not in known:
            near = did_you_mean(location, known)
            message = f"{location} does not offer Azure Quantum"
            yield doc.problem(at, message, f"{near}allowed: {', '.join(known)}")
        elif index and location == azure.location:
            yield doc.problem(at, f"{location} is home already", "remove it; also names further locations")


def _identity(doc: Document, level: Level, spec: AzureEnvironmentSpec) -> Problems:
    identity, at = spec.identity, (*SPEC, "identity")
    if level is not Level.SANDBOX:
        for key, why in (("ci", "pipelines apply, not people (I2)"), ("break_glass", "see SECURITY.md (I1)")):
            if getattr(identity, key) is None:
                yield doc.problem(at, f"has no {key}, which level {level} demands", f"add {key}: {why}")
    glass = identity.break_glass
    if glass is not None and glass.object_id in spec.groups.model_dump().values():
        message = "is one of the groups, which come in like other people"
        yield doc.problem((*at, "break_glass", "object_id"), message, "an emergency account")


def _groups(doc: Document, groups: Model) -> Problems:
    seen: dict[str, str] = {}
    for kind, group in groups.model_dump().items():
        if group in seen:
            message = f"is the group of {seen[group]} already; no identity is of two kinds"
            yield doc.problem((*SPEC, "groups", kind), message, "a group of its own (I4, K7)")
        seen.setdefault(group, kind)


def azure_project_rules(parts: AzureParts) -> Problems:
    """All rules of a project."""
    doc, spec = parts.doc, parts.spec
    yield from _locations(doc, spec.azure)
    yield from tier_rules(doc, parts.level, spec, AZURE_PREFIX)
    yield from _hosting(doc, spec, parts.charter)
    yield from _groups(doc, spec.groups)
    if spec.recover and spec.life == 1:
        message = (
            "takes back a vault, which brings the earlier life's key, and this life's is called the same"
        )
        yield doc.problem((*SPEC, "recover"), message, "write: life: 2, or one more than it was (K2)")
    yield from _targets(doc, spec, parts.charter)
    yield from _plans(doc, spec)
    yield from _budget(doc, spec)
    if parts.environment is not None:
        yield from _names(doc, parts.name, spec)
        yield from _environment(doc, parts.level, spec, parts.environment)
    if parts.charter is not None and parts.charter_doc is not None:
        yield from _charter(doc, spec, parts.charter)
        yield from _alerts(parts.charter_doc, parts.charter, parts.name, parts.environment)
        yield from charter_demands(parts.charter_doc, parts.charter, parts.name, spec)


def _hosting(doc: Document, spec: AzureProjectSpec, charter: Charter | None) -> Problems:
    """Azure Quantum has no private endpoint, and no key material of the customer's own is built here."""
    demands, rows = tier_demands(spec.tier), {row.demand: i for i, row in enumerate(spec.accepted)}
    row = rows.get(Demand.PRIVATE_NETWORK)
    if demands.bring_your_own_key:
        hosted = ", ".join(tier for tier in Tier if not tier_demands(tier).bring_your_own_key)
        message = (
            f"Azure cannot host {spec.tier}: Azure Quantum has no private endpoint (T2), and key material "
            "of the customer's own is not built on Azure (K2)"
        )
        yield doc.problem((*SPEC, "tier"), message, f"allowed on Azure: {hosted}, or a stack on AWS")
    elif demands.private_network and row is None:
        yield doc.problem(
            (*SPEC, "tier"),
            f"{spec.tier} demands submission through private endpoints, which Azure Quantum does not offer",
            "somebody accepts that for a time: accepted: [{demand: private-network, …}] (T2, G4)",
        )
    elif row is not None and not demands.private_network:
        message = f"{spec.tier} does not demand it"
        yield doc.problem((*SPEC, "accepted", row, "demand"), message, "remove the entry")
    if charter is None:
        return
    latest = (charter.last_review or charter.start) + timedelta(days=ACCEPTED_DAYS)
    if spec.elevation is not None and spec.elevation.until > latest:
        message = f"is more than {ACCEPTED_DAYS} days after the charter's last review"
        yield doc.problem((*SPEC, "elevation", "until"), message, f'"{latest}" or earlier (I6)')
    for index, accepted in enumerate(spec.accepted):
        if accepted.expires > latest:
            message = f"is more than {ACCEPTED_DAYS} days after the charter's last review"
            yield doc.problem((*SPEC, "accepted", index, "expires"), message, f'"{latest}" or earlier (G4)')


def _alerts(
    doc: Document, charter: Charter, name: str, environment: AzureEnvironmentStack | None
) -> Problems:
    if charter.alerts is None:
        message = f"is missing; on Azure an alarm is all that tells stack {name} of other targets"
        yield doc.problem(
            ("alerts",), message, "add alerts: with submissions_per_hour and source_networks (L4)"
        )
    elif environment is not None:
        idle, kept = charter.alerts.idle_days, environment.spec.retention.operational_log_days
        # The query compares two jobs: the earlier one has to be there still.
        if idle >= kept:
            message = f"is {idle}, and the operational log of {environment.name} keeps jobs for {kept} days"
            fix = f"less than {kept}, or keep the log for longer: the query would find nothing (L4)"
            yield doc.problem(("alerts", "idle_days"), message, fix)


def _targets(doc: Document, spec: AzureProjectSpec, charter: Charter | None) -> Problems:
    known = azure_catalog.targets()
    offered = [t.id for t in known.values() if t.status is catalog.Status.AVAILABLE]
    for index, name in enumerate(spec.devices):
        at = (*SPEC, "devices", index)
        target = known.get(name)
        if target is None:
            fix = f"{did_you_mean(name, known)}allowed: {', '.join(offered)}"
            yield doc.problem(at, f"{name} is not in the catalogue of Azure's targets", fix)
        elif charter is not None:
            yield from shown_processor(doc, at, name, target.provider, "Azure", charter)


def _plans(doc: Document, spec: AzureProjectSpec) -> Problems:
    """Every provider in use has a plan that reaches its targets; no plan opens a provider not in use."""
    used: dict[str, list[str]] = {}
    for name in spec.devices:
        if (target := azure_catalog.targets().get(name)) is not None:
            used.setdefault(target.provider, []).append(name)
    for provider, plan_name in spec.plans.items():
        at = (*SPEC, "plans", provider)
        if provider not in used:
            message = f"no target of {provider} is among devices, and a plan would open all of them"
            yield doc.problem(at, message, "remove it: the plans are the lock")
            continue
        plans = azure_catalog.providers()[provider].plans
        plan = plans.get(plan_name)
        if plan is None:
            yield doc.problem(
                at,
                f"{plan_name} is not a plan of {provider} that the catalogue knows",
                choices(plan_name, plans)
                if plans
                else "look it up by `az quantum offerings list`, and add it to the catalogue with source",
            )
        elif plan.targets and (beyond := [name for name in used[provider] if name not in plan.targets]):
            message = f"{plan_name} does not reach {', '.join(beyond)}"
            yield doc.problem(
                at, message, f"it reaches {', '.join(plan.targets)}; another plan, or remove them"
            )
    for provider in used.keys() - spec.plans.keys():
        known = ", ".join(azure_catalog.providers()[provider].plans) or "none that the catalogue knows"
        message = f"names no plan of {provider}, whose targets are among devices"
        yield doc.problem((*SPEC, "plans"), message, f"its plans: {known}")


def _budget(doc: Document, spec: AzureProjectSpec) -> Problems:
    known = azure_catalog.targets()
    processors = [n for n in spec.devices if n in known and known[n].kind is catalog.DeviceKind.QPU]
    if processors and spec.budget is None:
        yield doc.problem(
            (*SPEC, "devices", spec.devices.index(processors[0])),
            f"{processors[0]} costs money, and Azure has no limit that stops it",
            "add a budget: somebody is told at least",
        )


def _names(doc: Document, name: str, spec: AzureProjectSpec) -> Problems:
    wanted = f"{spec.charter}-{azure_environment_label(spec.environment, spec.charter)}"
    yield from named_after_parts(doc, name, wanted)
    if (over := len(wanted) - LONGEST_NAME) > 0:
        message = f"makes a quantum workspace called {wanted}: {len(wanted)} characters; Azure allows 54"
        fix = f"shorten the project's or the environment's name by {over}"
        yield doc.problem((*SPEC, "charter"), message, fix)


def _environment(
    doc: Document, level: Level, spec: AzureProjectSpec, environment: AzureEnvironmentStack
) -> Problems:
    same = ("tenant", "subscription", "location")
    yield from in_environment(doc, level, spec, environment, "azure", same, "location lock")
    yield from _workloads(doc, spec, environment)
    above = environment.spec.groups.model_dump()
    for kind, group in spec.groups.model_dump().items():
        if group in above.values():
            message = f"is a group of environment {environment.name}, which stands above its projects"
            yield doc.problem((*SPEC, "groups", kind), message, "a group of the project's own (I4)")


def _workloads(doc: Document, spec: AzureProjectSpec, environment: AzureEnvironmentStack) -> Problems:
    """Entra lets one workload in to many identities; here none is of two kinds (I4)."""
    identity, name = environment.spec.identity, environment.name
    ci, own = identity.ci, spec.pipeline
    same = ci is not None and (ci.kind, ci.repository) == (own.kind, own.repository)
    if ci is not None and same and own.place in (ci.plan, ci.environment_apply, ci.project_apply):
        message = f"{own.place} is where a pipeline of environment {name} runs"
        key = {"github": "environment", "gitlab": "branch"}.get(own.kind, "service_connection")
        yield doc.problem((*SPEC, "pipeline", key), message, "a place of its own (I2, I4)")
    if spec.service is not None and spec.service.issuer in {issuer.url for issuer in identity.oidc}:
        message = "is the issuer of a CI system, whose workloads are pipelines"
        yield doc.problem((*SPEC, "service", "issuer"), message, "where the service itself runs (I3, I4)")


def _charter(doc: Document, spec: AzureProjectSpec, charter: Charter) -> Problems:
    yield from chartered_tier(doc, spec, charter)
    known = azure_catalog.locations()
    for index, name in enumerate(spec.azure.locations):
        location = known.get(name)
        if location is None or _within(location.jurisdictions, charter):
            continue
        inside = [found.id for found in known.values() if _within(found.jurisdictions, charter)]
        yield doc.problem(
            (*SPEC, "azure", "location") if index == 0 else (*SPEC, "azure", "also", index - 1),
            f"{name} is in {', '.join(location.jurisdictions)}, outside the charter's jurisdictions "
            f"({', '.join(charter.jurisdictions)})",
            f"allowed: {', '.join(inside) or 'no location offers Azure Quantum there'} (R1)",
        )


def _within(codes: Iterable[str], charter: Charter) -> bool:
    return any(catalog.covers(charter.jurisdictions, code) for code in codes)

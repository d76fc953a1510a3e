"""Reads what a stack declares into plain types, once for all controls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from policy_packs.controls.declarations import (
    Accepted,
    Chosen,
    Contract,
    Hop,
    Place,
    Right,
    Sibling,
    Spec,
    Tenant,
    Vendor,
)
from policy_packs.controls.elsewhere import CI_ROLES, elsewhere

__all__ = ["Spec", "read_spec", "tier_of"]

if TYPE_CHECKING:
    from components.spec import LoadedStack


def tier_of(loaded: LoadedStack) -> str:
    """The tier whose demands hold for a stack.

    A project's own; an environment's the strictest that may live in it, except that a production
    environment has the tier of its one project where that is on file. The organization stands above all.
    """
    from components.spec import AnyProject, Level, Tier, tier_demands

    stack: Any = loaded.stack
    if isinstance(stack, AnyProject):
        return str(stack.spec.tier)
    if stack.kind == "environment":
        if stack.level is Level.PROD and len(loaded.projects) == 1:
            return str(loaded.projects[0].spec.tier)
        return str([tier for tier in Tier if stack.level in tier_demands(tier).levels][-1])
    return str(list(Tier)[-1])


def read_spec(loaded: LoadedStack) -> Spec:
    """The declared facts of a loaded stack, on the day it is asked for (UTC)."""
    stack: Any = loaded.stack
    spec = stack.spec
    found = {
        "today": datetime.now(UTC).date(),
        "tier": tier_of(loaded),
        "owner": spec.owner if stack.kind != "project" else stack.charter.owner,
        "purpose": spec.purpose if stack.kind != "project" else stack.charter.purpose,
        "cost_centre": spec.cost_centre if stack.kind != "project" else stack.charter.cost_centre,
    }
    if stack.kind == "project":
        return _project(loaded, stack, found)
    return Spec(
        **found,
        last_review=spec.last_review,
        next_review=spec.next_review,
        identity="" if stack.kind == "organization" else _identity(spec),
        groups={} if stack.kind == "organization" else _groups(spec),
        places=(places := () if stack.kind == "organization" else _ci_places(spec)),
        elsewhere=elsewhere(loaded, places, [project.name for project in loaded.projects]),
        tenants=tuple(
            Tenant(project.charter.name, _place(project.spec), _groups(project.spec))
            for project in loaded.projects
        ),
        watched={
            project.charter.name: project.charter.alerts.submissions_per_hour
            for project in loaded.projects
            if project.charter.alerts
        },
        denied_per_hour=spec.alerts.denied_calls_per_hour if stack.kind == "environment" else None,
        spending=_spending(loaded, stack.name),
    )


def _project(loaded: LoadedStack, stack: Any, found: dict[str, Any]) -> Spec:
    charter, spec, environment = stack.charter, stack.spec, loaded.environment.spec
    return Spec(
        **found,
        last_review=charter.last_review or charter.start,
        next_review=charter.next_review,
        identity=_identity(environment),
        groups=_groups(spec),
        places=(_place(spec),),
        environment_places=_ci_places(environment),
        jobs_per_hour=charter.alerts.submissions_per_hour if charter.alerts else 0,
        tiers=tuple(map(str, charter.tiers)),
        classification=str(charter.classification),
        jurisdictions=tuple(charter.jurisdictions),
        home=_home(spec),
        data_leaving=tuple(map(str, charter.data_leaving)),
        data_path=tuple(
            Hop(
                str(hop.step),
                hop.system,
                hop.region,
                hop.jurisdiction,
                str(hop.data_class),
                hop.credential,
                hop.inside,
                hop.provider or "",
            )
            for hop in charter.data_path
        ),
        contract=_contract(charter.contract),
        start=charter.start,
        end=charter.end,
        devices=_devices(spec),
        rights=tuple(_rights(stack)),
        accepted=tuple(
            Accepted(str(row.demand), row.owner, row.approver, row.expires)
            for row in getattr(spec, "accepted", ())
        ),
        budget=_budget(spec),
        environment_file=spec.environment,
        elsewhere=elsewhere(loaded, [_place(spec)], [loaded.environment.name]),
        siblings=_siblings(loaded, stack),
    )


def _identity(spec: Any) -> str:
    if hasattr(spec, "groups"):
        return "entra"
    return "saml" if spec.identity.saml else ""


def _groups(spec: Any) -> dict[str, str]:
    return dict(spec.groups.model_dump()) if hasattr(spec, "groups") else {}


def _place(spec: Any) -> Place:
    return Place("project", str(spec.pipeline.kind), spec.pipeline.repository, spec.pipeline.place)


def _ci_places(spec: Any) -> tuple[Place, ...]:
    ci = spec.identity.ci
    return tuple(
        Place(who, str(ci.kind), ci.repository, getattr(ci, key))
        for who, key in CI_ROLES.items()
        if ci is not None
    )


def _contract(record: Any) -> Contract | None:
    if record is None:
        return None
    return Contract(
        record.reference,
        tuple(record.subprocessors),
        tuple(record.support_jurisdictions),
        tuple(record.log_jurisdictions),
        tuple(record.backup_jurisdictions),
        record.deletion_days,
        record.verified,
        record.expires,
    )


def _home(spec: Any) -> tuple[str, ...]:
    from components.catalog import azure, regions

    if hasattr(spec, "azure"):
        known, names = azure.locations(), spec.azure.locations
        return tuple(known[name].jurisdictions[0] for name in names if name in known)
    return tuple(regions()[name].jurisdictions[0] for name in spec.aws.regions if name in regions())


def _devices(spec: Any) -> tuple[Chosen, ...]:
    from components.catalog import DeviceKind, azure, devices

    cloud = "azure" if hasattr(spec, "azure") else "aws"
    found: Mapping[str, Any] = azure.targets() if cloud == "azure" else devices()
    return tuple(
        Chosen(
            name,
            found[name].provider,
            found[name].kind is DeviceKind.QPU,
            not getattr(found[name], "processed_by_aws", False),
            _vendor(cloud, found[name].provider),
        )
        for name in spec.devices
    )


def _budget(spec: Any) -> str:
    if spec.budget is None:
        return ""
    return str(spec.budget.per_month if hasattr(spec, "azure") else spec.budget.usd_per_month)


def _vendor(cloud: str, provider: str) -> Vendor | None:
    from components.catalog.vendors import vendor

    found = vendor(cloud, provider)
    if found is None:
        return None
    return Vendor(
        str(found.isolation),
        tuple(found.hosts),
        tuple(found.takes),
        found.decided,
        tuple(row.evidence for row in found.verified),
    )


def _spending(loaded: LoadedStack, environment: str) -> dict[str, str]:
    """The sum of the charters for each quantum processor of AWS."""
    from components.catalog import devices

    found: dict[str, Decimal] = {}
    for project in loaded.projects:
        for row in project.charter.spending:
            if row.environment == environment and row.device in devices():
                arn = devices()[row.device].arn
                found[arn] = found.get(arn, Decimal(0)) + Decimal(row.usd)
    return {arn: str(amount) for arn, amount in found.items()}


def _rights(stack: Any) -> list[Right]:
    elevation = stack.spec.elevation
    if elevation is None:
        return []
    if isinstance(elevation, tuple):
        return [
            Right(str(row.what), row.requester, row.approver, row.reason, row.ticket, row.start, row.end)
            for row in elevation
        ]
    until = datetime.combine(elevation.until, datetime.min.time(), UTC)
    groups = stack.spec.groups
    return [
        Right(
            name.replace("_", "-"), groups.researchers, groups.approvers, "asked in Entra", rule, until, until
        )
        for name, rule in elevation.rules.model_dump().items()
        if rule
    ]


def _siblings(loaded: LoadedStack, stack: Any) -> tuple[Sibling, ...]:
    """The same charter's other stacks, as their files have it: the loader judges each when its turn comes."""
    from components.spec import SpecError, stack_names
    from components.spec.files import Files
    from components.spec.loaded import stack_file

    found, files = [], Files(loaded.root)
    for name in stack_names(loaded.root):
        if name == stack.name or not name.startswith(f"{stack.spec.charter}-"):
            continue
        try:
            config = files.document(stack_file(name)).value["config"]
            spec = config["qlz:spec"]
            if config["qlz:kind"] != "project" or spec["charter"] != stack.spec.charter:
                continue
            there, pipeline = spec.get("aws") or spec["azure"], spec["pipeline"]
            place = next(
                pipeline[key] for key in ("environment", "branch", "service_connection") if key in pipeline
            )
            found.append(
                Sibling(
                    name,
                    config["qlz:level"],
                    there.get("account") or there["subscription"],
                    Place("project", pipeline["kind"], pipeline["repository"], place),
                    dict(spec.get("groups", {})),
                    spec["environment"],
                )
            )
        except (SpecError, KeyError, TypeError, AttributeError, StopIteration):
            found.append(Sibling(name))
    return tuple(found)

"""What the controls know about a stack on Azure: names, people, plans and the table "who may do what".

Names and the GUIDs of role definitions are made here anew, and not taken from the components: a component
that names something else, or gives something else, is caught. What a role may hold is in the reviewed list
`data/azure_roles.json`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.spec import AzureEnvironmentStack, AzureProjectStack, LoadedStack

_DATA = Path(__file__).resolve().parent / "data" / "azure_roles.json"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "quantum-landing-zone.invalid")


@cache
def reviewed() -> Mapping[str, Any]:
    """The reviewed roles: what each of ours holds, which built-in ones may be given, and who gives which."""
    found: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Grant:
    """One row of the table. who: an object id, `identity:NAME` or `workspace:NAME`. role: a GUID.

    gives: GUIDs of the roles it may give on, or take away; such a row stands under a condition.
    """

    who: str
    role: str
    scope: str  # in lower case
    gives: tuple[str, ...] = ()
    data: bool = False  # a freeze takes it away


@dataclass(frozen=True)
class Elevation:
    """What may be asked for in a project: where, which role, by whom, approved by whom, for how long."""

    scope: str  # in lower case
    role: str
    requesters: str
    approvers: str
    rule: str
    hours: int
    until: str  # a day


@dataclass(frozen=True)
class Azure:
    """An Azure stack's facts. groups: its own resource groups; the first is its home."""

    tenant: str
    subscription: str
    label: str
    groups: tuple[str, ...]
    grants: tuple[Grant, ...] = ()
    credentials: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """An identity's name to issuers and subjects that may come in as it."""
    role_kinds: Mapping[str, str] = field(default_factory=dict)
    """GUIDs of our role definitions to their kinds."""
    workspace: str = ""
    plans: Mapping[str, str] = field(default_factory=dict)
    offered: frozenset[tuple[str, str]] = frozenset()
    """Providers and plans that the catalogue knows."""
    targets: tuple[str, ...] = ()
    most_days: int = 0
    """How long the tier keeps results at most."""
    alarms: bool = False
    """Whether the charter says what is unusual."""
    jobs_per_hour: int = 0
    networks: frozenset[str] = frozenset()
    """From which the charter says that people and pipelines call, in CIDR."""
    security: str = ""
    """Object id of the only group that reads the security log, beside what the alarms query with."""
    elevations: tuple[Elevation, ...] = ()
    trail_lock_days: int = 0
    emails: tuple[str, ...] = ()
    recover: bool = False
    """Whether the vault of the project's earlier life is taken back."""

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.subscription}"

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Ids of the stack's own groups, in lower case."""
        return tuple(f"{self.scope}/resourcegroups/{name}".lower() for name in self.groups)

    def shared(self, kind: str, name: str) -> str:
        """Id of something of the environment, in lower case: its logs, its action group."""
        return (
            f"{self.scope}/resourcegroups/qlz-{self.label}/providers/{kind}/qlz-{self.label}-{name}".lower()
        )

    @property
    def operational_log(self) -> str:
        return self.shared("microsoft.operationalinsights/workspaces", "operational")

    @property
    def security_log(self) -> str:
        return self.shared("microsoft.operationalinsights/workspaces", "security")

    @property
    def alarms_identity(self) -> str:
        """What alarms query the logs with."""
        return self.shared("microsoft.managedidentity/userassignedidentities", "alarms")

    @property
    def alert_group(self) -> str:
        return self.shared("microsoft.insights/actiongroups", "alerts")


def role_guid(subscription: str, label: str, kind: str) -> str:
    """GUID of one of our role definitions."""
    parts = "\n".join(("role", subscription, label, kind)).lower()
    return str(uuid.uuid5(_NAMESPACE, parts))


def read_azure(loaded: LoadedStack) -> Azure:
    """The facts of a loaded stack on Azure."""
    from components.spec import AzureProjectStack

    stack: Any = loaded.stack
    return _project(stack, loaded) if isinstance(stack, AzureProjectStack) else _environment(stack, loaded)


def _kinds(subscription: str, label: str) -> dict[str, str]:
    return {role_guid(subscription, label, kind): kind for kind in reviewed()["roles"]}


def _guids(subscription: str, label: str, kinds: list[str]) -> tuple[str, ...]:
    built_in = reviewed()["built_in"]
    return tuple(sorted(built_in.get(kind) or role_guid(subscription, label, kind) for kind in kinds))


def _project(stack: AzureProjectStack, loaded: LoadedStack) -> Azure:
    from components.catalog.azure import providers, targets

    spec, label, charter = stack.spec, stack.environment_label, stack.charter
    subscription, name = spec.azure.subscription, f"{charter.name}-{label}"
    group = f"qlz-{label}--{charter.name}"
    scope = f"/subscriptions/{subscription}/resourcegroups/{group}".lower()
    rows: dict[str, list[str]] = {
        spec.groups.researchers: ["submit" if stack.demands.people_submit else "metadata", "results"],
        spec.groups.auditors: ["audit", "metadata", "billing"],
        spec.groups.key_administrators: ["administer-keys"],
        f"identity:qlz-{name}-pipeline": ["submit", "results"],
        f"identity:qlz-{name}-service": ["submit"],
        f"identity:qlz-{name}-storage": ["key-vault-crypto-service-encryption-user"],
        f"workspace:{name}": ["storage-blob-data-contributor", "storage-account-contributor"],
    }
    frozen = reviewed()["frozen"]
    return Azure(
        tenant=spec.azure.tenant,
        subscription=subscription,
        label=label,
        groups=(group,),
        grants=tuple(
            Grant(who, _guids(subscription, label, [kind])[0], scope, data=kind in frozen)
            for who, kinds in rows.items()
            for kind in kinds
        ),
        recover=spec.recover,
        credentials={
            f"qlz-{name}-pipeline": _subjects(spec.pipeline, _issuer(loaded, str(spec.pipeline.kind))),
            f"qlz-{name}-service": frozenset(
                {(spec.service.issuer, spec.service.subject)} if spec.service else set()
            ),
        },
        role_kinds=_kinds(subscription, label),
        workspace=name,
        plans=dict(spec.plans),
        offered=frozenset((key, plan) for key, found in providers().items() for plan in found.plans),
        targets=tuple(targets()[device].target for device in spec.devices),
        most_days=stack.demands.results_retention_days_max,
        alarms=charter.alerts is not None,
        jobs_per_hour=charter.alerts.submissions_per_hour if charter.alerts else 0,
        networks=frozenset(charter.alerts.source_networks if charter.alerts else ()),
    )


def _environment(stack: AzureEnvironmentStack, loaded: LoadedStack) -> Azure:
    spec, label = stack.spec, stack.label
    subscription, ci = spec.azure.subscription, spec.identity.ci
    whole = f"/subscriptions/{subscription}".lower()
    log = f"{whole}/resourcegroups/qlz-{label}/providers/microsoft.operationalinsights/workspaces/qlz-{label}"
    reader, wraps = (
        _guids(subscription, label, [kind])[0]
        for kind in ("log-analytics-reader", "key-vault-crypto-service-encryption-user")
    )
    who = {
        **(
            {kind: f"identity:qlz-{label}-{kind}" for kind in ("plan", "environment-apply", "project-apply")}
            if ci
            else {}
        ),
        "responder": spec.groups.responders,
        **({"break-glass": spec.identity.break_glass.object_id} if spec.identity.break_glass else {}),
    }
    gives = reviewed()["gives"]
    return Azure(
        tenant=spec.azure.tenant,
        subscription=subscription,
        label=label,
        groups=(f"qlz-{label}", f"qlz-{label}---trail"),
        grants=(
            *(
                Grant(
                    principal,
                    _guids(subscription, label, [kind])[0],
                    whole,
                    gives=_guids(subscription, label, gives.get(kind, [])),
                )
                for kind, principal in who.items()
            ),
            Grant(spec.groups.platform, reader, f"{log}-operational"),
            Grant(spec.groups.security, reader, f"{log}-security"),
            *(
                Grant(f"identity:qlz-{label}-alarms", reader, f"{log}-{name}")
                for name in ("operational", "security")
            ),
            Grant(f"identity:qlz-{label}-trail", wraps, f"{whole}/resourcegroups/qlz-{label}---trail"),
        ),
        credentials={
            f"qlz-{label}-{kind}": _subjects(ci, _issuer(loaded, str(ci.kind)), place)
            for kind, place in (
                ("plan", ci.plan),
                ("environment-apply", ci.environment_apply),
                ("project-apply", ci.project_apply),
            )
        }
        if ci
        else {},
        role_kinds=_kinds(subscription, label),
        security=spec.groups.security,
        elevations=tuple(_elevations(loaded, subscription, label)),
        trail_lock_days=spec.retention.trail_lock_days,
        emails=tuple(spec.alerts.emails),
    )


def _elevations(loaded: LoadedStack, subscription: str, label: str) -> Iterator[Elevation]:
    from components.spec import AzureProjectStack

    for project in loaded.projects:
        if not isinstance(project, AzureProjectStack) or project.spec.elevation is None:
            continue
        declared, groups = project.spec.elevation, project.spec.groups
        scope = f"/subscriptions/{subscription}/resourcegroups/qlz-{label}--{project.charter.name}".lower()
        for kind, rule in (
            ("submit", declared.rules.production_queue),
            ("rotate-key", declared.rules.rotate_key),
        ):
            if rule:
                yield Elevation(
                    scope,
                    role_guid(subscription, label, kind),
                    groups.researchers,
                    groups.approvers,
                    rule,
                    project.demands.elevation_hours,
                    declared.until.isoformat(),
                )


def _issuer(loaded: LoadedStack, kind: str) -> str:
    """The environment's issuer of a kind; empty, which nothing equals, where it names none."""
    identity: Any = loaded.environment.spec.identity
    return next((issuer.url for issuer in identity.oidc if issuer.kind == kind), "")


def _subjects(pipeline: Any, issuer: str, place: str = "") -> frozenset[tuple[str, str]]:
    """What a CI system may send as subject for a place; GitHub sends names or ids."""
    place = place or getattr(pipeline, "place", "") or getattr(pipeline, "environment", "")
    repository = pipeline.repository
    if pipeline.kind == "gitlab":
        subjects = [f"project_path:{repository}:ref_type:branch:ref:{place}"]
    elif pipeline.kind == "azure-devops":
        subjects = [f"sc://{repository}/{place}"]
    else:
        owner, name = repository.split("/")
        ids = f"repo:{owner}@{pipeline.owner_id}/{name}@{pipeline.repository_id}"
        subjects = [f"repo:{repository}:environment:{place}", f"{ids}:environment:{place}"]
    return frozenset((issuer, subject) for subject in subjects if issuer)

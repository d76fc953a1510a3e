"""What the stack files of environments and projects on Azure may say.

The vocabulary is that of AWS where the meaning is the same; ``clouds`` tells why a word of one cloud is
refused on the other.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from components.spec.environment import Alerts, Lifecycle, Retention
from components.spec.fields import (
    CostCentre,
    Date,
    Email,
    Model,
    Name,
    Sentence,
    Text,
    unique,
    wrong,
)
from components.spec.identity import Ci, OidcIssuer
from components.spec.people import same_person
from components.spec.pipeline import Pipeline
from components.spec.project import Results
from components.spec.tiers import Tier

AUDIENCE = "api://AzureADTokenExchange"
"""The audience that Microsoft Entra demands of a token it exchanges."""
LOG_RETENTION_DAYS = (30, 31, 60, 90, 120, 180, 270, 365, 550, 730)
"""What a Log Analytics workspace is offered (Azure Monitor, "Manage data retention", read 2026-11)."""
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _uuid(value: str) -> str:
    if not re.fullmatch(_UUID, value):
        raise wrong(f"{value} is not an id of Azure", "lower-case letters and digits, 8-4-4-4-12, in quotes")
    if len(set(value) - {"-"}) == 1:
        raise wrong(f"{value} is a placeholder", "write the real value")
    return value


Uuid = Annotated[str, Field(json_schema_extra={"pattern": f"^{_UUID}$"}), AfterValidator(_uuid)]
"""An id of a tenant, a subscription or an object in Entra, in quotes."""


def _log_days(value: int) -> int:
    if value not in LOG_RETENTION_DAYS:
        allowed = ", ".join(map(str, LOG_RETENTION_DAYS))
        raise wrong(f"{value} days is not a retention Log Analytics is offered with", f"allowed: {allowed}")
    return value


AzureLogDays = Annotated[
    int, Field(json_schema_extra={"enum": list(LOG_RETENTION_DAYS)}), AfterValidator(_log_days)
]


class AzureSubscription(Model):
    """Where the stack lives. Credentials for another subscription stop the run."""

    tenant: Uuid
    """The Entra tenant's id, in quotes."""
    subscription: Uuid
    """The subscription's id, in quotes."""
    location: Text
    """Home, where everything lives, such as westeurope; within the charter's jurisdictions (R1)."""
    also: Annotated[tuple[Text, ...], Field(max_length=2), unique(what="a location")] = ()
    """Further locations that the location lock lets through; within the jurisdictions too."""

    @property
    def locations(self) -> tuple[str, ...]:
        """Home first, then the others."""
        return (self.location, *self.also)


class AzureRetention(Retention):
    """How long logs are kept, in days. The trail is the subscription's activity log, as blobs."""

    operational_log_days: AzureLogDays
    """Operational log (L1)."""
    security_log_days: AzureLogDays
    """Restricted security log; shorter than the operational log (L3)."""


class EnvironmentGroups(Model):
    """The Entra groups by which people come in, by object id (I1, I9). Conditional access demands MFA."""

    platform: Uuid
    """Reads the operational log."""
    security: Uuid
    """Reads the restricted security log, and nobody else does (L3)."""
    responders: Uuid
    """Freezes projects and cancels their work (L6)."""


class AzureBreakGlass(Model):
    """Who comes in when federation does not work (I1). Every change raises an alarm."""

    object_id: Uuid
    """Object id of an emergency account: of the tenant itself, not federated, with a hardware key."""
    credential_kept: Sentence
    """Where its credential is kept, and who can get at it."""
    last_tested: Date
    """The last time it was tried, in quotes."""
    test_every_days: Annotated[int, Field(ge=7, le=366)]
    """How often it is tried, in days: 7 to 366."""


class AzureIdentity(Model):
    """How pipelines come in, and who comes in when nothing else works (I2)."""

    oidc: Annotated[
        tuple[OidcIssuer, ...], Field(min_length=1), unique(lambda issuer: issuer.kind, what="a kind")
    ]
    """The issuers of CI systems, at most one of each kind."""
    ci: Ci | None = None
    """The platform team's pipelines; levels dev and prod demand them."""
    break_glass: AzureBreakGlass | None = None
    """Who comes in when nothing else works; levels dev and prod demand it."""

    @model_validator(mode="after")
    def _known(self) -> AzureIdentity:
        for issuer in self.oidc:
            if issuer.audience != AUDIENCE:
                message = f"{issuer.kind} names the audience {issuer.audience}, which Entra refuses"
                raise wrong(message, f"write: audience: {AUDIENCE}", at="oidc")
        if self.ci is not None and self.ci.kind not in {issuer.kind for issuer in self.oidc}:
            raise wrong(f"there is no issuer of kind {self.ci.kind}", "add one to identity.oidc", at="ci")
        return self


class AzureEnvironmentSpec(Model):
    """One subscription at one level: what stands above the projects."""

    owner: Email
    """Who answers for the environment: an e-mail or group address (C1)."""
    purpose: Sentence
    """What the environment is for, in one sentence (C1)."""
    cost_centre: CostCentre
    """Who pays; becomes a tag."""
    lifecycle: Lifecycle
    """active, or decommissioned when it is to be taken away, after the projects in it."""
    last_review: Date | None = None
    """The last review of its assumptions, in quotes (G3)."""
    next_review: Date
    """The next review, in quotes: at most 92 days after the last one, or ahead of today (G3)."""
    azure: AzureSubscription
    """The tenant, the subscription and the location."""
    groups: EnvironmentGroups
    """The Entra groups by which people come in."""
    identity: AzureIdentity
    """How pipelines come in."""
    retention: AzureRetention
    """How long logs are kept."""
    alerts: Alerts
    """Who is told."""


class ProjectGroups(Model):
    """The Entra groups of a project's people, by object id (I1, I4, I9)."""

    researchers: Uuid
    """Submit where the tier lets people submit, and read results."""
    auditors: Uuid
    """Read settings, metadata of jobs and the log of the project's own resources; no results."""
    key_administrators: Uuid
    """Administer the project's key, and cannot use it (K7)."""
    approvers: Uuid
    """Approve elevation; nobody approves what he asked for himself (I6)."""


class ServiceIdentity(Model):
    """Where the project's service runs: any system that issues tokens, such as a Kubernetes cluster (I3)."""

    issuer: Annotated[str, AfterValidator(lambda value: _issuer(value))]
    """Its issuer, such as https://westeurope.oic.prod-aks.azure.com/TENANT/CLUSTER/."""
    subject: Text
    """The workload, such as system:serviceaccount:catalyst:scheduler; no wildcard."""

    @model_validator(mode="after")
    def _exact(self) -> ServiceIdentity:
        if "*" in self.subject:
            raise wrong("holds a wildcard, and Entra compares subjects letter for letter", "one workload")
        return self


def _issuer(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(/[A-Za-z0-9._/-]*)?", value):
        raise wrong(f"{value} is not an issuer's URL", "https, no port, query or fragment")
    return value


def _amount(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,6}(\.\d?[1-9])?|0\.\d?[1-9]", value):
        raise wrong(f"{value} is not an amount", 'more than 0, in quotes, such as "300" or "99.5"')
    return value


class AzureBudget(Model):
    """When to tell about the project's costs. An alert, hours late, and not a stop."""

    per_month: Annotated[str, AfterValidator(_amount)]
    """In the currency of the subscription's bill, in quotes: Azure knows no other here."""
    begins: Date
    """The first of a month, in quotes; Azure refuses one that was over when the budget is made."""
    alert_percent: Annotated[
        tuple[Annotated[int, Field(ge=1, le=200)], ...],
        Field(min_length=1, max_length=4),
        unique(what="a percentage"),
    ] = (50, 80, 100)
    """Percentages of it at which people are told, 1 to 200; beside them when the forecast goes beyond it."""

    @model_validator(mode="after")
    def _first(self) -> AzureBudget:
        if self.begins.day != 1:
            raise wrong(
                f"{self.begins} is not the first of a month", f'"{self.begins:%Y-%m}-01"', at="begins"
            )
        return self


class ElevationRules(Model):
    """Names (GUIDs) of the role management policies, which Azure assigns: look them up after the first up."""

    production_queue: Uuid | None = None
    """The policy of the role that submits."""
    rotate_key: Uuid | None = None
    """The policy of the role that rotates the key."""


class AzureElevation(Model):
    """Rights that people of the researchers' group can ask for, for a time (I6). Needs Entra ID P2."""

    until: Date
    """Until when people are eligible, in quotes: at most a year ahead, then it is reviewed."""
    rules: ElevationRules
    """The rules' names. Without one nobody is eligible for that right: first the rules, then the right."""


class Demand(StrEnum):
    """What a tier demands and Azure does not offer."""

    PRIVATE_NETWORK = "private-network"


class Accepted(Model):
    """A demand of the tier that the cloud does not offer, accepted for a time by somebody (G4)."""

    demand: Demand
    """Which one."""
    reason: Sentence
    """Why it may be done without, and what stands in for it."""
    owner: Email
    """Who answers for it."""
    approver: Email
    """Who accepted it: somebody else."""
    expires: Date
    """Until when, in quotes: at most 366 days after the charter's last review; then the stack is refused."""

    @model_validator(mode="after")
    def _another(self) -> Accepted:
        if same_person(self.owner, self.approver):
            raise wrong(f"{self.approver} is its owner", "somebody else accepts (G4)", at="approver")
        return self


class AzureProjectSpec(Model):
    """One project in one environment on Azure."""

    charter: Name
    """The project's name, and of its charter: stacks/charters/NAME.yaml."""
    environment: Name
    """The environment's stack it lives in, such as azure-sandbox; in production azure-prod-NAME, its own."""
    lifecycle: Lifecycle
    """active, or decommissioned when it is to be taken away."""
    tier: Tier
    """The tier of this stack; one of the charter's, and one that the level may hold (W2, W3)."""
    azure: AzureSubscription
    """Tenant, subscription and location: the same as the environment's; further ones are among its own."""
    devices: Annotated[tuple[Text, ...], Field(min_length=1, max_length=32), unique(what="a target")]
    """Catalogue ids of the targets it may use, such as quantinuum/h2-1e; other providers are locked."""
    plans: dict[Text, Text]
    """Provider to plan, as the catalogue names them: what can be reached, and how it is billed."""
    groups: ProjectGroups
    """The Entra groups of its people."""
    pipeline: Pipeline
    """The CI identity."""
    service: ServiceIdentity | None = None
    """Where its service runs; without it nothing can be the service yet."""
    results: Results
    """How long results are kept."""
    budget: AzureBudget | None = None
    """When to tell about costs; demanded for quantum processors, whose spending Azure does not limit."""
    elevation: AzureElevation | None = None
    """Rights for a time; left out for none (I6)."""
    life: Annotated[int, Field(ge=1, le=99)] = 1
    """1; one more each time that a destroyed project is made again, and never changed while it is up: its key
    is named so."""
    recover: bool = False
    """Take back the vault of the project's earlier life, whose name stays taken for 90 days. Needs life."""
    accepted: Annotated[
        tuple[Accepted, ...], unique(lambda row: row.demand, what="a demand"), Field(max_length=8)
    ] = ()
    """Demands of the tier that Azure does not offer, each accepted by somebody for a time."""

"""What the stack file of an environment may say."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from components.spec.fields import AccountId, CostCentre, Date, Email, Model, Sentence, Text, unique, wrong
from components.spec.identity import Identity

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The values CloudWatch Logs accepts (its PutRetentionPolicy page, read 2026-11)."""


def _log_days(value: int) -> int:
    if value not in LOG_RETENTION_DAYS:
        allowed = ", ".join(map(str, LOG_RETENTION_DAYS))
        raise wrong(f"{value} days is not a retention CloudWatch Logs knows", f"allowed: {allowed}")
    return value


LogDays = Annotated[
    int, Field(json_schema_extra={"enum": list(LOG_RETENTION_DAYS)}), AfterValidator(_log_days)
]


class Lifecycle(StrEnum):
    """A decommissioned stack loses its protection by an `up`, then is destroyed."""

    ACTIVE = "active"
    DECOMMISSIONED = "decommissioned"


class AwsAccount(Model):
    """Where the stack lives. Credentials for another account stop the run."""

    account: AccountId
    """Twelve-digit AWS account id, in quotes."""
    region: Text
    """Home, where everything lives, such as eu-west-2; within the charter's jurisdictions (R1)."""
    also: Annotated[tuple[Text, ...], Field(max_length=2), unique(what="a region")] = ()
    """Further regions the region lock lets through, for their devices; within the jurisdictions too."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Home first, then the others."""
        return (self.region, *self.also)


class Retention(Model):
    """How long logs are kept, in days."""

    trail_days: Annotated[int, Field(ge=90, le=3653)]
    """Audit trail objects: at least 90, at most 3653."""
    trail_lock_days: Annotated[int, Field(ge=1, le=3653)]
    """How long a trail object cannot be deleted (L5); not longer than trail_days."""
    operational_log_days: LogDays
    """Operational log (L1)."""
    security_log_days: LogDays
    """Restricted security log; shorter than the operational log (L3)."""

    @model_validator(mode="after")
    def _order(self) -> Retention:
        if self.trail_lock_days > self.trail_days:
            raise wrong(
                f"is {self.trail_lock_days} days, but trail objects expire after {self.trail_days}",
                "at most trail_days (L5)",
                at="trail_lock_days",
            )
        if self.security_log_days >= self.operational_log_days:
            raise wrong(
                f"is {self.security_log_days} days, not shorter than the operational log's "
                f"{self.operational_log_days}",
                "less than operational_log_days (L3)",
                at="security_log_days",
            )
        return self


class Alerts(Model):
    """Where alerts go, and what is unusual for the environment as a whole (L4). Projects add by charter."""

    emails: Annotated[tuple[Email, ...], Field(min_length=1, max_length=20), unique(what="an address")]
    """Addresses that are told; better a group than a person."""
    denied_calls_per_hour: Annotated[int, Field(ge=1, le=10_000)]
    """So many denied calls in an hour raise an alarm: 1 to 10000."""
    idle_days: Annotated[int, Field(ge=7, le=365)] = 90
    """A role that nobody used for so many days raises one when it is used again: 7 to 365."""


Singleton = Literal[
    "oidc-github",
    "oidc-gitlab",
    "oidc-azure-devops",
    "braket-service-role",
    "access-analyzer",
    "idle-analyzer",
]
"""Of these an account holds one."""


def _private_network(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise wrong(f"{value} is no network", "such as 10.40.0.0/20; no bits beside the network's") from error
    if not any(network.subnet_of(private) for private in PRIVATE_NETWORKS):
        allowed = ", ".join(map(str, PRIVATE_NETWORKS))
        raise wrong(f"{value} is not private", f"a part of {allowed} (RFC 1918)")
    if not WIDEST <= network.prefixlen <= NARROWEST:
        size = "large" if network.prefixlen < WIDEST else "small"
        raise wrong(f"{value} is too {size}", f"/{WIDEST} to /{NARROWEST}: a quarter for each region")
    return value


PRIVATE_NETWORKS = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
WIDEST, NARROWEST = 16, 22


class Network(Model):
    """The private network: no way to the internet, endpoints for what projects use (W3, T2)."""

    cidr: Annotated[str, AfterValidator(_private_network)]
    """Addresses of all its regions, private and nobody else's in your networks, /16 to /22."""
    zones: Annotated[
        tuple[Literal["a", "b", "c", "d", "e", "f"], ...],
        Field(min_length=2, max_length=3),
        unique(what="a zone"),
    ] = ("a", "b")
    """Letters of two or three availability zones that the account has in each region."""
    flow_log_days: Annotated[int, Field(ge=1, le=3653)] = 90
    """How long it is kept who spoke with whom, in days: 1 to 3653 (L3)."""


class EnvironmentSpec(Model):
    """One cloud account at one level: what stands above the projects."""

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
    aws: AwsAccount
    """The account and region."""
    identity: Identity
    """How people and pipelines come in."""
    retention: Retention
    """How long logs are kept."""
    alerts: Alerts
    """Who is told."""
    network: Network | None = None
    """The private network; tiers that submit through private endpoints only demand it (T2)."""
    existing: Annotated[tuple[Singleton, ...], unique()] = ()
    """What the account holds already and another owns: referred to, not made."""

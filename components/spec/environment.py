"""What the stack file of an environment may say."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from components.spec.fields import AccountId, CostCentre, Date, Email, Model, Sentence, Text, unique, wrong

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
    """AWS region that offers Amazon Braket, such as eu-west-2; within the charter's jurisdictions (R1)."""


def _provider_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
        raise wrong("is not a name", "letters, digits and . _ -, at most 64")
    return value


def _metadata_path(value: str) -> str:
    parts = value.split("/")
    if not re.fullmatch(r"[A-Za-z0-9._/-]+\.xml", value) or any(part in {"", ".", ".."} for part in parts):
        raise wrong(
            f"{value} is not a path below stacks/", "a path such as identity/corporate-saml.xml, without .."
        )
    return value


class Saml(Model):
    """The identity provider people sign in with (I1). It enforces MFA: a SAML session shows AWS none."""

    name: Annotated[str, AfterValidator(_provider_name)]
    """Name of the SAML provider in IAM."""
    metadata_file: Annotated[str, AfterValidator(_metadata_path)]
    """The provider's metadata, a file path relative to stacks/."""
    metadata: Annotated[str, Field(exclude=True, repr=False)] = ""
    """Content of metadata_file; filled in by the loader, not written in a stack file."""

    @model_validator(mode="before")
    @classmethod
    def _not_written(cls, data: Any, info: ValidationInfo) -> Any:
        if info.mode == "json" and isinstance(data, dict) and "metadata" in data:
            raise wrong("is not a known key", "allowed: name, metadata_file", at="metadata")
        return data


def _issuer_url(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(/[A-Za-z0-9._/-]*[A-Za-z0-9_-])?", value):
        raise wrong(f"{value} is not an issuer's URL", "https, no port, query, fragment or slash at the end")
    return value


ISSUERS = {"github": "https://token.actions.githubusercontent.com"}
"""The issuer of each kind of CI system, as roles trust it (GitHub docs, "OpenID Connect")."""


class OidcIssuer(Model):
    """A CI system whose workloads may be federated (I2)."""

    kind: Literal["github"]
    """The CI system: each has its own shape of trust."""
    url: Annotated[str, AfterValidator(_issuer_url)]
    """The issuer, such as https://token.actions.githubusercontent.com."""
    audience: Text
    """The audience its tokens must name, such as sts.amazonaws.com."""

    @model_validator(mode="after")
    def _of_its_kind(self) -> OidcIssuer:
        if self.url != ISSUERS[self.kind]:
            raise wrong(
                f"{self.url} is not the issuer of {self.kind}", f"write: {ISSUERS[self.kind]}", at="url"
            )
        return self


class Identity(Model):
    """How people and pipelines come in. No long-lived credentials anywhere (I1, I2)."""

    saml: Saml | None = None
    """The identity provider of people."""
    oidc: Annotated[tuple[OidcIssuer, ...], unique(lambda issuer: issuer.kind, what="a kind")] = ()
    """The issuers of CI systems, at most one of each kind."""

    @model_validator(mode="after")
    def _someone(self) -> Identity:
        if self.saml is None and not self.oidc:
            raise wrong("lets nobody in", "name a saml provider, an oidc issuer, or both")
        return self


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
    """Where alerts go (L4)."""

    emails: Annotated[tuple[Email, ...], Field(min_length=1, max_length=20), unique(what="an address")]
    """Addresses that are told; better a group than a person."""


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

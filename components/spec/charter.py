"""What a project's charter may say: the facts that hold for the project in every environment."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from components.spec.fields import (
    CostCentre,
    Date,
    Email,
    Model,
    Name,
    Sentence,
    Text,
    Usd,
    unique,
    wrong,
)
from components.spec.tiers import Classification, Tier

MAX_YEARS = 5
REVIEW_DAYS = 92
"""The longest quarter (G3)."""


Code = Annotated[str, Field(min_length=2, max_length=16)]
"""A jurisdiction's code; the rules compare it with the catalogue."""


class Step(StrEnum):
    """The hops of a quantum job (W1)."""

    SOURCE = "source"
    PRE_PROCESSING = "pre-processing"
    CONTROL_PLANE = "control-plane"
    SUBMISSION_API = "submission-api"
    QPU_OPERATOR = "qpu-operator"
    RESULT_STORE = "result-store"
    ANALYTICS = "analytics"


class DataClass(StrEnum):
    """What travels over a hop. Raw data never leaves the boundary (R2)."""

    RAW = "raw"
    AGGREGATED = "aggregated"
    PARAMETERISED = "parameterised"
    SYNTHETIC = "synthetic"
    DERIVED = "derived"


class Hop(Model):
    """One hop of the data path (W1)."""

    step: Step
    """Which hop it is."""
    system: Text
    """The system that holds or handles the data there."""
    provider: Text | None = None
    """For a qpu-operator: the provider's id in the device catalogue, such as iqm (R4)."""
    region: Text
    """Cloud region or place."""
    jurisdiction: Code
    """Country or union code, such as GB or EU; outside the boundary also unknown."""
    data_class: DataClass
    """What travels there."""
    credential: Text
    """The credential used on this hop."""
    inside: bool
    """Whether the hop is inside the boundary."""

    @model_validator(mode="after")
    def _consistent(self) -> Hop:
        operator = self.step is Step.QPU_OPERATOR
        if operator and self.provider is None:
            raise wrong("is missing; a qpu-operator hop names it", "an id such as iqm (R4)", at="provider")
        if not operator and self.provider is not None:
            raise wrong(f"does not belong to a {self.step} hop", "remove it", at="provider")
        if operator and self.inside:
            raise wrong("a QPU's operator is never inside", "write: inside: false (R4)", at="inside")
        if self.inside and self.jurisdiction == "unknown":
            raise wrong("is unknown inside the boundary", "name it (R1)", at="jurisdiction")
        return self


class Contract(Model):
    """The contract record with the provider (R3)."""

    reference: Text
    """Number or link of the contract and its processing terms."""
    subprocessors: Annotated[tuple[Text, ...], Field(min_length=1), unique(what="a subprocessor")]
    """Who else handles the data."""
    support_jurisdictions: Annotated[tuple[Code, ...], Field(min_length=1), unique()]
    """Where support staff can see cases from."""
    log_jurisdictions: Annotated[tuple[Code, ...], Field(min_length=1), unique()]
    """Where the provider keeps logs."""
    backup_jurisdictions: Annotated[tuple[Code, ...], Field(min_length=1), unique()]
    """Where the provider keeps backups."""
    deletion_days: Annotated[int, Field(ge=0, le=3650)]
    """Days until the provider has deleted what was deleted or ended."""
    verified: Date
    """When the record was last checked, in quotes."""
    expires: Date
    """When the record or the contract runs out, in quotes."""

    @model_validator(mode="after")
    def _order(self) -> Contract:
        if self.expires <= self.verified:
            raise wrong(f"is not after verified ({self.verified})", "a later day", at="expires")
        return self


class Spending(Model):
    """What the project may spend on one quantum processor in one environment."""

    environment: Name
    """The environment's stack, such as dev."""
    device: Text
    """Catalogue id of a quantum processor; simulators have no spending limit."""
    usd: Usd
    """The most it may cost, US dollars, in quotes; "0" blocks it."""


def _network(value: str) -> str:
    try:
        network = IPv4Network(value)
    except ValueError as error:
        raise wrong(f"{value} is not a network", "an IPv4 network such as 192.0.2.0/24") from error
    if network.prefixlen < 8:
        raise wrong(f"{value} is too wide to tell anything", "a network of /8 or smaller")
    return str(network)


class AlertThresholds(Model):
    """What is unusual for the project (L4)."""

    submissions_per_hour: Annotated[int, Field(ge=1, le=72_000)]
    """More tasks in an hour are a spike; AWS takes 72,000 at most (20 a second)."""
    source_networks: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...],
        Field(min_length=1, max_length=20),
        unique(what="a network"),
    ]
    """Networks its people and pipelines call from, in quotes, such as "192.0.2.0/24"; others are unusual."""
    idle_days: Annotated[int, Field(ge=7, le=365)] = 90
    """After so many days without work an identity's next submission is unusual; no alarm looks back so far, a
    query does."""


class Charter(Model):
    """Owner, purpose, data path and dates of one project."""

    name: Name
    """The project's name: the file's name, and the first part of its stacks' names."""
    title: Text
    """The project's name for people."""
    owner: Email
    """Who answers for the project: an e-mail or group address (C1)."""
    purpose: Sentence
    """What the project is for, in one sentence (C1)."""
    cost_centre: CostCentre
    """Who pays; becomes a tag."""
    classification: Classification
    """The highest class of data handled inside the boundary."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1), unique(what="a tier")]
    """The tiers its stacks may have (W2)."""
    jurisdictions: Annotated[tuple[Code, ...], Field(min_length=1), unique(what="a jurisdiction")]
    """Where its data may be: country or union codes such as GB or EU (R1)."""
    data_leaving: Annotated[tuple[DataClass, ...], unique(what="a class")]
    """The classes of data that may leave the boundary; [] for none (R2). Never raw."""
    data_path: Annotated[tuple[Hop, ...], Field(min_length=1, max_length=50)]
    """Every hop of the job, in order (W1)."""
    contract: Contract | None = None
    """The contract record; pre-production and regulated production demand it (R3)."""
    spending: Annotated[
        tuple[Spending, ...],
        Field(max_length=100),
        unique(lambda row: f"{row.device} in {row.environment}", what="a device of an environment"),
    ] = ()
    """What each quantum processor may cost in each environment; the environment sums it over its charters."""
    alerts: AlertThresholds | None = None
    """What is unusual for the project; its environments raise alarms by it (L4)."""
    start: Date
    """First day, in quotes."""
    end: Date
    """Last day, in quotes; at most five years after the first."""
    last_review: Date | None = None
    """The last review of its assumptions, in quotes; the start when left out (G3)."""
    next_review: Date
    """The next review, in quotes: at most 92 days after the last (G3)."""

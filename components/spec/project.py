"""What the stack file of a project may say."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from components.spec.environment import AwsAccount, Lifecycle
from components.spec.fields import Date, Instant, Model, Name, Sentence, Text, Usd, unique, wrong
from components.spec.people import same_person
from components.spec.pipeline import Pipeline
from components.spec.tiers import Tier


class Results(Model):
    """What happens to results."""

    retention_days: Annotated[int, Field(ge=2, le=3650)]
    """Days until results are gone, at least 2; the tier sets the longest time (C2, T3)."""


class Material(StrEnum):
    """Where a key's material comes from."""

    AWS = "aws"
    OWN = "own"


ROTATION_DAYS = 366
"""Longest time between two rotations of own key material, days (K3)."""


class Key(Model):
    """The material of the project's key (K2, K3). It passes through no program and no file.

    Own material: the first up makes a key without it, a person imports it (docs/own-key-material.md), and
    then the days are written here. AWS rotates its own by itself.
    """

    material: Material
    """aws, or own: material that people of the organisation make and import themselves."""
    imported: Date | None = None
    """The day own material was imported or rotated last, in quotes; until it is here the key is disabled."""
    rotate_by: Date | None = None
    """The day by which the next own material is imported, in quotes; at most 366 days after imported."""

    @model_validator(mode="after")
    def _consistent(self) -> Key:
        for name in ("imported", "rotate_by"):
            if self.material is Material.AWS and getattr(self, name) is not None:
                raise wrong("is said of material that AWS makes and rotates", "remove it", at=name)
        if self.imported is None and self.rotate_by is not None:
            raise wrong(
                "is said of material that is not imported", "remove it, or say imported", at="rotate_by"
            )
        if self.imported is not None and self.rotate_by is None:
            raise wrong(
                "says no rotate_by, and AWS rotates no imported material by itself",
                f'add rotate_by: "{self.imported + timedelta(days=365)}" or earlier (K3)',
                at="imported",
            )
        if self.imported is not None and self.rotate_by is not None:
            latest = self.imported + timedelta(days=ROTATION_DAYS)
            if not self.imported < self.rotate_by <= latest:
                raise wrong(
                    f"is {(self.rotate_by - self.imported).days} days after imported",
                    f'after it, and "{latest}" or earlier (K3)',
                    at="rotate_by",
                )
        return self


class Archive(Model):
    """A second copy of results that are worth keeping (C2)."""

    retention_days: Annotated[int, Field(ge=3, le=3650)]
    """Days until a copy is gone: longer than results are kept, at most as long as the tier allows."""


def _machine(value: str) -> str:
    if not re.fullmatch(r"ml\.[a-z0-9]+\.[a-z0-9]+", value):
        raise wrong(f"{value} is no type of SageMaker's machines", "such as ml.t3.medium")
    return value


class Notebooks(Model):
    """A notebook beside the quantum work, closed off: in the environment's private network, nobody root."""

    instance_type: Annotated[Text, AfterValidator(_machine)] = "ml.t3.medium"
    """SageMaker's type of the machine; it costs as long as it runs."""
    volume_gb: Annotated[int, Field(ge=5, le=16384)] = 5
    """Its volume in gigabytes, 5 to 16384. It can grow; a smaller one is a new notebook."""
    idle_minutes: Annotated[int, Field(ge=10, le=720)] = 60
    """Minutes without a running kernel or terminal after which it stops itself, 10 to 720."""


def _some_money(value: str) -> str:
    if value == "0":
        raise wrong("is nothing", "more than 0, or no budget")
    return value


class Budget(Model):
    """When to tell about the project's costs. An alert, hours late, and not a stop."""

    usd_per_month: Annotated[Usd, AfterValidator(_some_money)]
    """US dollars a month, in quotes."""
    alert_percent: Annotated[
        tuple[Annotated[int, Field(ge=1, le=200)], ...],
        Field(min_length=1, max_length=4),
        unique(what="a percentage"),
    ] = (50, 80, 100)
    """Percentages of it at which people are told, 1 to 200; beside them when the forecast goes beyond it."""


class Elevation(StrEnum):
    """What may be granted for a time (I6)."""

    ROTATE_KEY = "rotate-key"
    CHANGE_QUOTA = "change-quota"
    PRODUCTION_QUEUE = "production-queue"


def _source_identity(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_=,.@-]{2,64}", value):
        raise wrong(
            f"{value} is not a source identity", "what the identity provider sets, such as ada@example.org"
        )
    return value


Person = Annotated[Text, AfterValidator(_source_identity)]
"""One person, by the source identity that the identity provider sets (letters, digits and _ = , . @ -)."""


class Grant(Model):
    """A right of one person that ends by itself (I6)."""

    what: Elevation
    """What it is for: rotate-key, change-quota or production-queue."""
    requester: Person
    """Who asked and gets it, by the source identity that the identity provider sets."""
    approver: Person
    """Who approved: somebody else."""
    reason: Sentence
    """Why, in one sentence."""
    ticket: Text
    """Where it was asked for and approved."""
    start: Instant
    """From when, in UTC and in quotes."""
    end: Instant
    """Until when, in UTC and in quotes; the tier sets the longest time. Then the entry means nothing."""

    @model_validator(mode="after")
    def _consistent(self) -> Grant:
        if same_person(self.approver, self.requester):
            raise wrong(f"{self.approver} is the requester", "somebody else approves (I6)", at="approver")
        if self.end <= self.start:
            raise wrong("is not after the start", "a later instant", at="end")
        return self


class ProjectSpec(Model):
    """One project in one environment."""

    charter: Name
    """The project's name, and of its charter: stacks/charters/NAME.yaml."""
    environment: Name
    """The environment's stack it lives in, such as sandbox; in production prod-NAME, its own."""
    lifecycle: Lifecycle
    """active, or decommissioned when it is to be taken away."""
    tier: Tier
    """The tier of this stack; one of the charter's, and one that the level may hold (W2, W3)."""
    aws: AwsAccount
    """The account and region: the same as the environment's; further regions are among its own."""
    devices: Annotated[tuple[Text, ...], Field(min_length=1, max_length=32), unique(what="a device")]
    """Catalogue ids of the devices it may use, such as amazon/sv1; all others are locked."""
    pipeline: Pipeline
    """The CI identity."""
    results: Results
    """How long results are kept."""
    key: Key | None = None
    """Where the material of the project's key comes from; left out for AWS's own (K2)."""
    archive: Archive | None = None
    """Where results are copied that outlive their retention; left out for none (C2)."""
    notebooks: Notebooks | None = None
    """A notebook for the project's researchers, closed off; left out for none, and none can be made."""
    budget: Budget | None = None
    """When to tell about costs."""
    elevation: Annotated[tuple[Grant, ...], Field(max_length=100)] = ()
    """Rights for a time: who asked, who approved, why, from when to when (I6)."""

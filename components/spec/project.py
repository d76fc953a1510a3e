"""What the stack file of a project may say."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.spec.environment import AwsAccount, Lifecycle
from components.spec.fields import Digits, Model, Name, Text, unique, wrong
from components.spec.tiers import Tier


def _repository(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", value):
        raise wrong(f"{value} is not a repository", "owner/name, such as example-org/optimus; no wildcard")
    return value


def _ci_environment(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", value):
        raise wrong(
            f"{value} is not an environment's name", "letters, digits and . _ -; no wildcard, no slash"
        )
    return value


class Pipeline(Model):
    """The project's CI identity, bound to repository and environment by name and by id (I2).

    The ids keep the trust from following a name that somebody else takes over.
    """

    kind: Literal["github"]
    """The CI system; the environment must name an issuer of this kind."""
    repository: Annotated[str, AfterValidator(_repository)]
    """owner/name."""
    repository_id: Digits
    """The repository's numeric id, in quotes."""
    owner_id: Digits
    """The owner's numeric id, in quotes."""
    environment: Annotated[str, AfterValidator(_ci_environment)]
    """The CI system's deployment environment, whose reviewers and branch rules guard it."""


class Results(Model):
    """What happens to results."""

    retention_days: Annotated[int, Field(ge=2, le=3650)]
    """Days until results are gone, at least 2; the tier sets the longest time (C2, T3)."""


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
    """The account and region: the same as the environment's."""
    devices: Annotated[tuple[Text, ...], Field(min_length=1, max_length=32), unique(what="a device")]
    """Catalogue ids of the devices it may use, such as amazon/sv1; all others are locked."""
    pipeline: Pipeline
    """The CI identity."""
    results: Results
    """How long results are kept."""

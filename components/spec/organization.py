"""What the stack file of the organization may say: the optional stack of the management account."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from components.spec.environment import AwsAccount, Lifecycle
from components.spec.fields import CostCentre, Date, Email, Model, Name, Sentence, unique, wrong


def _tag(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._:/=+@-]{0,127}", value) or value.lower().startswith("aws:"):
        raise wrong(f"{value} is not the key of a tag of ours", "letters, digits and . _ : / = + @ -")
    return value


class OrganizationSpec(Model):
    """What stands above the administrators of every account (R1)."""

    owner: Email
    """Who answers for the organization: an e-mail or group address (C1)."""
    purpose: Sentence
    """What it holds up, in one sentence (C1)."""
    cost_centre: CostCentre
    """Who pays; becomes a tag."""
    lifecycle: Lifecycle
    """active, or decommissioned when it is to be taken away, after the environments."""
    last_review: Date | None = None
    """The last review of its assumptions, in quotes (G3)."""
    next_review: Date
    """The next review, in quotes: at most 92 days after the last one, or ahead of today (G3)."""
    aws: AwsAccount
    """The management account, and the region from which it is managed."""
    environments: Annotated[
        tuple[Name, ...], Field(min_length=1, max_length=50), unique(what="an environment")
    ]
    """The environments' stacks whose accounts get the region lock, each with its own regions (R1)."""
    cost_tags: Annotated[
        tuple[Annotated[str, AfterValidator(_tag)], ...],
        Field(min_length=1, max_length=20),
        unique(what="a tag"),
    ]
    """Tags to activate for cost allocation: budgets by tag stay at zero until then."""

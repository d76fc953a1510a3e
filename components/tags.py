"""The tags every resource carries: who owns it, what it is for, when it ends (C1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from components.args import ArgumentError, check_length

PUNCTUATION = "_.:/=+-@"
"""What AWS permits in a tag value beside letters, digits and spaces (IAM user guide, "Tags for IAM")."""
LONGEST = 256


def check_tag(argument: str, value: str) -> None:
    """Refuses a tag value AWS would refuse, or an empty one."""
    if not value:
        raise ArgumentError(argument, "is empty", "a value, so that the tag says something")
    check_length(argument, value, LONGEST)
    wrong = {c for c in value if c not in PUNCTUATION and unicodedata.category(c)[0] not in "LNZ"}
    if wrong:
        raise ArgumentError(
            argument,
            f"{value!r} holds {' '.join(sorted(map(repr, wrong)))}, which AWS refuses in tags",
            f"letters, digits, spaces and {PUNCTUATION}",
        )


def _checked(tags: Mapping[str, str]) -> dict[str, str]:
    for key, value in tags.items():
        check_tag(f"tag {key}", value)
    return dict(tags)


@dataclass(frozen=True, slots=True)
class EnvironmentTags:
    """Tags of what stands above the projects."""

    environment: str
    owner: str
    cost_centre: str

    def as_dict(self) -> dict[str, str]:
        """Tag keys to values, checked."""
        return _checked(
            {"environment": self.environment, "owner": self.owner, "cost-centre": self.cost_centre}
        )


@dataclass(frozen=True, slots=True)
class OrganizationTags:
    """Tags of what stands above the accounts."""

    owner: str
    cost_centre: str

    def as_dict(self) -> dict[str, str]:
        """Tag keys to values, checked."""
        return _checked({"owner": self.owner, "cost-centre": self.cost_centre})


@dataclass(frozen=True, slots=True)
class ProjectTags:
    """Tags of one project's resources. ``project`` also decides access: policies compare it (T4)."""

    project: str
    environment: str
    tier: str
    owner: str
    cost_centre: str
    classification: str
    end_date: date

    def as_dict(self) -> dict[str, str]:
        """Tag keys to values, checked."""
        return _checked(
            {
                "project": self.project,
                "environment": self.environment,
                "tier": self.tier,
                "owner": self.owner,
                "cost-centre": self.cost_centre,
                "classification": self.classification,
                "end-date": self.end_date.isoformat(),
            }
        )

"""The four tiers of workload and what each demands (W2, W3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """The level of an environment: they differ in backends, quotas and permissions (D1)."""

    SANDBOX = "sandbox"
    DEV = "dev"
    PROD = "prod"


class Tier(StrEnum):
    """The four tiers, from the least to the most demanding (W2)."""

    PUBLIC_DEMO = "public-demo"
    INTERNAL_RESEARCH = "internal-research"
    PRE_PRODUCTION = "pre-production"
    REGULATED_PRODUCTION = "regulated-production"


class Classification(StrEnum):
    """The highest class of data a project handles inside the boundary."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class TierDemands:
    """What a tier demands. Each field names in ``WHY`` the requirements it serves."""

    tier: Tier
    levels: tuple[Level, ...]
    """Levels of environment a project of this tier may live in."""
    classifications: tuple[Classification, ...]
    """Classes of data such a project may handle."""
    session_hours: int
    """Longest role session, hours (AWS permits 1 to 12)."""
    people_submit: bool
    """People submit work; else the pipeline does, and people by a grant for the production queue."""
    elevation_hours: int
    """Longest grant of elevation, hours."""
    customer_key: bool
    """Results, logs and artefacts under a customer-managed key."""
    bring_your_own_key: bool
    """Key material of the customer's own."""
    private_network: bool
    """Submission through private endpoints only."""
    results_retention_days_max: int
    """Longest time results are kept, days."""
    restricted_security_store: bool
    """Sensitive metadata in a store of its own with another key and tighter access."""
    contract_record: bool
    """A complete, current contract record with the provider."""
    known_jurisdictions: bool
    """Every hop of the data path names a jurisdiction; "unknown" is refused."""
    dedicated_environment: bool
    """An environment that no other project shares."""
    overdue_review_blocks: bool
    """An overdue review refuses what widens or adds; elsewhere it is only shown."""
    exception_days_max: int
    """Longest time from an exception's approval to its expiry, days."""


WHY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "levels": ("W3", "W4", "D1"),
        "classifications": ("W2", "W3"),
        "session_hours": ("I5",),
        "people_submit": ("D1", "W4"),
        "elevation_hours": ("I6",),
        "customer_key": ("K2",),
        "bring_your_own_key": ("K2",),
        "private_network": ("W3", "T2"),
        "results_retention_days_max": ("C2", "T3"),
        "restricted_security_store": ("L3",),
        "contract_record": ("R3",),
        "known_jurisdictions": ("R4",),
        "dedicated_environment": ("W3", "T2"),
        "overdue_review_blocks": ("G3",),
        "exception_days_max": ("G4",),
    }
)

_PUBLIC = (Classification.PUBLIC,)
_INTERNAL = (*_PUBLIC, Classification.INTERNAL)
_CONFIDENTIAL = (*_INTERNAL, Classification.CONFIDENTIAL)

_TABLE = (
    TierDemands(
        tier=Tier.PUBLIC_DEMO,
        levels=(Level.SANDBOX,),
        classifications=_PUBLIC,
        session_hours=8,
        people_submit=True,
        elevation_hours=24,
        customer_key=False,
        bring_your_own_key=False,
        private_network=False,
        results_retention_days_max=365,
        restricted_security_store=False,
        contract_record=False,
        known_jurisdictions=False,
        dedicated_environment=False,
        overdue_review_blocks=False,
        exception_days_max=90,
    ),
    TierDemands(
        tier=Tier.INTERNAL_RESEARCH,
        levels=(Level.SANDBOX, Level.DEV),
        classifications=_INTERNAL,
        session_hours=4,
        people_submit=True,
        elevation_hours=12,
        customer_key=True,
        bring_your_own_key=False,
        private_network=False,
        results_retention_days_max=365,
        restricted_security_store=True,
        contract_record=False,
        known_jurisdictions=False,
        dedicated_environment=False,
        overdue_review_blocks=False,
        exception_days_max=90,
    ),
    TierDemands(
        tier=Tier.PRE_PRODUCTION,
        levels=(Level.PROD,),
        classifications=_CONFIDENTIAL,
        session_hours=2,
        people_submit=False,
        elevation_hours=8,
        customer_key=True,
        bring_your_own_key=False,
        private_network=True,
        results_retention_days_max=180,
        restricted_security_store=True,
        contract_record=True,
        known_jurisdictions=True,
        dedicated_environment=True,
        overdue_review_blocks=True,
        exception_days_max=30,
    ),
    TierDemands(
        tier=Tier.REGULATED_PRODUCTION,
        levels=(Level.PROD,),
        classifications=tuple(Classification),
        session_hours=1,
        people_submit=False,
        elevation_hours=4,
        customer_key=True,
        bring_your_own_key=True,
        private_network=True,
        results_retention_days_max=90,
        restricted_security_store=True,
        contract_record=True,
        known_jurisdictions=True,
        dedicated_environment=True,
        overdue_review_blocks=True,
        exception_days_max=30,
    ),
)
_BY_TIER = {row.tier: row for row in _TABLE}


def tier_demands(tier: Tier) -> TierDemands:
    """What the tier demands."""
    return _BY_TIER[tier]


def longest_exception(*, regulated: bool) -> int:
    """Days that an exception may last where no tier says it: as in the most or the least demanding one."""
    return _TABLE[-1 if regulated else 0].exception_days_max

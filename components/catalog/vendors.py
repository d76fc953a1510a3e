"""Who runs devices, what was verified of each and what each was accepted for: dated, sourced data (V1, V4).

Whoever has no entry is accepted for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_FILE = Path(__file__).parent / "vendors.json"
_Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
_Words = Annotated[str, StringConstraints(min_length=8)]
_Tier = Literal["public-demo", "internal-research", "pre-production", "regulated-production"]
_DataClass = Literal["raw", "aggregated", "parameterised", "synthetic", "derived"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Isolation(StrEnum):
    """How a provider keeps its customers apart (T2)."""

    LOGICAL = "logical"
    """Jobs of several customers queue for one machine, one after another."""
    RESERVATION = "reservation"
    """The machine is one customer's for an agreed time."""
    CONTROL_PLANE = "control-plane"
    """The cloud's own service, apart by account."""
    REGIONAL = "regional"
    """A machine of its own for a region."""
    DEDICATED_HARDWARE = "dedicated-hardware"
    """A machine of its own for a customer."""


class Verified(_Data):
    """One answer. what: a row of the decision matrix (V1)."""

    what: Literal[
        "identity-federation",
        "tenant-isolation",
        "data-residency",
        "key-management",
        "logging-and-audit",
        "pipeline-integration",
    ]
    found: _Words
    evidence: _Url
    """A page that says so."""


class Vendor(_Data):
    """One provider on one cloud."""

    name: str
    isolation: Isolation
    hosts: tuple[_Tier, ...]
    """Tiers it was accepted for."""
    takes: tuple[_DataClass, ...]
    """Classes of data it was accepted for."""
    decided: date
    reason: _Words
    verified: Annotated[tuple[Verified, ...], Field(min_length=1)]
    unanswered: tuple[_Words, ...]
    """Questions without an answer (V3)."""


class _File(_Data):
    checked: date
    about: str
    vendors: dict[Annotated[str, StringConstraints(pattern=r"^(aws|azure)/[a-z0-9-]+$")], Vendor]


@cache
def vendors() -> Mapping[str, Vendor]:
    """Providers by cloud and id, such as aws/iqm."""
    return MappingProxyType(_File.model_validate_json(_FILE.read_bytes()).vendors)


def vendor(cloud: str, provider: str) -> Vendor | None:
    """The provider of a cloud (aws or azure); None where nobody has assessed it."""
    return vendors().get(f"{cloud}/{provider}")

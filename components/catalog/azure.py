"""Azure Quantum's locations, providers, plans and targets: dated, sourced data, read once and checked.

A plan's id is what ``az quantum offerings list`` names; Microsoft publishes no list of them, so an entry's
source is where it was seen, and a project is refused a plan that nobody has entered. What a subscription is
offered depends on the country its bill goes to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from components.catalog.reader import DeviceKind, Status

_HERE = Path(__file__).parent
_Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Evidence(StrEnum):
    """How a plan's id is known: no page of Microsoft's names one."""

    CLIENT_TESTS = "client-tests"
    """The tests of Microsoft's own command line submit with it."""
    SEEN_IN_USE = "seen-in-use"
    """Published workspaces of others have it: look it up before relying on it."""


class _PlanFacts(_Data):
    title: str
    source: _Url
    """A page that tells of the plan."""
    evidence: Evidence
    targets: tuple[str, ...] = ()
    """Catalogue ids it reaches; all of the provider's when left out."""


class Plan(_PlanFacts):
    """A plan (SKU) of a provider. ``id`` is the provider SKU of a workspace."""

    id: str


class _ProviderFacts(_Data):
    name: str
    processing: str
    """Where jobs are processed, in words (R4)."""
    source: _Url
    plans: dict[str, _PlanFacts]


class Provider(_Data):
    """A provider. ``id`` is the one of a workspace's provider list."""

    id: str
    name: str
    processing: str
    source: _Url
    plans: Mapping[str, Plan]


class _TargetFacts(_Data):
    target: str
    kind: DeviceKind
    status: Status
    source: _Url
    replacement: str | None = None
    """For a retired target, the id of the nearest one that is available."""


class Target(_TargetFacts):
    """One target. ``id`` is the catalogue's own name, such as quantinuum/h2-1e; ``target`` Azure's id."""

    id: str
    processing: str
    """Where jobs are processed, in words (R4)."""
    checked: date
    """The day the facts were last compared with the source."""

    @property
    def provider(self) -> str:
        """The provider's id."""
        return self.id.partition("/")[0]

    @model_validator(mode="after")
    def _consistent(self) -> Target:
        word = r"(\.qpu)" if self.kind is DeviceKind.QPU else r"(\.sim)?"
        name = re.escape(self.id.partition("/")[2])
        if not re.fullmatch(rf"{self.provider}{word}\.{name}", self.target):
            raise ValueError(f"{self.id}: target {self.target} does not fit id and kind")
        return self


class _TargetFile(_Data):
    checked: date
    providers: dict[str, _ProviderFacts]
    targets: dict[str, _TargetFacts]


class _LocationFacts(_Data):
    name: str
    jurisdictions: tuple[_Code, ...]


class Location(_LocationFacts):
    """An Azure location that offers Azure Quantum, and the country and unions whose law holds there."""

    id: str
    source: _Url
    checked: date


class _LocationFile(_Data):
    checked: date
    source: _Url
    locations: dict[str, _LocationFacts]


@cache
def _targets() -> _TargetFile:
    return _TargetFile.model_validate_json((_HERE / "azure_targets.json").read_bytes())


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider by id."""
    found = {}
    for key, facts in _targets().providers.items():
        plans = {name: Plan(id=name, **plan.model_dump()) for name, plan in facts.plans.items()}
        for plan in plans.values():
            if unknown := set(plan.targets) - set(_targets().targets):
                raise ValueError(f"{key}: plan {plan.id} names unknown targets {', '.join(sorted(unknown))}")
        found[key] = Provider(
            id=key,
            name=facts.name,
            processing=facts.processing,
            source=facts.source,
            plans=MappingProxyType(plans),
        )
    return MappingProxyType(found)


@cache
def targets() -> Mapping[str, Target]:
    """Every known target by id, retired ones included."""
    data, known = _targets(), providers()
    found = {
        key: Target(
            id=key,
            checked=data.checked,
            processing=known[key.partition("/")[0]].processing,
            **facts.model_dump(),
        )
        for key, facts in data.targets.items()
    }
    for target in found.values():
        if target.replacement and found[target.replacement].status is not Status.AVAILABLE:
            raise ValueError(f"{target.id}: its replacement is retired")
    return MappingProxyType(found)


@cache
def locations() -> Mapping[str, Location]:
    """The locations that offer Azure Quantum, by id."""
    data = _LocationFile.model_validate_json((_HERE / "azure_locations.json").read_bytes())
    return MappingProxyType(
        {
            key: Location(id=key, checked=data.checked, source=data.source, **facts.model_dump())
            for key, facts in data.locations.items()
        }
    )


def target_by_azure_id(target: str) -> Target | None:
    """The target that Azure calls so; None when the catalogue has none."""
    return next((found for found in targets().values() if found.target == target), None)

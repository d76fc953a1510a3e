"""Reads the catalogue's data files, once, and checks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

_HERE = Path(__file__).parent


class DeviceKind(StrEnum):
    """What a device is."""

    SIMULATOR = "simulator"
    QPU = "qpu"


class Status(StrEnum):
    """Whether tasks can still be sent to a device."""

    AVAILABLE = "available"
    RETIRED = "retired"


_Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _DeviceFacts(_Data):
    arn: str
    """ARN, case-sensitive. A simulator's names no region."""
    kind: DeviceKind
    provider: str
    """Who runs the device: the part of the id before the slash."""
    regions: tuple[str, ...]
    """The AWS regions whose endpoint takes tasks for it."""
    status: Status
    processing: str
    """Where tasks are processed, in words. A QPU's is outside the facilities AWS operates (R4)."""
    source: _Url
    replacement: str | None = None
    """For a retired device, the id of the nearest one that is available."""


class Device(_DeviceFacts):
    """One device. ``id`` is the catalogue's own name for it, such as iqm/garnet."""

    id: str
    checked: date
    """The day the facts were last compared with the source."""

    @model_validator(mode="after")
    def _consistent(self) -> Device:
        # Simulators, and the oldest quantum processors, have no region in their ARN.
        region = f"({self.regions[0]})?" if self.kind is DeviceKind.QPU else ""
        path = "qpu" if self.kind is DeviceKind.QPU else "quantum-simulator"
        pattern = rf"arn:aws:braket:{region}::device/{path}/{self.provider}/[A-Za-z0-9_-]+"
        if not re.fullmatch(pattern, self.arn):
            raise ValueError(f"{self.id}: ARN {self.arn} does not fit kind, provider and region")
        if self.kind is DeviceKind.QPU and self.status is Status.AVAILABLE and ":::" in self.arn:
            raise ValueError(f"{self.id}: ARN {self.arn} names no region")
        if self.arn.split("/", 2)[2].lower() != self.id:
            raise ValueError(f"{self.id}: id does not fit ARN {self.arn}")
        return self

    @property
    def processed_by_aws(self) -> bool:
        """Whether tasks stay in facilities that AWS operates (R4)."""
        return self.kind is DeviceKind.SIMULATOR


class _DeviceFile(_Data):
    checked: date
    devices: dict[str, _DeviceFacts]


class _RegionFacts(_Data):
    name: str
    jurisdictions: tuple[_Code, ...]
    """The country and unions whose law holds there."""


class Region(_RegionFacts):
    """An AWS region that offers Amazon Braket."""

    id: str
    source: _Url
    checked: date


class _RegionFile(_Data):
    checked: date
    source: _Url
    regions: dict[str, _RegionFacts]


class _Union(_Data):
    name: str
    members: tuple[_Code, ...]


class _JurisdictionFile(_Data):
    checked: date
    source: _Url
    unions: dict[_Code, _Union]
    countries: dict[_Code, str]


@cache
def devices() -> Mapping[str, Device]:
    """Every known device by id, retired ones included."""
    data = _DeviceFile.model_validate_json((_HERE / "devices.json").read_bytes())
    found = {
        key: Device(id=key, checked=data.checked, **facts.model_dump()) for key, facts in data.devices.items()
    }
    for device in found.values():
        if unknown := set(device.regions) - set(regions()):
            raise ValueError(f"{device.id}: unknown region {', '.join(sorted(unknown))}")
        if device.replacement and found[device.replacement].status is not Status.AVAILABLE:
            raise ValueError(f"{device.id}: its replacement is retired")
    return MappingProxyType(found)


@cache
def regions() -> Mapping[str, Region]:
    """The regions that offer Amazon Braket, by id."""
    data = _RegionFile.model_validate_json((_HERE / "regions.json").read_bytes())
    return MappingProxyType(
        {
            key: Region(id=key, checked=data.checked, source=data.source, **facts.model_dump())
            for key, facts in data.regions.items()
        }
    )


@cache
def _jurisdictions() -> _JurisdictionFile:
    return _JurisdictionFile.model_validate_json((_HERE / "jurisdictions.json").read_bytes())


@cache
def jurisdictions() -> Mapping[str, str]:
    """Known jurisdictions: code to name, unions first."""
    data = _jurisdictions()
    return MappingProxyType({code: union.name for code, union in data.unions.items()} | data.countries)


def covers(allowed: Iterable[str], code: str) -> bool:
    """Whether a jurisdiction lies within the allowed ones: it is named, or is a member of a union that is."""
    names = set(allowed)
    unions = _jurisdictions().unions
    return code in names or any(code in unions[name].members for name in names if name in unions)


@cache
def _by_arn() -> Mapping[str, Device]:
    return {device.arn: device for device in devices().values()}


def device_by_arn(arn: str) -> Device | None:
    """The device with this ARN, letter for letter; None when the catalogue has none."""
    return _by_arn().get(arn)

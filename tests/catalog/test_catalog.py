"""The catalogue is dated, sourced and consistent."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from components.catalog import (
    Device,
    DeviceKind,
    Status,
    covers,
    device_by_arn,
    devices,
    jurisdictions,
    regions,
)


def test_devices_of_today() -> None:
    available = {d.id: d.regions for d in devices().values() if d.status is Status.AVAILABLE}
    simulators = ("us-east-1", "us-west-1", "us-west-2", "eu-west-2")
    assert available == {
        "amazon/sv1": simulators,
        "amazon/dm1": simulators,
        "aqt/ibex-q1": ("eu-north-1",),
        "ionq/forte-1": ("us-east-1",),
        "ionq/forte-enterprise-1": ("us-east-1",),
        "iqm/emerald": ("eu-north-1",),
        "iqm/garnet": ("eu-north-1",),
        "quera/aquila": ("us-east-1",),
        "rigetti/cepheus-1-108q": ("us-west-1",),
    }


@pytest.mark.parametrize("device", devices().values(), ids=devices())
def test_each_device(device: Device) -> None:
    assert devices()[device.id] is device
    assert device_by_arn(device.arn) is device
    assert device.source.startswith("https://")
    assert device.checked <= date(2100, 1, 1)
    assert device.processed_by_aws == (device.kind is DeviceKind.SIMULATOR)
    assert set(device.regions) <= set(regions())
    if device.status is Status.AVAILABLE:
        assert device.replacement is None


def test_arns_are_case_sensitive() -> None:
    garnet = devices()["iqm/garnet"]
    assert garnet.arn == "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
    assert device_by_arn(garnet.arn.lower()) is None
    assert devices()["amazon/sv1"].arn == "arn:aws:braket:::device/quantum-simulator/amazon/sv1"


def test_retired_devices_stay_known() -> None:
    retired = {d.id for d in devices().values() if d.status is Status.RETIRED}
    assert retired >= {"amazon/tn1", "ionq/harmony", "ionq/aria-1", "ionq/aria-2", "oqc/lucy"}
    assert retired >= {"rigetti/ankaa-3", "rigetti/aspen-m-3", "xanadu/borealis", "d-wave/advantage_system6"}
    assert devices()["amazon/tn1"].replacement == "amazon/sv1"


@pytest.mark.parametrize(
    "change",
    [
        {"arn": "arn:aws:braket:us-east-1::device/qpu/iqm/Garnet"},
        {"arn": "arn:aws:braket:::device/qpu/iqm/Garnet"},
        {"arn": "arn:aws:braket:eu-north-1::device/qpu/iqm/*"},
        {"arn": "arn:aws:braket:eu-north-1::device/quantum-simulator/iqm/Garnet"},
        {"id": "iqm/emerald"},
        {"provider": "aqt"},
        {"source": "hearsay"},
        {"surprise": 1},
    ],
)
def test_a_wrong_device_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Device(**devices()["iqm/garnet"].model_dump() | change)


def test_regions() -> None:
    assert {r.id: r.jurisdictions for r in regions().values()} == {
        "us-east-1": ("US",),
        "us-west-1": ("US",),
        "us-west-2": ("US",),
        "eu-west-2": ("GB",),
        "eu-north-1": ("SE", "EU"),
    }
    assert {code for region in regions().values() for code in region.jurisdictions} <= set(jurisdictions())


def test_a_union_covers_its_members() -> None:
    assert covers(["EU"], "SE")
    assert covers(["GB", "EU"], "GB")
    assert not covers(["EU"], "GB")
    assert not covers(["SE"], "EU")
    assert not covers([], "SE")
    assert len([code for code in jurisdictions() if covers(["EU"], code)]) == 28


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        devices()["x/y"] = devices()["iqm/garnet"]  # type: ignore[index]
    with pytest.raises(ValidationError):
        devices()["iqm/garnet"].arn = "x"

"""Facts about devices, regions and jurisdictions: dated, sourced data files and their reader.

The files say what was published on the day they name; the live service is the authority on what is
available now.
"""

from __future__ import annotations

from components.catalog.reader import (
    Device,
    DeviceKind,
    Region,
    Status,
    covers,
    device_by_arn,
    devices,
    jurisdictions,
    regions,
)

__all__ = [
    "Device",
    "DeviceKind",
    "Region",
    "Status",
    "covers",
    "device_by_arn",
    "devices",
    "jurisdictions",
    "regions",
]

"""What the azure-native stand-in knows without any cloud: types, checks, differences, outputs at preview."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.azure.model import authorization, monitor, resources, storage
from rehearsal.azure.model.arm import ArmType
from rehearsal.azure.model.provider_config import PROVIDER
from rehearsal.provider.model.carrying import TypeCoverage, coverage_of
from rehearsal.provider.model.schema import TypeModel

ARM: Mapping[str, ArmType] = {
    arm.model.token: arm for arm in (*authorization.TYPES, *monitor.TYPES, *resources.TYPES, *storage.TYPES)
}
"""Every type the stand-in plays, by its token such as azure-native:quantum:Workspace."""

MODEL: Mapping[str, TypeModel] = {token: arm.model for token, arm in sorted(ARM.items())}


def coverage() -> tuple[TypeCoverage, ...]:
    """Return what is emulated, recorded or refused, by type and property; the provider itself comes last."""
    return (*(coverage_of(model) for model in MODEL.values()), coverage_of(PROVIDER))


__all__ = ["ARM", "MODEL", "PROVIDER", "coverage"]

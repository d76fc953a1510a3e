"""What the azure-native stand-in knows without asking the cloud."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.provider.model.schema import Facts as ProviderFacts


@dataclass(frozen=True)
class Facts(ProviderFacts):
    """One provider instance: its subscription and tenant, and the location for what names none ("")."""

    subscription: str
    tenant: str
    location: str = ""

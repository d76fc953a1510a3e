"""The project's stacks on Azure under faults, on a local Azure of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.spec import AzureEnvironmentStack
from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from rehearsal.provider.servicer import StandIn
from tests.faults.azure_faulty import AzureFaults
from tests.faults.azure_watch import AzureProtection, AzureWatch
from tests.faults.stacks import Choice, Place


@dataclass
class AzurePlace(Place):
    """A local Azure, and the state of what is in it. `region` is the environment's resource group."""

    cloud: LocalAzure
    tenant: str

    def arm(self) -> Arm:
        """Its owner's client, beside the stand-in's."""
        names = (self.tenant, TENANT)
        return Arm(self.endpoint, self.cloud.ca_file, self.cloud.token, names)

    def watch(self, meant: AzureProtection | None = None) -> AzureWatch:
        return AzureWatch(self.arm(), f"/subscriptions/{self.account}", self.region, meant)

    def provider(self, choose: Choice, watch: Any) -> tuple[str, StandIn, Any]:
        faults = AzureFaults(self.arm(), choose, self.home / "failed", watch)
        cloud = self.cloud
        provider = AzureProvider(
            cloud.endpoint, cloud.ca_file, self.account, self.tenant, cloud.token, TENANT, faults
        )
        return "azure-native", provider, faults


@contextmanager
def azure_place(
    home: Path, environment: AzureEnvironmentStack, stacks: tuple[str, ...]
) -> Iterator[AzurePlace]:
    azure = environment.spec.azure
    group = f"qlz-{environment.name.removeprefix('azure-')}"
    cloud = LocalAzure.ensure(home)
    try:
        yield AzurePlace(home, cloud.endpoint, azure.subscription, group, stacks, cloud, azure.tenant)
    finally:
        cloud.stop()

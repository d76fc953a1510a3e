"""The local clouds of a rehearsal, each started when a stack needs it, and who is played in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from components.spec import AnyAzure, LoadedStack
from rehearsal.aws import AwsProvider
from rehearsal.azure import AzureProvider
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from rehearsal.local_cloud import LocalCloud

NO_CLOUD = "none"


class Played(StrEnum):
    """A cloud by the name of its provider."""

    AWS = "aws"
    AZURE = "azure-native"


def cloud_of(loaded: LoadedStack) -> Played:
    """The one cloud a stack lives in."""
    azure = isinstance(loaded.stack, AnyAzure)
    return Played.AZURE if azure else Played.AWS


class Clouds:
    """What plays below `home`: found when there, started by `start`, never more than asked for."""

    def __init__(self, home: Path, on_progress: Callable[[str], None]) -> None:
        self._home = home
        self._on_progress = on_progress
        self._running: dict[Played, LocalCloud | LocalAzure] = {}
        self._providers: dict[tuple[Played, str], AwsProvider | AzureProvider] = {}
        self._addresses: dict[tuple[Played, str], str] = {}

    def find(self) -> None:
        """See which are running."""
        found = {Played.AWS: LocalCloud.find(self._home), Played.AZURE: LocalAzure.find(self._home)}
        self._running = {played: cloud for played, cloud in found.items() if cloud is not None}

    def start(self, played: Played) -> None:
        """Start a cloud unless it is running."""
        if played not in self._running:
            kind = LocalCloud if played is Played.AWS else LocalAzure
            self._running[played] = kind.ensure(self._home, self._on_progress)

    def stop(self) -> None:
        """Stop those that run: nothing of them exists any more."""
        for cloud in self._running.values():
            cloud.stop()
        self._running = {}

    def id(self, played: Played) -> str:
        """A cloud's id, or "none" where it is not running."""
        cloud = self._running.get(played)
        return NO_CLOUD if cloud is None else cloud.id

    @property
    def ids(self) -> Mapping[str, str]:
        """The ids of those that run, by the name of their provider."""
        return {str(played): cloud.id for played, cloud in self._running.items()}

    def servers(self, loaded: LoadedStack, account: str) -> Mapping[str, str]:
        """The address of the provider of a stack's cloud, with the credentials of one account."""
        key = (cloud_of(loaded), account)
        provider = self.provider(loaded, account)
        if key not in self._addresses:
            self._addresses[key] = provider.serve()
        return {str(key[0]): self._addresses[key]}

    def provider(self, loaded: LoadedStack, account: str) -> AwsProvider | AzureProvider:
        """The provider of a stack's cloud itself, to be asked in this process."""
        key = (cloud_of(loaded), account)
        if key not in self._providers:
            self._providers[key] = self._provider(loaded, account)
        return self._providers[key]

    def _provider(self, loaded: LoadedStack, account: str) -> AwsProvider | AzureProvider:
        cloud = self._running.get(cloud_of(loaded))
        if isinstance(loaded.stack, AnyAzure):
            tenant = loaded.stack.spec.azure.tenant
            if not isinstance(cloud, LocalAzure):
                return AzureProvider(None, None, account, tenant)
            return AzureProvider(cloud.endpoint, cloud.ca_file, account, tenant, cloud.token, TENANT)
        return AwsProvider(cloud.endpoint if cloud else None, account)

    def recorded_in_use(self) -> dict[str, list[str]]:
        """Type to the properties that were set and that a local cloud only records."""
        used: dict[str, set[str]] = {}
        for provider in self._providers.values():
            for kind, names in provider.recorded_in_use().items():
                used.setdefault(kind, set()).update(names)
        return {kind: sorted(names) for kind, names in sorted(used.items())}

    def close(self) -> None:
        """Stop the providers; the clouds go on."""
        for provider in self._providers.values():
            provider.stop()

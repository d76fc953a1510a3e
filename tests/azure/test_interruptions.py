"""Every request that changes something fails once, refused or unanswered: a later run ends well."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.azure import AzureProvider
from rehearsal.azure.rest import Arm, ArmError
from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.engine.errors import ProviderFailed
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from tests.azure.peer import SUBSCRIPTION
from tests.azure.test_engines import CONFIG, PASSPHRASE, left_in, project, steps, well

__all__ = ["project"]

pytestmark = pytest.mark.cloud

RANDOM = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")


class Faults:
    """Fails every request that changes something the first time it is made. `seen`: what has failed."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self._silent: set[str] = set()
        self.seen: dict[str, str] = {}

    def __call__(
        self, method: str, path: str, version: str, body: Mapping[str, Any] | None
    ) -> ArmError | None:
        lost = ArmError(0, "Unreachable", "the answer was lost")
        if method == "GET":
            # Whoever lost an answer cannot ask what came of it either.
            silent = path in self._silent
            self._silent.discard(path)
            return lost if silent else None
        signature = f"{method} {RANDOM.sub('', path)}"
        if signature in self.seen:
            return None
        refused = zlib.crc32(signature.encode()) % 2 == 0
        self.seen[signature] = "refused" if refused else "lost"
        if refused:
            return ArmError(500, "InternalServerError", "it broke")
        headers = {"If-Match": "*"} if method == "DELETE" else {}
        self._arm.write(method, path, version, body, headers)
        self._silent.add(path)
        return lost


def until_well(run: Callable[[], Outcome]) -> None:
    """Run until it ends well. Each failure is of one request, so that there is an end."""
    for _ in range(60):
        try:
            outcome = run()
        except ProviderFailed:  # what was left over could not be looked at: the look failed, too
            continue
        if outcome.result == "ok":
            return
    well(outcome)


def test_every_change_fails_once_and_nothing_is_lost_or_made_twice(
    project: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cloud = LocalAzure.ensure(tmp_path / "home")
    arm = Arm(cloud.endpoint, cloud.ca_file, cloud.token)
    faults = Faults(arm)
    provider = AzureProvider(
        cloud.endpoint, cloud.ca_file, SUBSCRIPTION, TENANT, cloud.token, TENANT, fault=faults
    )
    try:
        store = StateStore(tmp_path / "state", PASSPHRASE)
        engine = Engine(Project.load(project), store, providers={"azure-native": provider.serve()})
        until_well(lambda: engine.up("dev", CONFIG))
        assert {op for op, _ in steps(well(engine.preview("dev", CONFIG)))} == {"same"}
        assert set(faults.seen.values()) == {"refused", "lost"}
        assert len(faults.seen) >= 25
        until_well(lambda: engine.destroy("dev", CONFIG))
        assert left_in(cloud) == []
    finally:
        provider.stop()
        arm.close()
        cloud.stop()

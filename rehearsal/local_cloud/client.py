"""Start, find and stop the local cloud."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.local_cloud.background import BadSetting as BadSetting
from rehearsal.local_cloud.background import LocalCloudError as LocalCloudError
from rehearsal.local_cloud.background import Program
from rehearsal.local_cloud.record import Record

PROGRAM = Program(
    module="rehearsal.local_cloud.daemon",
    title="the local cloud",
    # The example policies of AWS are loaded.
    environment={
        "MOTO_DISABLE_GLOBAL_CORS": "true",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    },
)


@dataclass(frozen=True)
class LocalCloud:
    """A running local cloud.

    `id` is random and new for every process; `endpoint` is "http://127.0.0.1:PORT"; `fresh` says that this
    very call started it, so that nothing exists in it yet.
    """

    id: str
    endpoint: str
    pid: int
    fresh: bool
    home: Path

    @staticmethod
    def ensure(home: Path, on_progress: Callable[[str], None] = lambda _: None) -> LocalCloud:
        """Find the local cloud that belongs to `home`, or start it.

        Safe when several commands do so at once: one is started. Raises LocalCloudError.
        """
        record, fresh = PROGRAM.ensure(home, on_progress)
        return _cloud(home, record, fresh=fresh)

    @staticmethod
    def find(home: Path) -> LocalCloud | None:
        """Return the local cloud of `home` if it answers with the recorded id; else None, record gone."""
        record = PROGRAM.find(home)
        return None if record is None else _cloud(home, record, fresh=False)

    def stop(self) -> None:
        """Stop it and wait until its process has ended; one that is already gone is fine."""
        PROGRAM.stop(Record(id=self.id, port=int(self.endpoint.rpartition(":")[2]), pid=self.pid), self.home)


def _cloud(home: Path, record: Record, *, fresh: bool) -> LocalCloud:
    return LocalCloud(record.id, f"http://127.0.0.1:{record.port}", record.pid, fresh, home)

"""The record of a running local cloud: written whole or not at all, and never believed without asking."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

IDENTITY_PATH = "/_qlz/cloud"
"""Where the server tells who it is. No bucket can have this name: an underscore may not begin one."""


@dataclass(frozen=True)
class Record:
    """What identifies one running local cloud: its random id, its port on 127.0.0.1 and its process id."""

    id: str
    port: int
    pid: int


def record_file(home: Path) -> Path:
    return home / "cloud.json"


def log_file(home: Path) -> Path:
    return home / "cloud.log"


def lock_file(home: Path) -> Path:
    return home / "cloud.lock"


def read_record(home: Path) -> Record | None:
    """Return what the record file says, or None when there is none or it is not a record."""
    try:
        found = json.loads(record_file(home).read_text(encoding="utf-8"))
        record = Record(id=found["id"], port=found["port"], pid=found["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    plausible = isinstance(record.id, str) and isinstance(record.port, int) and isinstance(record.pid, int)
    return record if plausible and 0 < record.port < 65536 and record.pid > 1 else None


def write_record(home: Path, record: Record) -> None:
    """Replace the record in one step; readable by its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=home, prefix=".cloud-", suffix=".json")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(record), stream)
        Path(temporary).replace(record_file(home))
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def remove_record(home: Path, record: Record | None) -> None:
    """Remove the record if it still says what the caller read; a newer one stays."""
    if read_record(home) == record:
        with contextlib.suppress(OSError):
            record_file(home).unlink()

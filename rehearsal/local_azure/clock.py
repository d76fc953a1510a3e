"""The time of the local Azure: the wall clock and what its owner has added to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Goes with the wall clock; `advance` moves it forward only, as time does."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        if not 0 <= seconds < 10 * 366 * 86400:
            raise ValueError("time goes forward, by at most ten years")
        self._ahead += timedelta(seconds=seconds)


def text(moment: datetime) -> str:
    """As Azure writes it: ISO 8601, UTC, ending in Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(written: str) -> datetime:
    """Read an ISO 8601 moment; without a zone it is UTC. Raises ValueError."""
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.replace(tzinfo=UTC)

"""When a server has had nothing to do for so long that it may stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class IdleWatch:
    """Counts the seconds since the last request ended; a request under way is never idle.

    `clock` gives seconds that only rise; tests bring their own.
    """

    def __init__(self, limit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._last = clock()
        self._under_way = 0

    @contextmanager
    def request(self) -> Iterator[None]:
        """Mark the time of one request."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._last = self._clock()

    def remaining(self) -> float:
        """Seconds until it may stop, 0.0 when it may stop now."""
        with self._lock:
            if self._under_way:
                return self._limit
            return max(0.0, self._limit - (self._clock() - self._last))

"""Requests of the azure-native stand-in that fail, each once: the fault seam of rehearsal.azure.rest."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.azure.rest import Arm, ArmError
from tests.faults.azure_watch import AzureWatch
from tests.faults.faulty import DEATHS, Kind

WORDS: Final[Mapping[Kind, str]] = {
    "error": "InternalServerError: the service broke",
    "throttled": "TooManyRequests: slow down",
    "unavailable": "ServiceUnavailable: come back later",
    "lost answer": "does not answer",
}
STATUS: Final = {"error": 500, "throttled": 429, "unavailable": 503}
WROTE: Final = "wrote "
"""Begins a line of the journal about a write of which the engine never heard."""
# The one name that is made up for each request.
REQUEST_NAME: Final = re.compile(r"(?<=/roleEligibilityScheduleRequests/)[0-9a-f-]{36}")


class AzureFaults:
    """Fails every chosen request the first time it is made.

    `choose` gets a request's signature: method and path, and whether it came after a write there. As
    `tests.faults.faulty.Faults`: `journal` outlives a process, `last` is the kind of a run's first failure.
    """

    words = WORDS

    def __init__(
        self, arm: Arm, choose: Callable[[str], Kind | None], journal: Path, watch: AzureWatch
    ) -> None:
        self._arm, self._choose, self._journal, self._watch = arm, choose, journal, watch
        self.failed = set(journal.read_text().splitlines()) if journal.exists() else set()
        self.made: set[str] = set()
        self.last: Kind | None = None
        self._written = {line.removeprefix(WROTE) for line in self.failed if line.startswith(WROTE)}
        self._before: tuple[str, str] | None = None

    def __call__(
        self, method: str, path: str, version: str, body: Mapping[str, Any] | None
    ) -> ArmError | None:
        self.looked()
        if method != "GET":
            self._before = (method, path)
        signature = f"{method} {REQUEST_NAME.sub('', path)}{' again' if path in self._written else ''}"
        self.made.add(signature)
        kind = None if signature in self.failed else self._choose(signature)
        if kind is None:
            self._took(method, path)
            return None
        self._note(signature)
        self.last = self.last or kind
        return self._fail(kind, method, path, version, body)

    def looked(self) -> None:
        """Look at what the last request did; also to be called at the end."""
        if self._before is not None:
            self._watch.after(*self._before)
            self._before = None

    def _note(self, line: str) -> None:
        self.failed.add(line)
        with self._journal.open("a") as journal:
            journal.write(line + "\n")

    def _took(self, method: str, path: str) -> None:
        if method == "PUT":
            self._written.add(path)

    def _fail(
        self, kind: Kind, method: str, path: str, version: str, body: Mapping[str, Any] | None
    ) -> ArmError:
        if kind in ("lost answer", "killed after") and method != "GET":
            headers = {"If-Match": "*"} if method == "DELETE" else {}
            try:
                self._arm.write(method, path, version, body, headers)
                self._note(f"{WROTE}{path}")
                self._took(method, path)
            except ArmError as error:  # it would have failed anyway, and so it does
                if kind == "lost answer":
                    return error
        if kind in DEATHS:
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "lost answer":
            return ArmError(0, "Unreachable", "the local Azure does not answer (TimeoutError)")
        code, _, said = WORDS[kind].partition(": ")
        return ArmError(STATUS[kind], code, said)

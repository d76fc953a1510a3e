"""Start, find and stop the local Azure, and what its owner may ask of it."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rehearsal.local_azure.names import OWNER
from rehearsal.local_cloud.background import ANSWER_SECONDS, LocalCloudError, Program
from rehearsal.local_cloud.record import IDENTITY_PATH, Record

CA_FILE = "ca.pem"
SECRET_FILE = "secret"  # noqa: S105 - the name of a file
FOLDER = "azure"
"""Where in the home its record, its authority's certificate and its secret lie."""


def _connect(record: Record, folder: Path) -> http.client.HTTPConnection:
    context = ssl.create_default_context(cafile=str(folder / CA_FILE))
    return http.client.HTTPSConnection("127.0.0.1", record.port, timeout=ANSWER_SECONDS, context=context)


PROGRAM = Program(
    module="rehearsal.local_azure.daemon", title="the local Azure", environment={}, connect=_connect
)


@dataclass(frozen=True)
class LocalAzure:
    """A running local Azure.

    `id` is random and new for every process; `endpoint` is Resource Manager's address and the login
    authority's, "https://127.0.0.1:PORT"; `ca_file` is the certificate to trust (PEM); `fresh` says that this
    very call started it, so that nothing exists in it yet.
    """

    id: str
    endpoint: str
    pid: int
    fresh: bool
    home: Path

    @staticmethod
    def ensure(home: Path, on_progress: Callable[[str], None] = lambda _: None) -> LocalAzure:
        """Find the local Azure that belongs to `home`, or start it.

        Safe when several commands do so at once: one is started. Raises LocalCloudError.
        """
        record, fresh = PROGRAM.ensure(home / FOLDER, on_progress)
        return _cloud(home, record, fresh=fresh)

    @staticmethod
    def find(home: Path) -> LocalAzure | None:
        """Return the local Azure of `home` if it answers with the recorded id; else None, record gone."""
        record = PROGRAM.find(home / FOLDER)
        return None if record is None else _cloud(home, record, fresh=False)

    def stop(self) -> None:
        """Stop it and wait until its process has ended; one that is already gone is fine."""
        PROGRAM.stop(self._record(), self.home / FOLDER)

    @property
    def ca_file(self) -> Path:
        return self.home / FOLDER / CA_FILE

    @property
    def endpoints(self) -> Mapping[str, str]:
        """The addresses of its endpoints: "arm", "quantum" and "blob"."""
        return _endpoints(self)

    def token(self, principal: str = OWNER, *, mfa: bool = True, audience: str | None = None) -> str:
        """A bearer token for an object id; for every endpoint unless an audience narrows it."""
        return str(self.control("token", {"principal": principal, "mfa": mfa, "audience": audience})["token"])

    def control(self, verb: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for what only the owner may: see `rehearsal.local_azure.control`. Raises LocalCloudError."""
        secret = (self.home / FOLDER / SECRET_FILE).read_text(encoding="ascii")
        return self._ask("POST", f"/_qlz/control/{verb}", json.dumps(told), {"x-qlz-secret": secret})

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> dict[str, Any]:
        connection = _connect(self._record(), self.home / FOLDER)
        try:
            connection.request(method, path, body, {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise LocalCloudError(
                f"the local Azure does not answer ({error})", where=self.endpoint, fix="run the command again"
            ) from None
        finally:
            connection.close()
        if answer.status != 200:
            raise LocalCloudError(
                f"the local Azure refuses: {told['error']['message']}", where=path, fix="correct the request"
            )
        return told

    def _record(self) -> Record:
        return Record(id=self.id, port=int(self.endpoint.rpartition(":")[2]), pid=self.pid)


@lru_cache(maxsize=8)
def _endpoints(cloud: LocalAzure) -> Mapping[str, str]:
    return dict(cloud._ask("GET", IDENTITY_PATH, None, {})["endpoints"])


def _cloud(home: Path, record: Record, *, fresh: bool) -> LocalAzure:
    return LocalAzure(record.id, f"https://127.0.0.1:{record.port}", record.pid, fresh, home)

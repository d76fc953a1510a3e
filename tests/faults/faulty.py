"""AWS calls of the stand-in that fail, each once: the fault seam of rehearsal.aws.clients."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from botocore import xform_name
from botocore.exceptions import ClientError, ReadTimeoutError

from rehearsal.aws.clients import Cloud, aws_error
from rehearsal.export_diff import MADE_UP
from tests.faults.watch import Watch

Kind = Literal["error", "throttled", "unavailable", "lost answer", "killed before", "killed after"]
FAILURES: tuple[Kind, ...] = ("error", "throttled", "unavailable", "lost answer")
DEATHS: tuple[Kind, ...] = ("killed before", "killed after")
WORDS: Mapping[Kind, str] = {
    "error": "InternalFailure: the service broke",
    "throttled": "ThrottlingException: Rate exceeded",
    "unavailable": "does not answer",
    "lost answer": "does not answer",
}


def share(signature: str) -> int:
    """A number from 0 to 99 that a call always has."""
    return int(hashlib.sha256(signature.encode()).hexdigest(), 16) % 100


class ToldCloud(Cloud):
    """Says for which region a call is before it may fail. One call at a time."""

    def __init__(self, endpoint: str, account: str, faults: Faults) -> None:
        super().__init__(endpoint, account, faults)
        self._faults = faults

    def _before_call(
        self, params: Mapping[str, Any], model: Any, context: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        self._faults.region = str((context or {})["client_region"])
        super()._before_call(params, model, **more)


class Faults:
    """Fails every chosen call the first time it is made.

    `choose` gets a call's signature (region, service, operation, parameters, without what is random) and says
    how it fails, None for not at all. What has failed is kept in `journal`, which outlives a process that
    is killed. `last` is the kind of the last failure, `made` the signatures of all calls.
    """

    def __init__(
        self, cloud: Cloud, region: str, choose: Callable[[str], Kind | None], journal: Path, watch: Watch
    ) -> None:
        self._cloud, self._choose = cloud, choose
        self.region = region
        self._journal, self._watch = journal, watch
        self.failed = set(journal.read_text().splitlines()) if journal.exists() else set()
        self.made: set[str] = set()
        self.last: Kind | None = None
        self._before: tuple[str, str, str, Mapping[str, Any]] | None = None

    words = WORDS

    def __call__(self, service: str, operation: str, params: Mapping[str, Any]) -> Exception | None:
        self.looked()
        self._before = (self.region, service, operation, dict(params))
        text = json.dumps(params, sort_keys=True, default=str)
        signature = MADE_UP.sub("", f"{self.region} {service} {operation} {text}")
        self.made.add(signature)
        kind = None if signature in self.failed else self._choose(signature)
        if kind is None:
            return None
        self.failed.add(signature)
        with self._journal.open("a") as journal:
            journal.write(signature + "\n")
        self.last = kind
        return self._fail(kind, service, operation, params)

    def looked(self) -> None:
        """Look at what the last call did; also to be called at the end."""
        if self._before is not None:
            self._watch.after(*self._before)
            self._before = None

    def _fail(self, kind: Kind, service: str, operation: str, params: Mapping[str, Any]) -> Exception:
        if kind in ("lost answer", "killed after"):
            try:
                getattr(self._cloud.client(service, self.region), xform_name(operation))(**params)
            except ClientError as error:  # it would have failed anyway, and so it does
                if kind == "lost answer":
                    return error
        if kind in DEATHS:
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "error":
            return aws_error(operation, "InternalFailure", "the service broke")
        if kind == "throttled":
            return aws_error(operation, "ThrottlingException", "Rate exceeded")
        return ReadTimeoutError(endpoint_url="http://127.0.0.1")

"""Signed addresses of blobs, as a workspace gives them out: good for what the signer may do, until revoked.

They are user delegation signatures: the signer is an identity, and its own permissions are looked at again
each time. Source: learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, urlencode

from rehearsal.local_azure.clock import Clock, moment

VERSION = "2025-01-05"
HOURS = 4


@dataclass
class Signer:
    """Signs and checks addresses with a key that dies with the process."""

    clock: Clock
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def sign(self, base: str, account: str, path: str, permissions: str, signer: str) -> str:
        """The address of a container or a blob (`container` or `container/blob`), with a signature."""
        now = self.clock.now()
        query = {
            "sv": VERSION,
            "sr": "b" if "/" in path else "c",
            "sp": permissions,
            "se": (now + timedelta(hours=HOURS)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "skoid": signer,
            "skt": repr(now.timestamp()),
        }
        query["sig"] = self._signature(account, path, query)
        return f"{base}/{account}/{quote(path)}?{urlencode(query)}"

    def signer(
        self, account: str, path: str, query: Mapping[str, str], permission: str, since: float
    ) -> str | None:
        """Who signed the address, None unless it is good for the permission (a letter) on the path."""
        signed = path if query.get("sr") == "b" else path.partition("/")[0]
        try:
            good = hmac.compare_digest(
                query.get("sig", "").encode(), self._signature(account, signed, query).encode()
            )
            fresh = moment(query["se"]) > self.clock.now() and float(query["skt"]) > since
        except (KeyError, ValueError):
            return None
        return query["skoid"] if good and fresh and permission in query.get("sp", "") else None

    def _signature(self, account: str, path: str, query: Mapping[str, str]) -> str:
        said = "\n".join(
            (account, path, *(query.get(name, "") for name in ("sv", "sr", "sp", "se", "skoid", "skt")))
        )
        return base64.b64encode(hmac.digest(self._key, said.encode(), hashlib.sha256)).decode()

"""A credential for Azure's own clients that gives out local tokens."""

from __future__ import annotations

import time
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo

from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import OWNER


class LocalCredential:
    """A TokenCredential for one object id. Its tokens work against the given local Azure alone."""

    def __init__(self, cloud: LocalAzure, principal: str = OWNER, *, mfa: bool = True) -> None:
        self._cloud = cloud
        self._principal = principal
        self._mfa = mfa

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token for the first scope, such as https://management.azure.com/.default."""
        audience = scopes[0].removesuffix("/.default").rstrip("/") if scopes else None
        token = self._cloud.token(self._principal, mfa=self._mfa, audience=audience)
        return AccessToken(token, int(time.time()) + 3000)

    def get_token_info(self, *scopes: str, **_: Any) -> AccessTokenInfo:
        found = self.get_token(*scopes)
        return AccessTokenInfo(found.token, found.expires_on)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> LocalCredential:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

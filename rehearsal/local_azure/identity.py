"""Who asks: object ids, groups, and the signed tokens that name them.

Nothing here is a real credential: tokens are signed with a key that dies with the process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from rehearsal.local_azure.errors import unauthorized
from rehearsal.local_azure.names import TENANT

TOKEN_SECONDS = 3600
AUDIENCES = {
    "arm": ("https://management.azure.com", "https://management.core.windows.net"),
    "quantum": ("https://quantum.microsoft.com",),
    "blob": ("https://storage.azure.com",),
}


@dataclass
class Principal:
    """An identity that the owner of the process declared: User, Group or ServicePrincipal."""

    id: str
    type: str
    member_of: frozenset[str] = frozenset()


@dataclass
class Directory:
    """The people and groups that were declared. Managed identities are resources, not entries here."""

    principals: dict[str, Principal] = field(default_factory=dict)

    def declare(self, id: str, type: str, member_of: list[str]) -> None:
        if type not in ("User", "Group", "ServicePrincipal"):
            raise ValueError(f"{type!r} is no type of principal")
        self.principals[id.lower()] = Principal(id.lower(), type, frozenset(m.lower() for m in member_of))

    def identities(self, id: str) -> set[str]:
        """The principal and every group it is in, through groups too."""
        found, todo = set(), [id.lower()]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                known = self.principals.get(one)
                todo.extend(known.member_of if known else ())
        return found


class Caller(str):
    """The object id of whoever asks, and whether he has proved himself by a second factor."""

    mfa: bool = False


class Tokens:
    """Signs and reads tokens. Their life is measured by the wall clock, whatever the local time is."""

    def __init__(self, key: str, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def mint(
        self, principal: str, audience: str | None = None, *, mfa: bool = True, seconds: int = TOKEN_SECONDS
    ) -> tuple[str, int]:
        """A token for an object id and when it expires (seconds since 1970). Without an audience it
        serves every endpoint of this process: that is for the process's owner only."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "tid": TENANT,
            "oid": principal.lower(),
            "sub": principal.lower(),
        }
        claims |= {
            "aud": audience or "local",
            "iat": now,
            "exp": now + seconds,
            "amr": ["pwd", *(["mfa"] if mfa else [])],
        }
        return jwt.encode(claims, self._key, algorithm="HS256"), now + seconds

    def assertion(self, issuer: str, subject: str, audience: str) -> str:
        """What an outside issuer, such as a pipeline, would say of itself."""
        now = int(time.time())
        claims = {"iss": issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + 600}
        return jwt.encode(claims, self._key + "/outside", algorithm="HS256")

    def read_assertion(self, token: str) -> dict[str, Any]:
        return self._decode(token, self._key + "/outside")

    def caller(self, header: str, plane: str) -> Caller:
        """The object id that an Authorization header names. Raises ArmError (401)."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized(
                "Authentication failed. The 'Authorization' header is missing.",
            )
        claims = self._decode(token, self._key)
        audience = str(claims.get("aud", "")).rstrip("/")
        if claims.get("iss") != self._issuer or audience not in ("local", *AUDIENCES[plane]):
            raise unauthorized(
                f"The access token has been obtained for wrong audience or resource '{audience}'.",
                "InvalidAuthenticationTokenAudience" if plane == "arm" else "Unauthorized",
            )
        caller = Caller(claims["oid"])
        caller.mfa = "mfa" in claims.get("amr", ())
        return caller

    @staticmethod
    def _decode(token: str, key: str) -> dict[str, Any]:
        try:
            options: Any = {"verify_aud": False, "require": ["exp", "iss", "sub"]}
            return dict(jwt.decode(token, key, algorithms=["HS256"], options=options))
        except jwt.ExpiredSignatureError:
            raise unauthorized(
                "The access token expiry UTC time is earlier than now.", "ExpiredAuthenticationToken"
            ) from None
        except jwt.InvalidTokenError:
            raise unauthorized("The access token is invalid.", "InvalidAuthenticationToken") from None

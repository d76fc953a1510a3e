"""Policy documents: typed statements to canonical JSON, computed here and never asked of the cloud.

Limits are AWS's (IAM and STS quotas; S3 bucket policy 20 KB; KMS key policy 32 KB), read 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class PolicyError(ValueError):
    """A statement or document that AWS would refuse, or that is wider than anyone said it should be."""


class Kind(StrEnum):
    """What a document is attached to."""

    MANAGED = "managed policy"
    INLINE = "inline policy"
    TRUST = "trust policy"
    BUCKET = "bucket policy"
    KEY = "key policy"
    TOPIC = "topic policy"
    LOGS = "log resource policy"
    SECRET = "secret's policy"  # noqa: S105 - a kind of document
    SERVICE_CONTROL = "service control policy"
    ENDPOINT = "endpoint policy"


LIMITS = {
    Kind.MANAGED: 6144,
    Kind.INLINE: 10240,
    Kind.TRUST: 2048,
    Kind.BUCKET: 20480,
    Kind.KEY: 32768,
    Kind.TOPIC: 30720,
    Kind.LOGS: 5120,
    Kind.SECRET: 20480,
    Kind.SERVICE_CONTROL: 5120,
    Kind.ENDPOINT: 20480,
}
"""Most characters of a document (IAM does not count white space; ours has next to none)."""

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]
EVERYONE: Literal["*"] = "*"
OF_THIS_RESOURCE = "in a resource's own policy * is that resource"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    principals: kind (AWS, Service, Federated) to names, or EVERYONE; only in resource and trust policies.
    because: why a wildcard is right; without it a statement that is wide where it matters is refused:
    an Allow for a pattern of actions or for every resource, a Deny that leaves out a pattern of actions,
    and in both an ARN pattern whose first five segments are not written out (``*`` spans ``:`` and ``/``).
    """

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=dict)
    principals: Mapping[str, tuple[str, ...]] | Literal["*"] | None = None
    not_actions: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    because: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", self.sid):
            raise PolicyError(
                f"{self.sid!r}: a statement's id has letters and digits and begins with a capital"
            )
        if bool(self.actions) == bool(self.not_actions):
            raise PolicyError(f"{self.sid}: name actions or not_actions, one of them")
        if self.resources and self.not_resources:
            raise PolicyError(f"{self.sid}: name resources or not_resources, not both")
        if self.effect == "Allow" and (self.not_actions or self.not_resources):
            raise PolicyError(f"{self.sid}: an Allow of everything but a list grants what nobody has read")
        if self.effect == "Allow" and self.principals == EVERYONE and not self.of_one_account:
            raise PolicyError(f"{self.sid}: an Allow for everyone is public")
        for action in (*self.actions, *self.not_actions):
            if action != "*" and not re.fullmatch(r"[a-z0-9-]+:[A-Za-z*]+", action):
                raise PolicyError(f"{self.sid}: {action!r} is not an action")
        for wide in self._wide():
            if not self.because:
                raise PolicyError(f"{self.sid}: {wide} is wide; write it out, or say why in because=")

    @property
    def of_one_account(self) -> bool:
        """Whether a condition names the account of whoever asks, or of what is asked for."""
        named = self.conditions.get("StringEquals", {})
        found = (named.get(key, "") for key in ("aws:PrincipalAccount", "aws:ResourceAccount"))
        return any(isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value) for value in found)

    def _wide(self) -> Iterable[str]:
        yield from (a for a in self._widening_actions() if "*" in a)
        for resource in self._widening_resources():
            if resource == "*" or any(c in part for part in resource.split(":", 5)[:5] for c in "*?"):
                yield resource

    def _widening_actions(self) -> tuple[str, ...]:
        return self.actions if self.effect == "Allow" else self.not_actions

    def _widening_resources(self) -> tuple[str, ...]:
        return self.resources if self.effect == "Allow" else self.not_resources

    def document(self) -> dict[str, object]:
        """The statement as AWS writes it: lists sorted, a list of one as its value."""
        found: dict[str, object] = {"Sid": self.sid, "Effect": self.effect}
        if self.principals is not None:
            found["Principal"] = (
                self.principals
                if isinstance(self.principals, str)
                else {kind: _plain(names) for kind, names in sorted(self.principals.items())}
            )
        for key, values in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if values:
                found[key] = _plain(values)
        if self.conditions:
            found["Condition"] = {
                operator: {key: _plain(value) for key, value in sorted(keys.items())}
                for operator, keys in sorted(self.conditions.items())
            }
        return found


def _plain(values: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else sorted(values)


def policy(kind: Kind, statements: Iterable[Statement]) -> str:
    """The document as canonical JSON. PolicyError when it does not fit its kind or AWS's limit."""
    rows = tuple(statements)
    sids = [row.sid for row in rows]
    if len(set(sids)) != len(sids):
        raise PolicyError(f"{kind}: a statement's id is used twice: {', '.join(sids)}")
    identity = kind in (Kind.MANAGED, Kind.INLINE, Kind.SERVICE_CONTROL)
    for row in rows:
        if identity and row.principals is not None:
            raise PolicyError(f"{row.sid}: a {kind} names no principals")
        if not identity and row.principals is None:
            raise PolicyError(f"{row.sid}: a {kind} names its principals")
        if kind is not Kind.ENDPOINT and row.effect == "Allow" and row.principals == EVERYONE:
            raise PolicyError(f"{row.sid}: an Allow for everyone is public in a {kind}")
        if bool(row.resources or row.not_resources) == (kind is Kind.TRUST):
            raise PolicyError(f"{row.sid}: every document but a trust policy names resources")
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [row.document() for row in rows]}, separators=(",", ":")
    )
    if len(text) > LIMITS[kind]:
        raise PolicyError(f"{kind}: {len(text)} characters, AWS takes {LIMITS[kind]}")
    return text


def deny_insecure_transport(service: str, resources: tuple[str, ...], action: str = "*") -> Statement:
    """Denies everyone requests that do not come over TLS."""
    return Statement(
        sid="TlsOnly",
        effect="Deny",
        principals=EVERYONE,
        actions=(f"{service}:{action}",),
        resources=resources,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def trust_service(sid: str, service: str, conditions: Conditions | None = None) -> str:
    """Lets one of AWS's services take a role, and nobody else."""
    only = Statement(
        sid,
        "Allow",
        principals={"Service": (service,)},
        actions=("sts:AssumeRole",),
        conditions=conditions or {},
    )
    return policy(Kind.TRUST, (only,))

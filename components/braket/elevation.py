"""Elevation: a right for one person, for one reason, that ends by itself (I6).

Each project has one elevated role. People come to it by SAML with a source identity, which the identity
provider sets and the trail shows. It holds the locks and nothing else until the stack file grants something:
then each statement names the person (aws:SourceIdentity) and ends (aws:CurrentTime), so that another who
assumes the role gets nothing, and neither does a session that outlives its grant. What a grant may be for is
fixed here, and nothing in it outlives it: no iam, no sts:AssumeRole, no kms:CreateGrant. A grant that has
ended produces nothing; the role stays, so that a freeze of the project holds for grants made after it.

- rotate-key: rotate the project's key now; where its material is the organisation's own, import it first. The
  key's policy admits the role to that and to no other use of it.
- change-quota: ask AWS for another quota of Amazon Braket. Quotas are the account's, of all its projects.
- production-queue: submit tasks to the project's devices by hand; hybrid jobs stay the pipeline's.

There is none for a restricted tenant: Amazon Braket has no tenants; an environment is an account of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from components.args import ArgumentError, check_among, check_match, check_range
from components.braket.keys import IMPORT, LOOK
from components.braket.names import ProjectNames
from components.braket.policy import LIMITS, Conditions, Kind, PolicyError, Statement, policy
from components.spec.people import same_person

ROTATE = ("kms:RotateKeyOnDemand",)
IDENTITY = r"[A-Za-z0-9_=,.@-]{2,64}"
"""A source identity as STS takes it; a + would be a space in some clients."""


def _rotate_key(names: ProjectNames, devices: tuple[str, ...]) -> Iterable[Statement]:
    yield Statement(
        "RotateKey",
        "Allow",
        actions=ROTATE,
        resources=(names.environment.arn("kms", "key/*"),),
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.alias}},
    )


def _import_and_rotate_key(names: ProjectNames, devices: tuple[str, ...]) -> Iterable[Statement]:
    (rotate,) = _rotate_key(names, devices)
    yield replace(rotate, actions=(*rotate.actions, *IMPORT, *LOOK))


def _change_quota(names: ProjectNames, devices: tuple[str, ...]) -> Iterable[Statement]:
    yield Statement(
        "ChangeQuota",
        "Allow",
        actions=("servicequotas:RequestServiceQuotaIncrease",),
        resources=(names.environment.arn("servicequotas", "braket/*"),),
    )


def _production_queue(names: ProjectNames, devices: tuple[str, ...]) -> Iterable[Statement]:
    tasks = names.environment.quantum_tasks
    yield Statement(
        "Submit",
        "Allow",
        actions=("braket:CreateQuantumTask",),
        resources=(*devices, *tasks),
        conditions={"StringEquals": {"aws:RequestTag/project": names.project}},
    )
    yield Statement(
        "Tag",
        "Allow",
        actions=("braket:TagResource",),
        resources=tasks,
        conditions={
            "StringEquals": {"aws:RequestTag/project": names.project},
            "Null": {"aws:ResourceTag/project": "true"},
        },
    )
    yield Statement(
        "Handle",
        "Allow",
        actions=("braket:CancelQuantumTask", "braket:GetQuantumTask"),
        resources=tasks,
        conditions={"StringEquals": {"aws:ResourceTag/project": names.project}},
    )


_Maker = Callable[[ProjectNames, tuple[str, ...]], Iterable[Statement]]
WHAT: Mapping[str, _Maker] = MappingProxyType(
    {"rotate-key": _rotate_key, "change-quota": _change_quota, "production-queue": _production_queue}
)
"""What may be granted, and the statements that do it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One right of one person: who asked, who approved, why, and from when to when (aware instants)."""

    what: str
    requester: str
    approver: str
    reason: str
    ticket: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        check_among("Grant.what", self.what, tuple(WHAT))
        for argument, value in (("requester", self.requester), ("approver", self.approver)):
            check_match(f"Grant.{argument}", value, IDENTITY, "a source identity such as ada@example.org")
        if same_person(self.approver, self.requester):
            raise ArgumentError("Grant.approver", f"{self.approver} asked for it", "somebody else (I6)")
        for argument, value in (("reason", self.reason), ("ticket", self.ticket)):
            if not value.strip():
                raise ArgumentError(f"Grant.{argument}", "is empty", "say it (I6)")
        for argument, instant in (("start", self.start), ("end", self.end)):
            if instant.utcoffset() != timedelta(0):
                raise ArgumentError(f"Grant.{argument}", f"{instant} is not in UTC", "an instant in UTC")
        if self.end <= self.start:
            raise ArgumentError("Grant.end", f"{self.end} is not after the start", "a later instant")

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return (self.end - self.start) / timedelta(hours=1)

    @property
    def conditions(self) -> dict[str, dict[str, str]]:
        """The person, and the time."""
        return {
            "StringEquals": {"aws:SourceIdentity": self.requester},
            "DateGreaterThanEquals": {"aws:CurrentTime": _instant(self.start)},
            "DateLessThan": {"aws:CurrentTime": _instant(self.end)},
        }


def standing(grants: Iterable[Grant], now: datetime) -> tuple[Grant, ...]:
    """Grants that have not ended, those to come included: their statements wait for their start."""
    return tuple(grant for grant in grants if grant.end > now)


def check_grants(argument: str, grants: tuple[Grant, ...], hours: int) -> None:
    """Refuses grants longer than the tier allows."""
    for grant in grants:
        check_range(argument, int(-(-grant.hours // 1)), 1, hours, "hours")


def grants_policy(
    names: ProjectNames, devices: tuple[str, ...], grants: tuple[Grant, ...], own_material: bool = False
) -> str:
    """The elevated role's inline policy. ArgumentError when more is granted than AWS takes.

    own_material: whether people import the material of the project's key.
    """
    makers = {**WHAT, "rotate-key": _import_and_rotate_key} if own_material else WHAT
    statements = tuple(
        replace(statement, sid=f"{statement.sid}{number}", conditions=_merged(statement, grant))
        for number, grant in enumerate(grants, 1)
        for statement in makers[grant.what](names, devices)
    )
    try:
        return policy(Kind.INLINE, statements)
    except PolicyError as error:
        raise ArgumentError(
            "ProjectArgs.elevation",
            f"{len(grants)} grants stand at once; {error}",
            f"fewer at a time: an inline policy holds {LIMITS[Kind.INLINE]:,} characters",
        ) from error


def _merged(statement: Statement, grant: Grant) -> Conditions:
    found = {operator: dict(keys) for operator, keys in statement.conditions.items()}
    for operator, keys in grant.conditions.items():
        found.setdefault(operator, {}).update(keys)
    return found


def _instant(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")

"""What a stack file and its charter declare, in plain types, for the controls that judge it.

Nothing here is judged or left out: the words are those of the files. Dates are days; instants are in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Hop:
    """One hop of the data path (W1)."""

    step: str
    system: str
    region: str
    jurisdiction: str
    data_class: str
    credential: str
    inside: bool
    provider: str = ""


@dataclass(frozen=True)
class Contract:
    """The contract record (R3). Where support, logs and backups are: jurisdictions."""

    reference: str
    subprocessors: tuple[str, ...]
    support: tuple[str, ...]
    logs: tuple[str, ...]
    backups: tuple[str, ...]
    deletion_days: int
    verified: date
    expires: date


@dataclass(frozen=True)
class Right:
    """A right for a time (I6). On Azure requester and approver are groups, and Azure grants it when asked."""

    what: str
    requester: str
    approver: str
    reason: str
    ticket: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Place:
    """Where in a CI system an identity comes from. who: project, plan, environment-apply or project-apply."""

    who: str
    kind: str
    repository: str
    place: str


@dataclass(frozen=True)
class Elsewhere:
    """A place in a CI system that another stack lets in. place: None where its file cannot be read."""

    stack: str
    place: Place | None = None


@dataclass(frozen=True)
class Accepted:
    """A demand of the tier that the cloud does not offer, accepted by somebody for a time (G4)."""

    demand: str
    owner: str
    approver: str
    expires: date


@dataclass(frozen=True)
class Vendor:
    """What was decided about who runs a device (V4). evidence: pages; hosts: tiers; takes: data classes."""

    isolation: str
    hosts: tuple[str, ...]
    takes: tuple[str, ...]
    decided: date
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """A device that a project may use. processor: whether it is a quantum one.

    outside: of the facilities of the cloud's own operator; vendor: None where nobody has assessed it.
    """

    id: str
    provider: str
    processor: bool
    outside: bool
    vendor: Vendor | None = None


@dataclass(frozen=True)
class Sibling:
    """Another stack of the same project."""

    name: str
    level: str = ""  # empty where its file cannot be read
    account: str = ""
    place: Place = Place("project", "", "", "")
    groups: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""


@dataclass(frozen=True)
class Tenant:
    """A project that lives in an environment: where its pipeline comes from, and its groups of people."""

    name: str
    place: Place
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spec:
    """One stack's declared facts. Those of a charter are empty in an environment or the organization.

    tier: of the stack; environments have the strictest that their level and projects ask for. siblings: the
    same project's other stacks, by name, each with its level, account and place in the CI system.
    """

    today: date
    tier: str
    owner: str
    purpose: str
    cost_centre: str
    last_review: date | None
    next_review: date
    identity: str = ""  # how people come in: saml | entra | nothing
    groups: Mapping[str, str] = field(default_factory=dict)  # people's groups of Azure: role to object id
    places: tuple[Place, ...] = ()
    environment_places: tuple[Place, ...] = ()  # those of a project's environment
    jobs_per_hour: int = 0  # 0: the charter does not say what is unusual
    tiers: tuple[str, ...] = ()  # that the charter admits
    classification: str = ""
    jurisdictions: tuple[str, ...] = ()
    home: tuple[str, ...] = ()  # jurisdictions of the stack's regions, by the catalogue
    data_leaving: tuple[str, ...] = ()
    data_path: tuple[Hop, ...] = ()
    contract: Contract | None = None
    start: date | None = None
    end: date | None = None
    devices: tuple[Chosen, ...] = ()
    rights: tuple[Right, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    environment_file: str = ""  # the environment's stack
    tenants: tuple[Tenant, ...] = ()  # the projects that live in an environment
    watched: Mapping[str, int] = field(default_factory=dict)
    """An environment's projects whose charters say what is unusual: name to submissions an hour."""
    denied_per_hour: int | None = None  # denied calls of an environment at which somebody is told
    spending: Mapping[str, str] = field(default_factory=dict)
    """What an environment's charters let each quantum processor cost: ARN to US dollars."""
    budget: str = ""  # what a project may cost a month before somebody is told; empty for no budget
    siblings: tuple[Sibling, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    """Places of stacks that are neither this one's environment nor live in it, where they may be its own."""

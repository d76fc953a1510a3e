"""What complying stacks declare, on both clouds, for the cases to break one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from policy_packs.controls.control import Control
from policy_packs.controls.declarations import (
    Accepted,
    Chosen,
    Contract,
    Hop,
    Place,
    Right,
    Sibling,
    Spec,
    Tenant,
    Vendor,
)
from policy_packs.controls.stack_facts import Declared
from tests.policies import support
from tests.policies.azure_quantum import things
from tests.policies.support import Cases

TODAY: Final = date(2026, 12, 1)
ALL_TIERS: Final = ("public-demo", "internal-research", "pre-production", "regulated-production")
VENDOR: Final = Vendor(
    "logical", ALL_TIERS, ("parameterised", "synthetic"), date(2026, 11, 22), ("https://x.example",)
)
CLOUD: Final = Vendor(
    "control-plane",
    ALL_TIERS,
    ("raw", "derived", "parameterised"),
    date(2026, 11, 22),
    ("https://x.example",),
)
PATH: Final = (
    Hop("source", "warehouse", "London", "GB", "raw", "service account", True),
    Hop("pre-processing", "feature pipeline", "London", "GB", "derived", "workload identity", True),
    Hop("submission-api", "Amazon Braket API", "eu-west-2", "GB", "parameterised", "role session", True),
    Hop("qpu-operator", "Garnet", "Espoo", "FI", "parameterised", "none", False, "iqm"),
    Hop("result-store", "results bucket", "eu-west-2", "GB", "derived", "service-linked role", True),
    Hop("analytics", "notebooks", "London", "GB", "derived", "role session", True),
)
CONTRACT: Final = Contract(
    "AWS-1",
    ("Amazon Web Services EMEA SARL", "IQM Finland Oy"),
    ("GB",),
    ("GB",),
    ("GB",),
    90,
    date(2026, 11, 2),
    date(2027, 10, 31),
)
RIGHT: Final = Right(
    "rotate-key",
    "ada@example.org",
    "grace@example.org",
    "The key is to be rotated after a leak.",
    "TICKET-1",
    datetime(2026, 12, 1, 8, tzinfo=UTC),
    datetime(2026, 12, 1, 12, tzinfo=UTC),
)
PLACE: Final = Place("project", "github", "example-org/optimus", "prod")
PLAN, APPLY = (
    Place(who, "github", "example-org/platform", f"prod-{who}") for who in ("plan", "project-apply")
)
SIBLING: Final = Sibling(
    "optimus-dev", "dev", "222233334444", Place("project", "github", "example-org/optimus", "dev"), {}, "dev"
)
SPEC: Final = Spec(
    today=TODAY,
    tier="regulated-production",
    owner="optimus-team@example.org",
    purpose="Finds out whether QAOA helps to choose a portfolio.",
    cost_centre="CC-2040",
    last_review=date(2026, 11, 2),
    next_review=date(2027, 2, 1),
    identity="saml",
    places=(PLACE,),
    environment_places=(PLAN, APPLY),
    jobs_per_hour=100,
    tiers=("internal-research", "regulated-production"),
    classification="internal",
    jurisdictions=("GB", "SE"),
    home=("GB",),
    data_leaving=("parameterised", "synthetic"),
    data_path=PATH,
    contract=CONTRACT,
    start=date(2026, 11, 2),
    end=date(2029, 10, 31),
    devices=(
        Chosen("amazon/sv1", "amazon", False, False, CLOUD),
        Chosen("iqm/garnet", "iqm", True, True, VENDOR),
    ),
    rights=(RIGHT,),
    environment_file="prod-optimus",
    siblings=(SIBLING,),
)
PROJECT: Final = replace(
    support.PROJECT,
    name="optimus-prod",
    level="prod",
    environment="prod",
    tier="regulated-production",
    elevation_hours=4,
    spec=SPEC,
)
ENVIRONMENT_SPEC: Final = Spec(
    today=TODAY,
    tier="regulated-production",
    owner="quantum-platform@example.org",
    purpose="Production of the project optimus, and of nothing else.",
    cost_centre="CC-1003",
    last_review=date(2026, 11, 2),
    next_review=date(2027, 2, 1),
    identity="saml",
    places=(PLAN, APPLY),
    tenants=(Tenant("optimus", PLACE),),
)
ENVIRONMENT: Final = replace(
    support.ENVIRONMENT, name="prod-optimus", level="prod", tier="regulated-production", spec=ENVIRONMENT_SPEC
)
GROUPS: Final = {
    "researchers": things.PEOPLE,
    "auditors": "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80102",
    "key_administrators": things.KEEPERS,
    "approvers": things.APPROVERS,
}
AZURE_RIGHT: Final = Right(
    "rotate-key",
    things.PEOPLE,
    things.APPROVERS,
    "asked in Entra",
    things.RULE,
    datetime(2027, 10, 31, tzinfo=UTC),
    datetime(2027, 10, 31, tzinfo=UTC),
)
AZURE_SPEC: Final = replace(
    SPEC,
    tier="pre-production",
    tiers=("internal-research", "pre-production"),
    identity="entra",
    groups=GROUPS,
    rights=(AZURE_RIGHT,),
    accepted=(Accepted("private-network", "team@example.org", "security@example.org", date(2027, 10, 31)),),
    environment_file="azure-prod-catalyst",
    siblings=(replace(SIBLING, account=things.OTHER, groups={"researchers": "another-group"}),),
)
AZURE: Final = replace(
    things.PROJECT, name="catalyst-prod", level="prod", tier="pre-production", spec=AZURE_SPEC
)


def spec(**changes: Any) -> Declared:
    """The project on AWS with something else declared."""
    return replace(PROJECT, spec=replace(SPEC, **changes))


def azure(**changes: Any) -> Declared:
    """The project on Azure with something else declared."""
    return replace(AZURE, spec=replace(AZURE_SPEC, **changes))


def environment(**changes: Any) -> Declared:
    """The environment with something else declared."""
    return replace(ENVIRONMENT, spec=replace(ENVIRONMENT_SPEC, **changes))


def hops(step: str, **changes: Any) -> tuple[Hop, ...]:
    """The data path with one hop changed."""
    return tuple(replace(hop, **changes) if hop.step == step else hop for hop in PATH)


class SpecCases:
    """The cases of a control over what is declared: no resources, so a case is a declaration."""

    def __init__(self, control: Control) -> None:
        self.cases = Cases(control, PROJECT)
        declared = PROJECT if control.cloud != "azure" else AZURE
        self.cases.passes("a project that complies", (), declared)
        self.cases.passes("a project on Azure that complies", (), AZURE)
        self.cases.unknown("nobody read it", (), "was not read", replace(declared, spec=None))

    def passes(self, name: str, declared: Declared) -> None:
        self.cases.passes(name, (), declared)

    def fails(self, name: str, declared: Declared, says: str) -> None:
        self.cases.fails(name, (), says, declared)

    def unknown(self, name: str, declared: Declared, says: str) -> None:
        self.cases.unknown(name, (), says, declared)

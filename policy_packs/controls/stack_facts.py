"""What the controls know about the stack they judge: what its stack file declares.

The file is read by the project's one loader (components.spec) and compared with the configuration the engine
was really given. Where that fails, every control that needs a fact cannot decide, so nothing passes on a
guess.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_packs.controls.azure_facts import Azure, read_azure
from policy_packs.controls.control import CannotDecide
from policy_packs.controls.exceptions import Exceptions, read_exceptions_of
from policy_packs.controls.spec_facts import Spec, read_spec, tier_of

if TYPE_CHECKING:
    from components.spec import LoadedStack

# The packs travel with the project, also when an engine runs a copy of it, so the root is where this package
# lies.
PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Device:
    arn: str
    retired: bool = False


@dataclass(frozen=True)
class Pipelines:
    """The platform team's pipelines. places: role kind to its place in the CI system."""

    kind: str  # github | gitlab | azure-devops
    repository: str
    repository_id: str
    owner_id: str
    places: Mapping[str, str]


@dataclass(frozen=True)
class Among:
    """An environment that an organization names."""

    label: str
    account: str
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """The declared facts, in plain types, so that a control's cases need no stack file."""

    name: str
    kind: str  # environment | project | organization
    level: str  # sandbox | dev | prod | organization
    account: str
    region: str
    project: str = ""  # a project's name, which its tags carry
    environment: str = ""  # as it stands in the names of what a project has
    lifecycle: str = "active"  # active | decommissioned
    azure: Azure | None = None  # of a stack on Azure, whose account is a subscription
    session_hours: int = 4
    elevation_hours: int = 12  # the longest that a right for a time may last
    customer_key: bool = True
    devices: tuple[Device, ...] = ()  # those a project may use
    catalogue: tuple[Device, ...] = ()  # all that are known
    pipeline_kind: str = "github"  # github | gitlab | azure-devops
    repository: str = ""  # of a project's pipeline: owner/name, group/project, organisation/project
    repository_id: str = ""
    owner_id: str = ""
    pipeline_environment: str = ""  # its deployment environment, branch or service connection
    saml: str = ""  # an environment's identity providers
    saml_metadata: str = ""
    oidc_issuers: tuple[str, ...] = ()  # without https://
    audiences: tuple[str, ...] = ()
    alert_emails: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # further regions, whose devices may be used
    label: str = ""  # an environment's part of names
    break_glass: str = ""  # who enters an environment when its identity provider does not work
    ci: Pipelines | None = None  # the platform team's pipelines
    unmanned: bool = False  # the environment has none, so that the whole account administers keys
    bootstrap: str = ""  # the role that brings an environment up the first time
    existing: tuple[str, ...] = ()  # what an environment's account holds already and another owns
    own_key: bool = False  # the tier demands key material of the organisation's own
    private_network: bool = False  # the tier demands that tasks are submitted through private endpoints
    network: bool = False  # an environment's stack file asks for a private network
    kept_days: Mapping[str, int] = field(default_factory=dict)
    """How long an environment's file keeps what: trail, trail_lock, operational, security; idle: until a role
    counts as unused."""
    among: tuple[Among, ...] = ()  # the environments of an organization
    results_days: int = 0  # how long the tier keeps results at most; 0 where it says nothing
    tier: str = ""  # decides what a control counts; an environment's is the strictest it may host
    spec: Spec | None = None  # what stack file and charter declare beside this

    @property
    def own_roles(self) -> Mapping[str, str]:
        """An environment's own roles, which stand above the projects: ARN to kind."""
        kinds = ("plan", "environment-apply", "project-apply", "responder", "break-glass", "trail", "events")
        stem = f"arn:aws:iam::{self.account}:role/qlz/{self.label}/qlz-{self.label}-"
        return {f"{stem}{kind}": kind for kind in kinds} if self.is_environment and self.label else {}

    @property
    def cloud(self) -> str:
        return "azure" if self.azure else "aws"

    def need_spec(self) -> Spec:
        """What stack file and charter declare; CannotDecide where nobody read it."""
        if self.spec is None:
            raise CannotDecide("what stack file and charter declare was not read")
        return self.spec

    @property
    def is_environment(self) -> bool:
        return self.kind == "environment"

    @property
    def is_project(self) -> bool:
        return self.kind == "project"


@dataclass(frozen=True)
class StackFacts:
    declared: Declared | None
    problem: str = "nothing was said about the stack"
    exceptions: Exceptions = field(default_factory=Exceptions)

    @property
    def tier(self) -> str:
        """The stack's tier; empty where it cannot be read, and everything is mandatory."""
        return self.declared.tier if self.declared else ""

    def need(self) -> Declared:
        """The declared facts; CannotDecide where the stack file could not be read."""
        if self.declared is None:
            raise CannotDecide(f"what the stack declares could not be read ({self.problem})")
        return self.declared


def read_facts(stack: str, effective: Mapping[str, str], root: Path = PROJECT_ROOT) -> StackFacts:
    """The facts of a stack by name.

    `effective` is the configuration as the engine hands it out, may be empty.
    """
    try:
        return facts_of(_load(stack, effective, root))
    except Exception as problem:  # noqa: BLE001 - whatever went wrong, nothing is known
        text = str(problem).strip().splitlines()
        why = text[0] if text else type(problem).__name__
        return StackFacts(None, why, _exceptions(stack, root, None))


def facts_of(loaded: LoadedStack) -> StackFacts:
    """The facts of a stack that has been read, with the exceptions on record for it."""
    return StackFacts(declared_of(loaded), exceptions=_exceptions(loaded.name, loaded.root, loaded))


def _load(stack: str, effective: Mapping[str, str], root: Path) -> LoadedStack:
    # Pydantic has no plugins here, and would look for them in every installed distribution.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Imported here: a third of a second that the pack's start need not wait for.
    from components.spec import load_stack, verify_effective

    loaded = load_stack(root, stack)
    if effective:
        verify_effective(loaded, effective)
    return loaded


def _exceptions(stack: str, root: Path, loaded: LoadedStack | None) -> Exceptions:
    try:
        return read_exceptions_of(stack, root, loaded)
    except Exception as problem:  # noqa: BLE001 - then nothing is excepted, and it is said
        return Exceptions(problems=(f"stacks/exceptions could not be read ({type(problem).__name__})",))


def declared_of(loaded: LoadedStack) -> Declared:
    """The facts of a stack that has been read."""
    return replace(_declared(loaded), tier=tier_of(loaded), spec=read_spec(loaded))


def _declared(loaded: LoadedStack) -> Declared:
    from components.catalog import devices
    from components.spec import AnyAzure, AzureProjectStack, EnvironmentStack, OrganizationStack

    stack = loaded.stack
    if isinstance(stack, AnyAzure):
        there, named = stack.spec.azure, read_azure(loaded)
        found = Declared(
            name=stack.name,
            kind=str(stack.kind),
            level=str(stack.level),
            account=there.subscription,
            region=there.location,
            also=tuple(there.also),
            lifecycle=str(stack.spec.lifecycle),
            azure=named,
        )
        if isinstance(stack, AzureProjectStack):
            return replace(
                found,
                project=stack.spec.charter,
                environment=stack.environment_label,
                customer_key=stack.demands.customer_key,
            )
        return replace(found, label=stack.label, kept_days=_kept(stack.spec.retention))
    here = stack.spec.aws
    catalogue = {key: Device(found.arn, found.status == "retired") for key, found in devices().items()}
    declared = Declared(
        name=stack.name,
        kind=str(stack.kind),
        level=str(stack.level),
        account=here.account,
        region=here.region,
        also=tuple(here.also),
        lifecycle=str(stack.spec.lifecycle),
        catalogue=tuple(catalogue.values()),
    )
    if isinstance(stack, OrganizationStack):
        return replace(declared, among=tuple(_among(each) for each in loaded.environments))
    if isinstance(stack, EnvironmentStack):
        ci, glass = stack.spec.identity.ci, stack.spec.identity.break_glass
        saml, issuers = stack.spec.identity.saml, stack.spec.identity.oidc
        return replace(
            declared,
            saml=saml.name if saml else "",
            saml_metadata=saml.metadata if saml else "",
            oidc_issuers=tuple(issuer.url.removeprefix("https://") for issuer in issuers),
            audiences=tuple(issuer.audience for issuer in issuers),
            alert_emails=tuple(stack.spec.alerts.emails),
            label=stack.label,
            network=stack.spec.network is not None,
            kept_days={**_kept(stack.spec.retention), "idle": stack.spec.alerts.idle_days},
            break_glass=glass.principal if glass else "",
            unmanned=ci is None,
            bootstrap=stack.spec.identity.bootstrap or "",
            existing=tuple(map(str, stack.spec.existing)),
            ci=Pipelines(
                ci.kind,
                ci.repository,
                ci.repository_id or "",
                ci.owner_id or "",
                {
                    "plan": ci.plan,
                    "environment-apply": ci.environment_apply,
                    "project-apply": ci.project_apply,
                },
            )
            if ci
            else None,
        )
    home: Any = loaded.environment.spec.identity
    return replace(
        declared,
        saml=home.saml.name if home.saml else "",
        unmanned=home.ci is None,
        bootstrap=home.bootstrap or "",
        network=stack.demands.private_network,
        project=stack.spec.charter,
        environment=stack.environment_label,
        session_hours=stack.demands.session_hours,
        elevation_hours=stack.demands.elevation_hours,
        customer_key=stack.demands.customer_key,
        own_key=stack.demands.bring_your_own_key,
        private_network=stack.demands.private_network,
        results_days=stack.demands.results_retention_days_max,
        devices=tuple(catalogue[key] for key in stack.spec.devices),
        repository=stack.spec.pipeline.repository,
        repository_id=stack.spec.pipeline.ids[0],
        owner_id=stack.spec.pipeline.ids[1],
        pipeline_environment=stack.spec.pipeline.place,
        pipeline_kind=stack.spec.pipeline.kind,
    )


def _among(environment: Any) -> Among:
    here = environment.spec.aws
    return Among(environment.label, here.account, (here.region, *here.also))


def _kept(retention: Any) -> dict[str, int]:
    return {
        "trail": retention.trail_days,
        "trail_lock": retention.trail_lock_days,
        "operational": retention.operational_log_days,
        "security": retention.security_log_days,
    }

"""What the cases of controls are made of. Each goes through the analyzer's own protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.control import Control
from policy_packs.controls.stack_facts import Declared, Device, StackFacts
from policy_packs.controls.value import UNKNOWN_MARKERS

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-2"
UNKNOWN: Final = UNKNOWN_MARKERS[2]
SECRET_SIGN: Final = "4dabf18193072939515e22adb298388d"
SV1: Final = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
DM1: Final = "arn:aws:braket:::device/quantum-simulator/amazon/dm1"
TN1: Final = "arn:aws:braket:::device/quantum-simulator/amazon/tn1"
GARNET: Final = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
CATALOGUE: Final = (Device(SV1), Device(DM1), Device(GARNET), Device(TN1, retired=True))
GITHUB: Final = "token.actions.githubusercontent.com"

ENVIRONMENT: Final = Declared(
    name="sandbox",
    kind="environment",
    level="sandbox",
    account=ACCOUNT,
    region=REGION,
    catalogue=CATALOGUE,
    saml="corporate",
    saml_metadata="<EntityDescriptor/>",
    oidc_issuers=(GITHUB,),
    audiences=("sts.amazonaws.com",),
    alert_emails=("oncall@example.org",),
)
PROJECT: Final = Declared(
    name="optimus-sandbox",
    kind="project",
    level="sandbox",
    account=ACCOUNT,
    region=REGION,
    project="optimus",
    environment="sandbox",
    devices=(Device(SV1), Device(DM1)),
    catalogue=CATALOGUE,
    repository="example-org/optimus",
    repository_id="123456789",
    owner_id="987654",
    pipeline_environment="sandbox",
)
NO_CONTEXT: Final[Any] = None  # the service does not look at it
UNREADABLE: Final = StackFacts(None, "stacks/Pulumi.optimus-sandbox.yaml:3: no such key")
_PROVIDER: Final = {"region": REGION, "allowedAccountIds": json.dumps([ACCOUNT])}


def secret(value: object) -> dict[str, object]:
    """A secret as an engine sends it."""
    return {SECRET_SIGN: "1b47061264138c4ac30d75fd1eb44270", "value": value}


def policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: object, resources: object = "arn:aws:s3:::b/x", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: object, resources: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


@dataclass(frozen=True)
class Res:
    """A resource as declared. `refs`: property to the names of the resources its value comes from."""

    type: str
    props: Mapping[str, Any] = field(default_factory=dict)
    name: str = "probe"
    protect: bool = False
    provider: Mapping[str, Any] | None = field(default_factory=lambda: dict(_PROVIDER))
    refs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider_type: str = "pulumi:providers:aws"
    shown: bool = True  # to the rules over single resources, as what a program registers is
    ignored: Sequence[str] = ()  # ignore_changes
    aliases: Sequence[str] = ()

    @property
    def urn(self) -> str:
        return f"urn:pulumi:sandbox::qlz::{self.type}::{self.name}"

    def request(self) -> wire.AnalyzeRequest:
        return wire.AnalyzeRequest(
            type=self.type,
            properties=struct(self.props),
            urn=self.urn,
            name=self.name,
            options=self._options(),
            provider=self._provider(),
        )

    def in_stack(self, urns: Mapping[str, str]) -> wire.AnalyzerResource:
        return wire.AnalyzerResource(
            type=self.type,
            properties=struct(self.props),
            urn=self.urn,
            name=self.name,
            options=self._options(),
            provider=self._provider(),
            propertyDependencies={
                key: wire.AnalyzerPropertyDependencies(urns=[urns[name] for name in names])
                for key, names in self.refs.items()
            },
        )

    def _options(self) -> wire.AnalyzerResourceOptions:
        return wire.AnalyzerResourceOptions(
            protect=self.protect, ignoreChanges=self.ignored, aliases=self.aliases
        )

    def _provider(self) -> wire.AnalyzerProviderResource | None:
        if self.provider is None or self.type.startswith("pulumi:providers:"):
            return None
        return wire.AnalyzerProviderResource(
            type=self.provider_type, properties=struct(self.provider), urn="urn:aws", name="aws"
        )


def struct(data: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(data), struct_pb2.Struct())


def analyze(controls: Iterable[Control], resource: Res, facts: StackFacts) -> list[wire.AnalyzeDiagnostic]:
    analyzer = Analyzer("test", "a pack under test", tuple(controls), lambda stack, config: facts)
    return list(analyzer.Analyze(resource.request(), NO_CONTEXT).diagnostics)


def analyze_stack(
    controls: Iterable[Control], resources: Sequence[Res], facts: StackFacts
) -> list[wire.AnalyzeDiagnostic]:
    analyzer = Analyzer("test", "a pack under test", tuple(controls), lambda stack, config: facts)
    for resource in resources:
        if resource.shown:
            analyzer.Analyze(resource.request(), NO_CONTEXT)
    urns = {resource.name: resource.urn for resource in resources}
    request = wire.AnalyzeStackRequest(resources=[resource.in_stack(urns) for resource in resources])
    return list(analyzer.AnalyzeStack(request, NO_CONTEXT).diagnostics)


@dataclass(frozen=True)
class Case:
    """One program's resources and what a control must say. `says` empty: nothing at all."""

    control: Control
    kind: str  # pass | fail | unknown
    name: str
    resources: tuple[Res, ...]
    says: str
    facts: StackFacts

    def check(self) -> None:
        found = self._judge()
        if not self.says:
            assert not found, self.messages()
            return
        assert found, f"{self.control.id} lets it pass"
        for each in found:
            assert each.policyName == self.control.id
            assert each.enforcementLevel == wire.MANDATORY
            assert each.message.startswith(f"{self.control.id}: ")
            assert self.control.why in each.message
            assert self.control.fix in each.message
        texts = [each.message.split("\nWhy: ")[0] for each in found]
        if self.kind == "unknown":
            texts = [text for text in texts if ": cannot be decided: " in text]
        assert any(self.says in text for text in texts), texts

    def messages(self) -> list[str]:
        return [each.message for each in self._judge()]

    def _judge(self) -> list[wire.AnalyzeDiagnostic]:
        if not self.control.judge:
            return analyze_stack([self.control], self.resources, self.facts)
        found: list[wire.AnalyzeDiagnostic] = []
        for resource in self.resources:
            each = analyze([self.control], resource, self.facts)
            assert all(f"{resource.name} ({resource.type})" in diagnostic.message for diagnostic in each)
            found.extend(each)
        return found


Given = Res | Sequence[Res]


class Cases:
    """The cases of one control, beside each other."""

    def __init__(self, control: Control, declared: Declared = PROJECT) -> None:
        self.control = control
        self.facts = StackFacts(declared)
        self.all: list[Case] = []

    def passes(self, name: str, given: Given, declared: Declared | None = None) -> None:
        self._add("pass", name, given, "", declared)

    def fails(self, name: str, given: Given, says: str, declared: Declared | None = None) -> None:
        self._add("fail", name, given, says, declared)

    def unknown(self, name: str, given: Given, says: str, declared: Declared | None = None) -> None:
        assert says, "say what cannot be decided"
        self._add("unknown", name, given, says, declared)

    def unreadable(self, given: Given) -> None:
        """What complies cannot be told to, where the stack file cannot be read."""
        resources = (given,) if isinstance(given, Res) else tuple(given)
        says = "what the stack declares could not be read"
        self.all.append(
            Case(self.control, "unknown", "an unreadable stack file", resources, says, UNREADABLE)
        )

    def _add(self, kind: str, name: str, given: Given, says: str, declared: Declared | None) -> None:
        resources = (given,) if isinstance(given, Res) else tuple(given)
        facts = StackFacts(declared) if declared else self.facts
        self.all.append(Case(self.control, kind, name, resources, says, facts))

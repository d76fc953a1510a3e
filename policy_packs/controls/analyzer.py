"""A policy pack as an engine talks to it: the Analyzer service over gRPC.

Spoken directly rather than through pulumi_policy, whose server loses what these controls need: it strips the
marks of secrets before a policy sees a value, reports a rule that met an unknown as advisory, lets a
configuration turn a mandatory rule off, and reads every resource anew for each policy. Here a resource is
read once for all controls, what a diagnostic counts follows from the control and the stack's tier, and no
configuration changes that. Source:
proto/pulumi/analyzer.proto of pulumi/pulumi.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent import futures
from functools import lru_cache
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policy_packs.controls.control import Control, Enforcement, Finding, Resource, Severity, Stack
from policy_packs.controls.exceptions import REPORTS, UNUSED, USED, tightens, unused, used
from policy_packs.controls.stack_facts import StackFacts, read_facts
from policy_packs.controls.tier_told import tier_told
from policy_packs.controls.value import Value

VERSION = "0.1.0"
_MESSAGE_BYTES = 400 * 1024 * 1024  # what engines allow themselves
_ALLOCATIONS = 50_000
"""Between two looks for garbage: a pack lives for seconds, and most of what it makes stays."""
_SEVERITY = {
    Severity.LOW: wire.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: wire.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: wire.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: wire.POLICY_SEVERITY_CRITICAL,
}
_LEVEL: Mapping[Enforcement, wire.EnforcementLevel.ValueType] = {
    Enforcement.MANDATORY: wire.MANDATORY,
    Enforcement.ADVISORY: wire.ADVISORY,
    Enforcement.OFF: wire.DISABLED,
}
ReadFacts = Callable[[str, Mapping[str, str]], StackFacts]


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Serves one pack. `read` turns a stack's name and effective configuration into facts, once."""

    def __init__(
        self, name: str, description: str, controls: Sequence[Control], read: ReadFacts = read_facts
    ):
        self._name = name
        self._description = description
        self._controls = tuple(controls)
        self._by_type: dict[str, tuple[Control, ...]] = {}  # a resource's type to the rules that look at it
        self._read = read
        self._stack = os.environ.get("PULUMI_STACK", "")
        self._made = os.environ.get("PULUMI_DRY_RUN", "") == "false"
        self._config: Mapping[str, str] = {}
        self._facts: StackFacts | None = None
        self._levels: Mapping[str, Enforcement] | None = None
        self._shown: dict[str, Value] = {}  # URN to inputs
        self._covered: set[str] = set()  # files of the exceptions that something needed
        self._reading = threading.Lock()
        self.reads_ahead = False
        """Whether the stack is read while nobody asks yet: in a process of its own, which has the time."""

    # --- about the pack -------------------------------------------------------------------------------------

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> wire.AnalyzerInfo:
        levels = self._listed()
        return wire.AnalyzerInfo(
            name=self._name,
            version=VERSION,
            description=self._description,
            supportsConfig=False,
            policies=[
                *(_policy_info(each, levels.get(each.id, Enforcement.OFF)) for each in self._controls),
                *(_policy_info(report, Enforcement.ADVISORY) for report in REPORTS),
            ],
        )

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(
        self, request: wire.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzerHandshakeResponse:
        return wire.AnalyzerHandshakeResponse()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def ConfigureStack(
        self, request: wire.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzerStackConfigureResponse:
        with self._reading:
            self._stack = request.stack or self._stack
            self._config = dict(request.config)
            self._made = not request.dry_run  # what stands in the environment may be of another operation
            self._facts = self._levels = None
            self._covered = set()
        if self.reads_ahead:
            threading.Thread(target=self.facts, daemon=True).start()
        return wire.AnalyzerStackConfigureResponse()

    def Configure(
        self, request: wire.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Changes nothing.

        A control has no settings, and leaving one out is an exception on record, not a switch.
        """
        return empty_pb2.Empty()

    # --- judging --------------------------------------------------------------------------------------------

    def Analyze(self, request: wire.AnalyzeRequest, context: grpc.ServicerContext) -> wire.AnalyzeResponse:
        facts, levels = self.facts(), self._in_force()
        if not levels:
            return wire.AnalyzeResponse()
        resource = _resource(request)
        self._shown[resource.urn] = resource.props
        return wire.AnalyzeResponse(
            diagnostics=[
                self._diagnostic(control, finding, resource)
                for control in self._over(resource.type)
                if control.id in levels
                for finding in control.on_resource(resource, facts)
            ]
        )

    def _over(self, kind: str) -> tuple[Control, ...]:
        found = self._by_type.get(kind)
        if found is None:
            found = tuple(
                each for each in self._controls if each.judge and (not each.types or kind in each.types)
            )
            self._by_type[kind] = found
        return found

    def AnalyzeStack(
        self, request: wire.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzeResponse:
        facts, levels = self.facts(), self._in_force()
        found: list[wire.AnalyzeDiagnostic] = []
        if levels:
            resources = tuple(_stack_resource(each, self._shown.get(each.urn)) for each in request.resources)
            stack = Stack(resources, self._made)
            found = [
                self._diagnostic(control, finding, finding.resource)
                for control in self._controls
                if control.id in levels
                for finding in control.on_stack(stack, facts)
            ]
        idle = unused(facts.exceptions, self._covered, self._controls)
        found += [self._said(UNUSED, text, Enforcement.ADVISORY, None) for text in idle]
        return wire.AnalyzeResponse(diagnostics=found)

    def Remediate(
        self, request: wire.AnalyzeRequest, context: grpc.ServicerContext
    ) -> wire.RemediateResponse:
        """Controls judge and never change: what runs is what was written and reviewed."""
        return wire.RemediateResponse()

    def facts(self) -> StackFacts:
        """What the stack declares; read once, however many resources are judged at a time."""
        with self._reading:
            if self._facts is None:
                self._facts = self._read(self._stack, self._config)
            return self._facts

    def _listed(self) -> Mapping[str, Enforcement]:
        """What each control counts, as far as the stack's name and configuration tell."""
        if not self._stack:  # nothing can be read, and everything is mandatory
            return {control.id: Enforcement.MANDATORY for control in self._controls}
        tier = tier_told(self._config)
        return self._levels_in(tier) if tier else self._in_force()

    def _in_force(self) -> Mapping[str, Enforcement]:
        """What each control counts in this stack, without those that its tier turns off; told once."""
        if self._levels is None:
            self._levels = self._levels_in(self.facts().tier)
        return self._levels

    def _levels_in(self, tier: str) -> Mapping[str, Enforcement]:
        only_tightens = tightens(self._stack)
        found = {control.id: control.in_stack(tier, only_tightens) for control in self._controls}
        return {key: level for key, level in found.items() if level is not Enforcement.OFF}

    def _diagnostic(
        self, control: Control, finding: Finding, resource: Resource | None
    ) -> wire.AnalyzeDiagnostic:
        granted = self.facts().exceptions.covering(control, finding, resource)
        if granted is not None:
            self._covered.add(granted.file)
            return self._said(USED, used(granted, control, finding, resource), Enforcement.ADVISORY, resource)
        level = self._in_force()[control.id]
        return self._said(control, control.message(finding, resource), level, resource)

    def _said(
        self, policy: Control, message: str, level: Enforcement, resource: Resource | None
    ) -> wire.AnalyzeDiagnostic:
        return wire.AnalyzeDiagnostic(
            policyName=policy.id,
            policyPackName=self._name,
            policyPackVersion=VERSION,
            description=policy.title,
            message=message,
            enforcementLevel=_LEVEL[level],
            urn=resource.urn if resource else "",
            severity=_SEVERITY[policy.severity],
        )


def serve(analyzer: Analyzer) -> None:
    """Serve on the loopback until the engine ends this process.

    The first line on stdout is the port, as engines want.
    """
    gc.set_threshold(_ALLOCATIONS)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)],
    )
    analyzer.reads_ahead = True
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def _policy_info(control: Control, level: Enforcement) -> wire.PolicyInfo:
    return wire.PolicyInfo(
        name=control.id,
        displayName=control.title,
        description=control.why,
        enforcementLevel=_LEVEL[level],
        policy_type=wire.POLICY_TYPE_RESOURCE if control.judge else wire.POLICY_TYPE_STACK,
        severity=_SEVERITY[control.severity],
        tags=list(control.requirements),
        remediation_steps=control.fix,
    )


def _resource(request: wire.AnalyzeRequest | wire.AnalyzerResource, **more: Any) -> Resource:
    """A resource as it is shown. more: what only the whole stack tells."""
    options, provider = request.options, request.provider
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        props=Value.of(request.properties),
        protect=options.protect,
        provider_type=provider.type,
        provider_name=provider.name,
        provider=_provider(provider.properties.SerializeToString()),
        ignored=tuple(options.ignoreChanges),
        aliases=tuple(options.aliases),
        **{"parent": options.parent, **more},
    )


@lru_cache(maxsize=64)
def _provider(properties: bytes) -> Value:
    """Read once for all resources that go through it."""
    return Value.of(struct_pb2.Struct.FromString(properties))


def _stack_resource(each: wire.AnalyzerResource, inputs: Value | None) -> Resource:
    dependencies = each.propertyDependencies
    return _resource(
        each,
        shown=inputs is not None,
        inputs=Value.missing() if inputs is None else inputs,
        parent=each.parent,
        depends_on=tuple(each.dependencies),
        property_dependencies={key: tuple(dependencies[key].urns) for key in dependencies},
    )

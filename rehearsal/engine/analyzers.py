"""Policy packs as a Pulumi engine runs them: each an analyzer process that is asked over gRPC (or an object
in its place).

Fail closed: whatever keeps a pack from answering is a PolicyPackError, never a pass. A mandatory policy that
stops at a value not known yet, which the Python SDK reports as advice, counts as a mandatory violation
(`undecided`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, TypeVar

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from rehearsal.engine.engine_service import EngineService, OnLog
from rehearsal.engine.in_process import PackObject
from rehearsal.engine.policy_config import LEVELS, ConfigProblem, reconciled
from rehearsal.engine.policy_process import PackProcess
from rehearsal.engine.policy_types import (
    AnalyzedResource,
    NotApplicable,
    PolicyInfo,
    PolicyPackError,
    ProviderRef,
    Violation,
)
from rehearsal.engine.policy_wire import analyze_request, analyze_stack_request, secrets_in

__all__ = [
    "AnalyzedResource",
    "NotApplicable",
    "PolicyInfo",
    "PolicyPackError",
    "PolicyPacks",
    "ProviderRef",
    "Violation",
]

START_SECONDS: Final = 60.0
"""How long all packs together may take until they answer; a cold import of pulumi takes a few seconds."""
CALL_SECONDS: Final = 120.0
"""How long a pack may take over one question."""

_KINDS: Final[dict[int, Literal["resource", "stack"]]] = {
    wire.POLICY_TYPE_RESOURCE: "resource",
    wire.POLICY_TYPE_STACK: "stack",
}
_BLOCKING: Final = (wire.MANDATORY, wire.REMEDIATE)
_UNDECIDED: Final = "can't run policy "
_CANNOT_DECIDE: Final = ": cannot be decided: "  # how this project's own controls say it

Answer = TypeVar("Answer", bound=Message)
PackSource = Path | analyzer_pb2_grpc.AnalyzerServicer
"""Where a pack is: its folder, or the object itself."""


class _Pack:
    """One running pack: its process (or object), the channel to it, and what it says it has."""

    def __init__(self, process: PackProcess | PackObject) -> None:
        self.process = process
        self.policies: dict[str, PolicyInfo] = {}
        self._channel: grpc.Channel | None = None

    def connect(self, deadline: float) -> None:
        self._channel = self.process.connect(deadline)
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def configure(self, stack: wire.AnalyzerStackConfigureRequest, timeout: float) -> None:
        self.ask("take the stack's configuration", lambda: self.stub.ConfigureStack(stack, timeout=timeout))
        info = self.ask(
            "list its policies", lambda: self.stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=timeout)
        )
        self.process.name = info.name or self.process.name
        if not info.policies:
            raise self.process.error("has no policies")
        try:
            config = reconciled(info)
        except ConfigProblem as problem:
            raise self.process.error(str(problem)) from None
        fixing = sorted(name for name, c in config.items() if c.enforcementLevel == wire.REMEDIATE)
        if fixing:
            raise self.process.error(
                f"would change resources ({', '.join(fixing)} at level remediate), which is not supported; "
                "make these policies mandatory"
            )
        request = wire.ConfigureAnalyzerRequest(policyConfig=config)
        self.ask("take its configuration", lambda: self.stub.Configure(request, timeout=timeout))
        version = self.process.version or info.version
        self.policies = {
            policy.name: _policy_info(policy, info.name, version, config[policy.name].enforcementLevel)
            for policy in info.policies
        }

    def ask(self, what: str, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except grpc.RpcError as problem:
            raise self._refusal(what, problem) from None

    def _refusal(self, what: str, problem: grpc.RpcError) -> PolicyPackError:
        code = problem.code() if isinstance(problem, grpc.Call) else None
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return self.process.error(f"took too long to {what}")
        details = (problem.details() or "") if isinstance(problem, grpc.Call) else str(problem)
        return self.process.error(f"failed to {what}", details)

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self.process.close()


class PolicyPacks:
    """The running packs of one operation. Safe to ask from any thread; a context manager that ends the
    processes."""

    def __init__(
        self, packs: Sequence[_Pack], engine: EngineService, root_urn: str, call_seconds: float
    ) -> None:
        self._packs = tuple(packs)
        self._engine = engine
        self._root_urn = root_urn
        self._call_seconds = call_seconds
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._not_applicable: list[NotApplicable] = []
        for pack in packs:
            pack.process.mask_with(self._masked)

    @classmethod
    def start(
        cls,
        packs: Sequence[PackSource],
        *,
        root: Path,
        project: str,
        stack: str,
        organization: str,
        dry_run: bool,
        config: Mapping[str, str],
        on_log: OnLog,
        start_seconds: float = START_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ) -> PolicyPacks:
        """Start the packs in these folders (relative ones below `root`), all at once, and configure them;
        one that is an object is only configured.

        `config` is the stack's, `project:key` to text (JSON for objects). Raises PolicyPackError.
        """
        engine = EngineService(on_log)
        started: list[_Pack] = []
        deadline = time.monotonic() + start_seconds
        told = wire.AnalyzerStackConfigureRequest(
            stack=stack, project=project, organization=organization, dry_run=dry_run, config=config
        )
        environment = {
            "PULUMI_ORGANIZATION": organization,
            "PULUMI_PROJECT": project,
            "PULUMI_STACK": stack,
            "PULUMI_DRY_RUN": "true" if dry_run else "false",
            "PULUMI_CONFIG": json.dumps(dict(config)),
        }
        try:
            for pack_source in packs:
                started.append(_Pack(_opened(pack_source, root, engine, environment)))
            for pack in started:
                pack.connect(deadline)
                pack.configure(told, call_seconds)
        except BaseException:
            for pack in started:
                pack.close()
            engine.stop()
            raise
        root_urn = f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"
        return cls(started, engine, root_urn, call_seconds)

    @property
    def policies(self) -> tuple[PolicyInfo, ...]:
        """What the packs say they have, in their order."""
        return tuple(policy for pack in self._packs for policy in pack.policies.values())

    @property
    def not_applicable(self) -> tuple[NotApplicable, ...]:
        """Every answer so far that a policy does not apply."""
        with self._lock:
            return tuple(self._not_applicable)

    def analyze(self, resource: AnalyzedResource) -> tuple[Violation, ...]:
        """What every pack finds in a resource's inputs, before it is touched. Raises PolicyPackError."""
        return self.judge(analyze_request(resource))

    def judge(self, request: wire.AnalyzeRequest) -> tuple[Violation, ...]:
        """The same for a resource as the protocol has it."""
        self._remember_secrets([request])
        calls = [
            (pack, pack.stub.Analyze.future(request, timeout=self._call_seconds)) for pack in self._packs
        ]
        violations: list[Violation] = []
        for pack, call in calls:
            answer = pack.ask(f"judge {request.urn}", call.result)
            violations += self._violations(pack, answer, request.urn, lambda _: request.urn)
        return tuple(violations)

    def analyze_stack(self, resources: Iterable[AnalyzedResource]) -> tuple[Violation, ...]:
        """What every pack finds in the whole stack's outputs. Raises PolicyPackError."""
        return self.judge_stack(analyze_stack_request(resources))

    def judge_stack(self, request: wire.AnalyzeStackRequest) -> tuple[Violation, ...]:
        """The same for a stack as the protocol has it."""
        self._remember_secrets(request.resources)
        urns = {resource.urn for resource in request.resources}
        calls = [
            (pack, pack.stub.AnalyzeStack.future(request, timeout=self._call_seconds)) for pack in self._packs
        ]
        violations: list[Violation] = []
        for pack, call in calls:
            answer = pack.ask("judge the stack", call.result)
            violations += self._violations(
                pack, answer, "", lambda urn: urn if urn in urns else self._root_urn
            )
        return tuple(violations)

    def _violations(
        self, pack: _Pack, answer: wire.AnalyzeResponse, urn: str, place: Callable[[str], str]
    ) -> list[Violation]:
        with self._lock:
            self._not_applicable += [
                NotApplicable(pack.process.name, n.policy_name, urn, self._masked(n.reason))
                for n in answer.not_applicable
            ]
        return [self._violation(pack, said, place(said.urn)) for said in answer.diagnostics]

    def _violation(self, pack: _Pack, said: wire.AnalyzeDiagnostic, urn: str) -> Violation:
        policy = pack.policies.get(said.policyName)
        if policy is None:
            raise pack.process.error(f"answered for a policy it does not list: {said.policyName!r}")
        must = policy.level == "mandatory"
        # A policy reports at its own level; only one that gave up at an unknown value says less.
        undecided = (
            said.message.startswith(_UNDECIDED)
            or _CANNOT_DECIDE in said.message.partition("\n")[0]
            or (must and said.enforcementLevel not in _BLOCKING)
        )
        message = said.message.removeprefix(said.description).lstrip("\n") or said.description
        return Violation(
            pack=pack.process.name,
            version=policy.version,
            policy=said.policyName,
            urn=urn,
            level="mandatory" if must or said.enforcementLevel in _BLOCKING else "advisory",
            message=self._masked(message),
            description=said.description,
            severity=_severity(said.severity) or policy.severity,
            undecided=undecided,
            remediation_steps=policy.remediation_steps,
        )

    def _remember_secrets(self, requests: Iterable[wire.AnalyzeRequest | wire.AnalyzerResource]) -> None:
        found = {s for r in requests for p in (r.properties, r.provider.properties) for s in secrets_in(p)}
        if found:
            with self._lock:
                self._secrets = self._secrets | found

    def _masked(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return text

    def close(self) -> None:
        """End every pack's process. Again: nothing happens."""
        for pack in self._packs:
            pack.close()
        self._engine.stop()

    def __enter__(self) -> PolicyPacks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(
    source: PackSource, root: Path, engine: EngineService, environment: Mapping[str, str]
) -> PackProcess | PackObject:
    if isinstance(source, Path):
        return PackProcess((root / source).absolute(), engine.serve(), environment)
    return PackObject(source)


def _policy_info(
    policy: wire.PolicyInfo, pack: str, version: str, level: wire.EnforcementLevel.ValueType
) -> PolicyInfo:
    framework = policy.framework
    return PolicyInfo(
        pack=pack,
        version=version,
        name=policy.name,
        description=policy.description,
        level=LEVELS[level],
        kind=_KINDS.get(policy.policy_type, "unknown"),
        display_name=policy.displayName,
        severity=_severity(policy.severity),
        framework=" ".join(filter(None, (framework.name, framework.version, framework.reference))),
        tags=tuple(policy.tags),
        remediation_steps=policy.remediation_steps,
        url=policy.url,
    )


def _severity(severity: wire.PolicySeverity.ValueType) -> str:
    name = wire.PolicySeverity.Name(severity).removeprefix("POLICY_SEVERITY_").lower()
    return "" if name == "unspecified" else name

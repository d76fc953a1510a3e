"""In a process of its own: the program of one stack under the embedded engine, previewed from nothing.

Whatever a policy pack would be shown goes to the judge in another process, which never runs the program: a
program can change everything here, and nothing there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from qlz.check.frames import END, OUTPUTS, RESOURCE, STACK, Sender
from rehearsal.engine import (
    Engine,
    EngineError,
    InvalidResource,
    NoStore,
    ProgramFailed,
    Project,
    Unsupported,
)

if TYPE_CHECKING:
    import grpc

    from rehearsal.provider.servicer import StandIn

Cloud = Literal["aws", "azure-native"]


@dataclass(frozen=True)
class Run:
    """What is to be run.

    config: what the engine is given, by key, plain values. account: the account or subscription whose
    credentials are played; tenant: on Azure. examples: whether ids that the cloud would assign have examples.
    assumed: outputs of other stacks, a Struct in hexadecimal digits by the stack's name.
    """

    root: str
    stack: str
    cloud: Cloud
    account: str
    tenant: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    examples: bool = False
    assumed: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """As JSON, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Run:
        """What `text` wrote."""
        return cls(**json.loads(text))


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """Stands where the engine expects a policy pack, finds nothing, and passes on what it is shown."""

    def __init__(self, send: Sender) -> None:
        self._send = send

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> wire.AnalyzerInfo:
        policy = wire.PolicyInfo(name="recorded", enforcementLevel=wire.ADVISORY)
        return wire.AnalyzerInfo(name="recorder", policies=[policy])

    def ConfigureStack(
        self, request: wire.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzerStackConfigureResponse:
        return wire.AnalyzerStackConfigureResponse()

    def Configure(
        self, request: wire.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Analyze(self, request: wire.AnalyzeRequest, context: grpc.ServicerContext) -> wire.AnalyzeResponse:
        self._send(RESOURCE, request.SerializeToString())
        return wire.AnalyzeResponse()

    def AnalyzeStack(
        self, request: wire.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzeResponse:
        self._send(STACK, request.SerializeToString())
        return wire.AnalyzeResponse()


def run(wanted: Run, send: Sender) -> None:
    """Run it and tell everything; the last frame says how it ended. Only for a process of its own."""
    try:
        told = _run(wanted, send)
    except EngineError as problem:
        told = _error(problem)
    except Exception as problem:  # noqa: BLE001 - a defect, which must not look like anything else
        told = {"error": f"the check itself failed: {type(problem).__name__}: {problem}"}
    send(END, json.dumps(told).encode())


@cache
def project_of(root: str) -> Project:
    """The project there, read once for all programs if their stage asks. Raises EngineError."""
    return Project.load(Path(root))


def _run(wanted: Run, send: Sender) -> dict[str, Any]:
    engine = Engine(
        project_of(wanted.root),
        NoStore(),
        providers={wanted.cloud: _provider(wanted)},
        policy_packs=[] if wanted.examples else [Recorder(send)],
    )
    for stack, outputs in wanted.assumed.items():
        engine.assume(stack, struct_pb2.Struct.FromString(bytes.fromhex(outputs)))
    outcome = engine.preview(wanted.stack, wanted.config)
    if outcome.error is not None:
        return _error(outcome.error)
    send(OUTPUTS, (engine.previewed(wanted.stack) or struct_pb2.Struct()).SerializeToString())
    return {"error": ""}


def _error(problem: EngineError) -> dict[str, Any]:
    wrong = isinstance(problem, InvalidResource | ProgramFailed | Unsupported)
    return {"error": problem.what, "where": problem.where, "fix": problem.fix, "wrong": wrong}


def _provider(wanted: Run) -> StandIn:
    if wanted.cloud == "azure-native":
        from rehearsal.azure import AzureProvider

        return AzureProvider(None, None, wanted.account, wanted.tenant)
    if wanted.examples:
        from rehearsal.aws.examples import ExampleAws

        return ExampleAws(wanted.account)
    from rehearsal.aws import AwsProvider

    return AwsProvider(None, wanted.account)

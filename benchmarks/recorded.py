"""Resources as an engine shows them to a pack: recorded from a real stack's preview, then made many."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from benchmarks.common import account_of, config_of, embedded, provider, well

SHARES = {"aws:s3/bucket:Bucket": 40, "aws:kms/key:Key": 30, "aws:iam/role:Role": 30}
"""Types and their share in per cent."""
_NAMED_BY = {"aws:s3/bucket:Bucket": "bucket", "aws:iam/role:Role": "name"}


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """A pack that finds nothing and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[wire.AnalyzeRequest] = []

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> wire.AnalyzerInfo:
        listed = wire.PolicyInfo(name="recorder", enforcementLevel=wire.ADVISORY)
        return wire.AnalyzerInfo(name="recorder", version="1.0.0", policies=[listed])

    def ConfigureStack(
        self, request: wire.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzerStackConfigureResponse:
        return wire.AnalyzerStackConfigureResponse()

    def Configure(
        self, request: wire.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Analyze(self, request: wire.AnalyzeRequest, context: grpc.ServicerContext) -> wire.AnalyzeResponse:
        self.shown.append(request)
        return wire.AnalyzeResponse()

    def AnalyzeStack(
        self, request: wire.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> wire.AnalyzeResponse:
        return wire.AnalyzeResponse()


def recorded(stack: str) -> list[wire.AnalyzeRequest]:
    """What a preview of an environment from nothing shows to a pack."""
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder, provider(None, account_of(stack)) as servers:
        engine = embedded(Path(folder), servers, policy_packs=(recorder,))
        well(engine.preview(stack, config_of(stack)))
    return recorder.shown


def many(shown: Sequence[wire.AnalyzeRequest], count: int) -> list[wire.AnalyzeRequest]:
    """`count` resources in the shares of SHARES, each a real one under a name of its own."""
    found = []
    for type_, share in SHARES.items():
        models = [request for request in shown if request.type == type_]
        for number in range(count * share // 100):
            copy = wire.AnalyzeRequest()
            copy.CopyFrom(models[number % len(models)])
            copy.name, copy.urn = f"{copy.name}-{number}", f"{copy.urn}-{number}"
            if key := _NAMED_BY.get(type_):
                copy.properties[key] = f"{copy.properties[key]}-{number}"
            found.append(copy)
    return found


def in_stack(requests: Sequence[wire.AnalyzeRequest]) -> wire.AnalyzeStackRequest:
    """The same resources as a pack sees them at the end."""
    return wire.AnalyzeStackRequest(
        resources=[
            wire.AnalyzerResource(
                type=one.type,
                properties=one.properties,
                urn=one.urn,
                name=one.name,
                options=one.options,
                provider=one.provider,
                parent=one.options.parent,
            )
            for one in requests
        ]
    )

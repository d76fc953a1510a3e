from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from rehearsal.engine.engine_service import EngineCallError, EngineService, version_in_range

Logged = list[tuple[str, str, str, bool]]


@pytest.fixture
def logged() -> Logged:
    return []


@pytest.fixture
def service(logged: Logged) -> Iterator[EngineService]:
    with EngineService(lambda *message: logged.append(message)) as service:
        yield service


def test_in_process_and_over_the_wire_alike(service: EngineService, logged: Logged) -> None:
    with grpc.insecure_channel(service.serve(), options=[("grpc.enable_http_proxy", 0)]) as channel:
        for stub in (service, engine_pb2_grpc.EngineStub(channel)):
            logged.clear()
            stub.Log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message="m", urn="u", ephemeral=True))
            assert logged == [("warning", "m", "u", True)]
            stub.SetRootResource(engine_pb2.SetRootResourceRequest(urn="root"))
            assert stub.GetRootResource(engine_pb2.GetRootResourceRequest()).urn == "root"
            stub.RequirePulumiVersion(engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">=3.0.0"))


def test_refuses_a_version_it_does_not_follow(service: EngineService) -> None:
    request = engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">=99.0.0")
    with pytest.raises(EngineCallError, match="wants Pulumi >=99"):
        service.RequirePulumiVersion(request)
    with grpc.insecure_channel(service.serve(), options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub = engine_pb2_grpc.EngineStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.RequirePulumiVersion(request)
        assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        with pytest.raises(grpc.RpcError) as refused:
            stub.StartDebugging(engine_pb2.StartDebuggingRequest())
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_listens_on_the_loopback_only(service: EngineService) -> None:
    assert service.serve().startswith("127.0.0.1:")
    assert service.serve() == service.serve()


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (">=3.0.0", True),
        ("3.2.1", True),
        ("!3.2.1", False),
        (">=3.0.0 !3.2.1", False),
        ("<3.0.0 || >3.2.0", True),
        ("<3.0.0 || >4.0.0", False),
    ],
)
def test_version_ranges(wanted: str, holds: bool) -> None:
    assert version_in_range("3.2.1", wanted) is holds


@pytest.mark.parametrize("wanted", ["", ">=3.0.0 ||", ">=3.x", "latest", ">=3.0.0 || nonsense"])
def test_a_range_that_cannot_be_read_is_refused(wanted: str) -> None:
    with pytest.raises(EngineCallError):
        version_in_range("3.2.1", wanted)

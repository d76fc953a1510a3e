"""Where the time of a preview goes: the program in the SDK, the provider's calls, the engine itself.

Warm, no policy packs, one step at a time, the provider in a process of its own. Processor time: the parts
add up, and what else the machine does counts little.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import resource_pb2

from benchmarks.common import (
    ROOT,
    Result,
    account_of,
    config_of,
    embedded,
    environment_of,
    median,
    resources,
    well,
)
from rehearsal.aws import AwsProvider
from rehearsal.engine import Project
from rehearsal.engine.engine_service import EngineService
from rehearsal.engine.monitor import FEATURES
from rehearsal.engine.program import run_program


class Echo:
    """The least a monitor can do: every resource is what was asked for, at once."""

    def __init__(self, stack: str, config: dict[str, str]) -> None:
        self._stack, self._config = stack, config

    def GetDeploymentInfo(self, request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(
            project="qlz",
            stack=self._stack,
            organization="organization",
            config=self._config,
            dryRun=True,
            supportedFeatures=FEATURES,
        )

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = f"urn:pulumi:{self._stack}::qlz::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()


def measure(stack: str, runs: int) -> Result:
    """Of the environment of `stack`: its program needs no other stack's outputs."""
    stack = environment_of(stack)
    project, config = Project.load(ROOT), config_of(stack)
    texts = project.texts(config)
    with tempfile.TemporaryDirectory() as folder, _elsewhere(account_of(stack)) as (address, spent):
        engine = embedded(Path(folder), {"aws": address}, parallel=1)
        count = resources(well(engine.preview(stack, config)))
        wholes, providers, sdks = [], [], []
        with EngineService(lambda *_: None) as service:

            def sdk() -> None:
                run_program(
                    project,
                    stack,
                    organization="organization",
                    config=texts,
                    monitor=Echo(stack, texts),
                    engine=service,
                    dry_run=True,
                    parallel=1,
                    waits=True,  # as the engine, whose provider is in another process
                    on_line=lambda _: None,
                )

            for _ in range(runs):
                before = spent()
                wholes.append(worked(lambda: well(engine.preview(stack, config))))
                providers.append(spent() - before)
                sdks.append(worked(sdk))
    whole, sdk_time, provider_time = median(wholes), median(sdks), median(providers)
    result = Result(
        f"Preview of {stack} from nothing, warm, without packs, {count} resources",
        (f"processor time a resource, median of {runs}",),
        values={"resources": count},
    )
    for what, seconds in (
        ("program (the SDK, against a monitor that echoes)", sdk_time),
        ("engine, with its side of the calls over gRPC", whole - sdk_time),
        ("provider (check, diff, planned outputs)", provider_time),
        ("together", whole + provider_time),
    ):
        result.add(what, f"{1000 * seconds / count:.2f} ms", **{f"{what}: seconds": seconds})
    return result


def worked(act: Callable[[], Any]) -> float:
    """Seconds of this process's processor time."""
    began = time.process_time()
    act()
    return time.process_time() - began


@contextmanager
def _elsewhere(account: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """A stand-in in its own process: its address, and a function for its processor time so far."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(account, there), daemon=True)
    process.start()
    address = str(here.recv())

    def spent() -> float:
        here.send("time")
        return float(here.recv())

    try:
        yield address, spent
    finally:
        here.send("end")
        process.join()


def _serve(account: str, pipe: Connection) -> None:
    stand_in = AwsProvider(None, account)
    pipe.send(stand_in.serve())
    while pipe.recv() == "time":
        pipe.send(time.process_time())
    stand_in.stop()

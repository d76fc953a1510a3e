"""A policy pack's start, and 1,000 resources judged by its whole catalogue; beside it checkov and c7n-left.

The pack runs as an engine runs it: a process of its own, asked over gRPC. The resources are those of a real
stack, under names of their own: 40 % buckets, 30 % keys, 30 % roles. The others read the same resources as a
Terraform plan (checkov) and as Terraform files (c7n-left): see others.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from benchmarks import others
from benchmarks.common import PACKS, ROOT, Result, config_of, environment_of, median
from benchmarks.memory import descendants, peak_of
from benchmarks.recorded import in_stack, many, recorded
from rehearsal.engine import Project
from rehearsal.engine.engine_service import EngineService
from rehearsal.engine.policy_process import PackProcess

COUNT = 1000
READY_AIM, SECONDS_AIM, MEMORY_AIM = 0.4, 1.5, 150
_LIMIT = 120.0


@dataclass(frozen=True)
class Run:
    """Seconds of wall time from the start of the process, its own processor time, its peak in MiB."""

    ready: float
    whole: float
    worked: float
    peak: float
    controls: int
    diagnostics: int


def measure(stack: str, runs: int, compare: bool = False) -> Result:
    """The environment of `stack`; compare: whether to install and run the others."""
    stack = environment_of(stack)
    requests = many(recorded(stack), COUNT)
    found = [_run(PACKS[0], stack, requests) for _ in range(runs)]
    first = found[0]
    result = Result(
        f"Pack {PACKS[0].name}: {first.controls} controls, {len(requests)} resources, median of {runs}",
        ("ours", "the other", "ratio", "aim"),
        values={
            "resources": len(requests),
            "controls": first.controls,
            "violations reported": first.diagnostics,
        },
    )
    ready, whole, worked = (
        median([getattr(run, key) for run in found]) for key in ("ready", "whole", "worked")
    )
    peak = max(run.peak for run in found)
    result.add(
        "process start to listing its policies", f"{ready:.2f} s", "", "", f"{READY_AIM} s", ready=ready
    )
    result.add("process start to the last answer", f"{whole:.2f} s", "", "", f"{SECONDS_AIM} s", whole=whole)
    result.add("processor time of its process", f"{worked:.2f} s", "", "", "", worked=worked)
    result.add("its peak memory", f"{peak:.0f} MiB", "", "", f"{MEMORY_AIM} MiB", peak=peak)
    for other in others.run(requests, runs) if compare else others.RECORDED:
        _beside(result, other.title, whole, other.seconds)
        if other.worked:
            _beside(result, f"{other.title}, processor time", worked, other.worked)
    return result


def _beside(result: Result, what: str, ours: float, theirs: float) -> None:
    cells = (f"{ours:.2f} s", f"{theirs:.2f} s", f"{ours / theirs:.2f}", "")
    result.add(what, *cells, **{f"{what}: seconds": theirs})


def _run(folder: Path, stack: str, requests: Sequence[wire.AnalyzeRequest]) -> Run:
    """One pack process, from its start to its end."""
    project, last = Project.load(ROOT), in_stack(requests)
    config = project.texts(config_of(stack))
    told = wire.AnalyzerStackConfigureRequest(
        stack=stack, project=project.name, organization="organization", dry_run=True, config=config
    )
    environment = {
        "PULUMI_ORGANIZATION": "organization",
        "PULUMI_PROJECT": project.name,
        "PULUMI_STACK": stack,
        "PULUMI_DRY_RUN": "true",
        "PULUMI_CONFIG": json.dumps(dict(config)),
    }
    with EngineService(lambda *_: None) as service:
        address, before = service.serve(), set(descendants(os.getpid()))
        began = time.perf_counter()
        pack = PackProcess(ROOT / folder, address, environment)
        try:
            with pack.connect(time.monotonic() + _LIMIT) as channel:
                stub = analyzer_pb2_grpc.AnalyzerStub(channel)
                stub.ConfigureStack(told, timeout=_LIMIT)
                info = stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=_LIMIT)
                ready = time.perf_counter() - began
                calls = [stub.Analyze.future(request, timeout=_LIMIT) for request in requests]
                answers = [call.result() for call in calls]
                answers.append(stub.AnalyzeStack(last, timeout=_LIMIT))
                whole = time.perf_counter() - began
                (pid,) = set(descendants(os.getpid())) - before
                worked, peak = _worked(pid), peak_of(pid)
        finally:
            pack.close()
    return Run(ready, whole, worked, peak, len(info.policies), sum(len(a.diagnostics) for a in answers))


def _worked(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

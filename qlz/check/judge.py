"""Judges what programs ask for, in a process that runs none of them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Container, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import AnyAzure, LoadedStack
from qlz.check.asking import Asked, asking, own, unanswered
from qlz.check.frames import END, OUTPUTS, RESOURCE, STACK, Broken
from qlz.check.places import SPEC
from qlz.check.program import Run
from qlz.check.report import PROGRAM_RULE, Finding, Rule, StackReport
from qlz.check.stage import Lane
from rehearsal.engine import Project
from rehearsal.engine.analyzers import PolicyPackError

SECONDS = 120.0
"""How long a program may run."""
_PLACE = re.compile(r"([^:\s]+):([0-9]+)")


class Judge:
    """Judges stacks, one after another; `lane` is where their programs run."""

    def __init__(
        self,
        project: Project,
        lane: Lane,
        folders: Sequence[Path] = (),
        seconds: float = SECONDS,
        tightening: Container[str] = (),
    ) -> None:
        """folders: policy packs besides this project's own. seconds: how long a program may run.
        tightening: stacks whose change only tightens, which no day stops."""
        self._project, self._lane = project, lane
        self._folders, self._seconds, self._tightening = tuple(folders), seconds, tightening
        self.rules: dict[str, Rule] = {}
        """Every control that was in force in some stack."""

    def outputs(self, environment: LoadedStack) -> bytes:
        """What an environment will export, a Struct; where only the cloud knows a value, an example.

        Raises Broken.
        """
        found = b""
        with closing(self._lane.run(run_of(environment, examples=True), self._seconds)) as running:
            for kind, payload in running.frames():
                if kind == OUTPUTS:
                    found = payload
                elif kind == END and (problem := _ending(payload)["error"]):
                    raise Broken(f"says: {problem}")
        return found

    def check(self, loaded: LoadedStack, assumed: Mapping[str, bytes]) -> StackReport:
        """Judge one stack. assumed: outputs of its environment, by the stack's name."""
        began = time.monotonic()
        report = StackReport(loaded.name, file=loaded.file, line=loaded.line(*SPEC))
        asked: Asked | None = None
        found: list[Finding] = []
        try:
            # The packs are there before the program begins: what it does to their files comes too late.
            tightens = loaded.name in self._tightening
            with asking(self._project, loaded, self._folders, tightens=tightens) as asked:
                self.rules.update(asked.rules)
                report = replace(report, controls=asked.controls)
                report = replace(report, resources=self._shown(loaded, assumed, asked))
        except PolicyPackError as problem:
            found = [unanswered(loaded, problem)]
        except (Broken, DecodeError) as problem:
            what = str(problem) if isinstance(problem, Broken) else "sent what cannot be read"
            fix = f"run it by itself: qlz rehearse preview {loaded.name}"
            found = [own(loaded, PROGRAM_RULE, f"the program of {loaded.name} {what}", fix=fix)]
        found += asked.findings if asked is not None else []
        findings = tuple(sorted(found, key=lambda finding: finding.order))
        return replace(report, findings=findings, seconds=time.monotonic() - began)

    def _shown(self, loaded: LoadedStack, assumed: Mapping[str, bytes], asked: Asked) -> int:
        """Run the program and show the packs what it asks for; how many resources there are.

        Raises Broken, DecodeError, PolicyPackError.
        """
        count, whole = 0, 0
        with closing(self._lane.run(run_of(loaded, assumed=assumed), self._seconds)) as running:
            for kind, payload in running.frames():
                if kind == RESOURCE:
                    asked.resource(wire.AnalyzeRequest.FromString(payload))
                elif kind == STACK:
                    request = wire.AnalyzeStackRequest.FromString(payload)
                    asked.stack(request)
                    count, whole = len(request.resources), whole + 1
                elif kind == END:
                    told = _ending(payload)
        if told["error"]:
            asked.findings.append(_ended(loaded, told))
        elif whole != 1 or not count:
            raise Broken("never showed the stack as a whole")
        return count


def run_of(loaded: LoadedStack, *, examples: bool = False, assumed: Mapping[str, bytes] | None = None) -> Run:
    """How a stack's program is run."""
    stack = loaded.stack
    azure = stack.spec.azure if isinstance(stack, AnyAzure) else None
    return Run(
        root=str(loaded.root),
        stack=loaded.name,
        cloud="azure-native" if azure else "aws",
        account=stack.account,
        tenant=azure.tenant if azure else "",
        config=dict(loaded.config),
        examples=examples,
        assumed={name: outputs.hex() for name, outputs in (assumed or {}).items()},
    )


def undecided(loaded: LoadedStack, message: str, fix: str = "") -> StackReport:
    """The report of a stack that could not be judged."""
    finding = own(loaded, PROGRAM_RULE, message, fix=fix)
    return StackReport(loaded.name, (finding,), file=loaded.file, line=finding.line)


def _ending(payload: bytes) -> dict[str, Any]:
    """What END says. Raises Broken where that is nothing that could be read."""
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("error"), str):
        raise Broken("ended with words that cannot be read")
    return told


def _ended(loaded: LoadedStack, told: Mapping[str, Any]) -> Finding:
    """The finding of a program that did not come to its end."""
    finding = own(loaded, PROGRAM_RULE, str(told["error"]), fix=str(told.get("fix") or ""))
    if told.get("wrong") is True:
        finding = replace(finding, verdict="fail")
    where = str(told.get("where") or "")
    if where.startswith("urn:"):
        finding = replace(finding, urn=where)
    elif (found := _PLACE.fullmatch(where)) and (loaded.root / found[1]).is_file():
        finding = replace(finding, file=found[1], line=int(found[2]))
    return finding

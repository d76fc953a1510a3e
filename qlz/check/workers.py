"""Judges many stacks at a time: processes forked from one that has loaded everything already.

A worker judges; the programs run in the stage's processes, on the worker's own lane. A worker that is gone
leaves its stack undecided, and the others go on.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait

from components.spec import LoadedStack
from qlz.check.frames import Broken
from qlz.check.judge import Judge, undecided
from qlz.check.load import Loaded
from qlz.check.report import Rule, StackReport

Tell = Callable[[StackReport], None]


@dataclass(frozen=True)
class Answer:
    """An environment's outputs, or why there are none."""

    environment: str
    outputs: bytes = b""
    problem: str = ""


def answer(judge: Judge, environment: LoadedStack) -> Answer:
    """Run an environment's program for what projects read of it."""
    try:
        return Answer(environment.name, judge.outputs(environment))
    except Broken as problem:
        return Answer(environment.name, problem=f"its program {problem}")


def judged(judge: Judge, loaded: LoadedStack, answers: Mapping[str, Answer]) -> StackReport:
    """One stack's report. answers: those of the environments it reads."""
    assumed = {}
    for name, given in answers.items():
        if given.problem:
            message = f"its environment {name} is not there to be read: {given.problem}"
            return undecided(loaded, message, fix=f"see: qlz check {name}")
        assumed[name] = given.outputs
    try:
        return judge.check(loaded, assumed)
    except Exception as problem:  # noqa: BLE001 - a defect of ours hides no other stack, and is no pass
        return undecided(loaded, f"the check itself failed with {type(problem).__name__}: {problem}")


NO_ENVIRONMENT = "its stack file is not right"


def reads(loaded: LoadedStack) -> str:
    """The environment that a stack reads; empty where it reads none."""
    own = loaded.stack.kind != "project"
    return "" if own else loaded.environment.name


def one_by_one(judge: Judge, loaded: Loaded, tell: Tell) -> Iterator[StackReport]:
    """Judge in this process."""
    answers: dict[str, Answer] = {}
    for stack in loaded.stacks.values():
        name = reads(stack)
        if name and name not in answers:
            environment = loaded.environments[name]
            answers[name] = (
                answer(judge, environment) if environment else Answer(name, problem=NO_ENVIRONMENT)
            )
        report = judged(judge, stack, {name: answers[name]} if name else {})
        tell(report)
        yield report


Task = tuple[str, str, Answer | None]
"""What to do ("answer", "judge"), the stack, and the answer of the environment it reads."""


class Workers:
    """Processes that judge, one for each judge given."""

    def __init__(self, judges: Sequence[Judge], loaded: Loaded) -> None:
        self._loaded = loaded
        self._pids: dict[Connection, int] = {}
        self._doing: dict[Connection, Task] = {}
        self.rules: dict[str, Rule] = {}
        for judge in judges:
            here, there = Pipe()
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    here.close()
                    for other in self._pids:
                        other.close()
                    _work(judge, loaded, there)
                    code = 0
                finally:
                    os._exit(code)
            there.close()
            self._pids[here] = pid
        self._idle = list(self._pids)

    def judge(self, tell: Tell) -> list[StackReport]:
        """Judge all; as many reports as there are stacks, in any order."""
        reports: list[StackReport] = []
        ready, waiting = self._tasks()

        def done(report: StackReport) -> None:
            reports.append(report)
            tell(report)

        while ready or self._doing:
            while ready and self._idle:
                self._begin(self._idle.pop(), ready.popleft())
            if not self._doing:
                break
            for connection in wait(list(self._doing)):
                assert isinstance(connection, Connection)
                task, said = self._doing.pop(connection), None
                with suppress(EOFError, OSError):
                    said = connection.recv()
                if said is None:
                    os.waitpid(self._pids.pop(connection), 0)
                else:
                    self._idle.append(connection)
                if task[0] == "answer":
                    given = said or Answer(task[1], problem="the process that judges was ended")
                    ready.extendleft(("judge", stack, given) for stack in waiting.pop(task[1], ()))
                elif said is None:
                    done(undecided(self._loaded.stacks[task[1]], "the process that judges it was ended"))
                else:
                    report, rules = said
                    self.rules.update(rules)
                    done(report)
        for _, stack, _ in ready:
            done(undecided(self._loaded.stacks[stack], "every process that judges was ended"))
        for stack in [stack for stacks in waiting.values() for stack in stacks]:
            done(undecided(self._loaded.stacks[stack], "every process that judges was ended"))
        return reports

    def _tasks(self) -> tuple[deque[Task], dict[str, list[str]]]:
        """What can begin at once, answers first, and what waits for an environment's."""
        waiting: dict[str, list[str]] = {}
        ready: deque[Task] = deque()
        for name, stack in self._loaded.stacks.items():
            environment = reads(stack)
            if not environment:
                ready.append(("judge", name, None))
            elif self._loaded.environments[environment] is None:
                ready.append(("judge", name, Answer(environment, problem=NO_ENVIRONMENT)))
            else:
                waiting.setdefault(environment, []).append(name)
        ready.extendleft(("answer", environment, None) for environment in waiting)
        return ready, waiting

    def _begin(self, connection: Connection, task: Task) -> None:
        self._doing[connection] = task
        with suppress(OSError):  # it is gone, as the next look at it tells
            connection.send(task)

    def close(self) -> None:
        """End them."""
        for connection, pid in self._pids.items():
            connection.close()
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._pids = {}


def _work(judge: Judge, loaded: Loaded, tasks: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears it, and ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        try:
            what, name, given = tasks.recv()
        except EOFError:
            return
        if what == "answer":
            environment = loaded.environments[name]
            assert environment is not None
            tasks.send(answer(judge, environment))
        else:
            answers = {given.environment: given} if given else {}
            judge.rules.clear()
            report = judged(judge, loaded.stacks[name], answers)
            tasks.send((report, dict(judge.rules)))

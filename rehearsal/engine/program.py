"""Running the project's program in this process, against a monitor and an engine that are plain objects.

Each run has its own contextvars context, so nothing that the Pulumi SDK remembers passes from one run to
the next; modules of the project stay imported. What the program prints becomes messages.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import re
import runpy
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Final, cast

import pulumi
from pulumi.runtime import Settings, configure, run_in_stack
from pulumi.runtime.config import set_all_config

from rehearsal.engine.errors import Aborted, EngineError, ProgramFailed, Unsupported
from rehearsal.engine.printing import PRINTING, Lines, OnLine
from rehearsal.engine.project import Project
from rehearsal.engine.sdk_runtime import AtOnce, in_threads, quickened

# How the SDK turns down a feature that the monitor does not name.
_MISSING: Final = re.compile(r"The Pulumi CLI does not support (?:the )?(.+?)(?: option)?\. Please update")
_one_at_a_time = threading.Lock()  # the working directory, sys.argv and sys.stdout belong to the process


def run_program(
    project: Project,
    stack: str,
    *,
    organization: str,
    config: Mapping[str, str],
    monitor: object,
    engine: object,
    dry_run: bool,
    parallel: int,
    waits: bool,
    on_line: OnLine,
) -> None:
    """Run it to its end. waits: whether the monitor ever waits for somebody, so that calls of it are made in
    threads, `parallel` at a time.

    Raises ProgramFailed, naming the program's file and line, if it raises (or Unsupported, if the SDK asked
    in vain for a feature). Ends quietly when the monitor raised Aborted.
    """
    context = contextvars.Context()
    settings: dict[str, Any] = {
        "project": project.name,
        "stack": stack,
        "monitor": monitor,
        "engine": engine,
        "parallel": parallel,
        "dry_run": dry_run,
        "organization": organization,
        "root_directory": str(project.root),
    }
    loop = partial(in_threads, parallel) if waits else AtOnce
    with _one_at_a_time, _surroundings(project), quickened():
        failure = context.run(_in_context, project, settings, dict(config), loop, on_line)
        if failure is not None:
            gc.collect()  # what was awaited by nobody warns now, while the warning is off
    if failure is not None:
        raise failure


def _in_context(
    project: Project,
    settings: Mapping[str, Any],
    config: dict[str, str],
    make_loop: Callable[[], asyncio.AbstractEventLoop],
    on_line: OnLine,
) -> EngineError | None:
    """What the program failed with, without its frames: they hold what it worked with, secrets too."""
    PRINTING.set(on_line)
    set_all_config(config, [])
    configure(Settings(**settings))
    try:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            # Futures nobody looks at any more are usual when a run ends early.
            runner.get_loop().set_exception_handler(lambda loop, context: None)
            runner.run(run_in_stack(lambda: _execute(project.program)), context=contextvars.copy_context())
    except Aborted:
        return None
    except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever a program may raise
        return _failed(project, problem)
    return None


def _execute(program: Path) -> None:
    if not program.is_file():
        raise ProgramFailed("there is no such program", where=str(program))
    # Resources are registered after this returns, and the SDK looks their type hints up in `__main__`.
    names = runpy.run_path(str(program), run_name="__main__")
    vars(sys.modules["__main__"]).update(names)


def _failed(project: Project, problem: BaseException) -> EngineError:
    if isinstance(problem, EngineError):
        return problem.with_traceback(None)
    if missing := _MISSING.search(str(problem)):
        return Unsupported(missing[1], _resource(problem) or _place(project.root, problem))
    if isinstance(problem, SystemExit):
        what = f"the program ended itself: exit({problem.code!r})"
    elif isinstance(problem, pulumi.RunError):
        what = str(problem)
    else:
        what = "".join(traceback.format_exception_only(problem)).strip().splitlines()[-1]
    return ProgramFailed(what, where=_place(project.root, problem))


def _resource(problem: BaseException) -> str:
    """`type name` of the resource that the SDK was registering when it gave up, or ""."""
    seen: BaseException | None = problem
    while seen is not None:
        for frame, _ in traceback.walk_tb(seen.__traceback__):
            if frame.f_code.co_name == "do_register" and "ty" in frame.f_locals:
                return f"{frame.f_locals['ty']} {frame.f_locals['name']}"
        seen = seen.__cause__ or seen.__context__
    return ""


def _place(root: Path, problem: BaseException) -> str:
    """The innermost line of the project's own code, `file:line`, through the causes if need be."""
    if isinstance(problem, SyntaxError) and problem.filename:
        return f"{_relative(root, problem.filename)}:{problem.lineno or 1}"
    seen: BaseException | None = problem
    while seen is not None:
        for frame in reversed(traceback.extract_tb(seen.__traceback__)):
            path = Path(frame.filename)
            if path.is_relative_to(root) and not {"site-packages", ".venv"} & set(path.parts):
                return f"{_relative(root, frame.filename)}:{frame.lineno}"
        seen = seen.__cause__ or seen.__context__
    return ""


def _relative(root: Path, filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(root)) if path.is_relative_to(root) else filename


@contextmanager
def _surroundings(project: Project) -> Iterator[None]:
    """Working directory, argv, import path and printing as a program expects them; then as they were."""
    argv, path, directory = sys.argv, list(sys.path), Path.cwd()
    streams = sys.stdout, sys.stderr
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    sys.argv = [str(project.program)]
    sys.path.insert(0, str(project.program.parent))
    os.chdir(project.program.parent)
    sys.stdout, sys.stderr = (cast("IO[str]", Lines(s)) for s in streams)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Lines):
                stream.end()
        sys.stdout, sys.stderr = streams
        os.chdir(directory)
        sys.argv, sys.path[:] = argv, path
        sys.modules["__main__"] = main

"""What this engine has the Pulumi SDK do otherwise while a program runs, to the same end in less time.

Each is a private part of the SDK, whose version is pinned; tests/engine/test_sdk_runtime.py holds that it is
still there and still comes to what the SDK's own comes to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar, TypeVarTuple, Unpack

from pulumi.runtime import _context, resource, stack
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS, _get_rpc_manager

_OF_THE_SDK: Final = _context.__name__
"""Where the SDK wraps its calls of the monitor before it gives them to a thread."""
Given = TypeVarTuple("Given")
Found = TypeVar("Found")


@contextmanager
def quickened() -> Iterator[None]:
    """Spare the SDK two things: to tell of each resource where it was declared, which nobody here asks and
    which is a tenth of the work on a resource; and to look at every output anew whenever one is there, which
    takes the square of their number."""
    traced, waited = resource._get_stack_trace, stack.wait_for_rpcs
    resource._get_stack_trace, stack.wait_for_rpcs = source_pb2.StackTrace, all_done
    try:
        yield
    finally:
        resource._get_stack_trace, stack.wait_for_rpcs = traced, waited


async def all_done(await_all_outstanding_tasks: bool = True) -> None:
    """Await the calls and outputs that a program has begun, and those that these begin.

    Raises what the first of them raised that failed.
    """
    calls = _get_rpc_manager()

    def failure() -> Exception | None:
        found = calls.unhandled_exception
        return found.with_traceback(calls.exception_traceback) if found is not None else None

    while calls.rpcs or SETTINGS.outputs:
        while calls.rpcs:
            await asyncio.sleep(0)
            try:
                await calls.rpcs.pop()
            except Exception as problem:
                raise problem from failure()
        if (failed := failure()) is not None:
            raise failed
        if not await_all_outstanding_tasks:
            return
        with SETTINGS.lock:
            outputs = list(SETTINGS.outputs)
            SETTINGS.outputs.clear()
        if outputs:
            done, _ = await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)
            await asyncio.sleep(0)
            if (failed := failure()) is not None:  # the call that an output failed with; it knows where
                raise failed
            for output in done:
                output.result()


class AtOnce(asyncio.SelectorEventLoop):
    """Makes the SDK's calls of the monitor at once and in their order, not in threads: for a monitor that
    only computes, and so never waits. What a program itself gives to a thread goes to one."""

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Given]], Found], *args: *Given
    ) -> asyncio.Future[Found]:
        if getattr(func, "__module__", None) != _OF_THE_SDK:
            return super().run_in_executor(executor, func, *args)
        future: asyncio.Future[Found] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as problem:  # noqa: BLE001 - that of whoever awaits it
            future.set_exception(problem)
        return future


def in_threads(parallel: int) -> asyncio.AbstractEventLoop:
    """A loop whose calls wait in so many threads."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(parallel, "engine"))
    return loop

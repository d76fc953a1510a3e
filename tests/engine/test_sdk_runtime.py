"""What the engine has the SDK do otherwise: with it and without it, programs come to the same end."""

from __future__ import annotations

import asyncio
import threading
from contextlib import nullcontext, suppress

import pytest
from pulumi.runtime import resource, stack

from rehearsal.engine import Diagnostic, Outcome, program, sdk_runtime
from tests.engine.conftest import World

PROGRAMS = {
    "many outputs": """
        east = ResourceOptions(provider=provider())
        things = [Thing(f"t{n}", east, value=str(n)) for n in range(20)]
        joined = Output.all(*[each.value for each in things]).apply(lambda them: "-".join(them))
        last = Thing("last", east, value=joined)
        pulumi.export("joined", joined)
        pulumi.export("last", last.value.apply(lambda it: Output.from_input(it).apply(str.upper)))
    """,
    "declared while it waits": """
        east = ResourceOptions(provider=provider())
        first = Thing("first", east, value="1")
        def more(value):
            inner = Thing("inner", east, value=value + "2")
            return inner.value.apply(lambda it: Thing("innermost", east, value=it + "3").value)
        pulumi.export("found", first.value.apply(more))
    """,
    "nobody awaits it": """
        first = Thing("first", ResourceOptions(provider=provider()), value="1")
        first.value.apply(lambda value: print("got", value))
    """,
    "an apply fails": """
        first = Thing("first", ResourceOptions(provider=provider()), value="1")
        first.value.apply(lambda value: 1 // 0)
    """,
    "an apply of what an apply declared fails": """
        east = ResourceOptions(provider=provider())
        first = Thing("first", east, value="1")
        first.value.apply(lambda it: Thing("second", east, value=it).value.apply(lambda value: {}["missing"]))
    """,
    "one fails while another never ends": """
        import asyncio
        first = Thing("first", ResourceOptions(provider=provider()), value="1")
        Output.from_input(asyncio.get_event_loop().create_future())
        first.value.apply(lambda value: 1 // 0)
    """,
    "an input fails": """
        east = ResourceOptions(provider=provider())
        first = Thing("first", east, value="1")
        Thing("second", east, value=first.value.apply(lambda value: 1 // 0))
    """,
    "the provider says no": """
        east = ResourceOptions(provider=provider())
        first = Thing("first", east, invalid="no such size")
        pulumi.export("value", Thing("second", east, value=first.value).value)
    """,
    "no provider": 'Thing("first", value="1")',
    "what it awaits itself": """
        import asyncio
        async def main():
            await asyncio.sleep(0)
            return {"here": Thing("first", ResourceOptions(provider=provider()), value="1").value}
        pulumi.run(main)
    """,
}


def _ended(outcome: Outcome) -> tuple[object, ...]:
    said: list[Diagnostic] = sorted(outcome.diagnostics, key=lambda each: (each.urn, each.message))
    steps = sorted((step.urn, step.op) for step in outcome.steps)
    error = outcome.error
    told = (type(error), error.what) if error is not None else None
    return outcome.result, told, outcome.outputs, said, steps, outcome.changes


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_end_is_the_sdks_own(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.program(PROGRAMS[name])
    in_threads = world.preview()
    at_once = world.open_engine(providers={"test": world.provider}).preview("dev", {})
    monkeypatch.setattr(program, "quickened", nullcontext)
    sdk = world.preview()
    assert _ended(in_threads) == _ended(at_once) == _ended(sdk)
    if sdk.error is not None:
        assert in_threads.error is not None
        assert at_once.error is not None
        assert in_threads.error.where == at_once.error.where != ""
        assert sdk.error.where in ("", at_once.error.where), "the SDK loses the place at times"


def test_the_sdk_gets_its_own_back() -> None:
    own = resource._get_stack_trace, stack.wait_for_rpcs
    with suppress(ZeroDivisionError), sdk_runtime.quickened():
        assert stack.wait_for_rpcs is sdk_runtime.all_done
        assert resource._get_stack_trace is not own[0]
        raise ZeroDivisionError
    assert (resource._get_stack_trace, stack.wait_for_rpcs) == own


def test_calls_of_objects_are_made_in_order_and_in_one_thread(world: World) -> None:
    """And what a program gives to a thread goes to one: it may wait for the others."""
    world.program(
        """
        import asyncio, threading
        def wait(gate):
            print("own", threading.current_thread() is not threading.main_thread())
            return gate.wait(20)
        async def main():
            gate = threading.Event()
            waiting = asyncio.get_running_loop().create_task(asyncio.to_thread(wait, gate))
            await asyncio.sleep(0.01)
            gate.set()
            return {"opened": await waiting}
        east = ResourceOptions(provider=provider())
        things = [Thing(f"t{n}", east, value=str(n)) for n in range(9)]
        pulumi.run(main)
        """
    )
    outcome = world.open_engine(providers={"test": world.provider}).preview("dev", {})
    assert outcome.outputs == {"opened": True}
    assert [said.message for said in outcome.diagnostics] == ["own True"]
    names = [step.urn.rpartition("::")[2] for step in outcome.steps]
    assert names[-9:] == [f"t{number}" for number in range(9)]


def test_a_call_that_fails_at_once_fails_for_whoever_awaits_it() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    fail.__module__ = sdk_runtime._OF_THE_SDK

    async def ask() -> str:
        loop = asyncio.get_running_loop()
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, fail)
        return await loop.run_in_executor(None, lambda: threading.current_thread().name)

    with asyncio.Runner(loop_factory=sdk_runtime.AtOnce) as runner:
        assert runner.run(ask()) != threading.main_thread().name

"""Functions of providers: answered by the instance that is named, and refused so that a program can go on."""

from __future__ import annotations

import pytest

from tests.engine.conftest import World

ASK = """
def ask(name, *, token="test:index:get", region="west"):
    return pulumi.runtime.invoke(token, {"name": name}, pulumi.InvokeOptions(provider=provider(region))).value
"""


def test_the_named_instance_answers_in_preview_and_update(world: World) -> None:
    program = ASK + 'found = ask("a")\npulumi.export("found", found)\n'
    world.program(program)
    assert world.preview().result == "ok"
    assert world.make(program).outputs["found"] == {"name": "a", "region": "west"}
    assert world.make(program).outputs["found"] == {"name": "a", "region": "west"}


def test_a_program_may_have_an_answer_to_a_refusal(world: World) -> None:
    program = (
        ASK
        + """
try:
    ask("a", token="test:index:absent")
    said = ""
except Exception as error:
    said = str(error)
pulumi.export("said", said)
"""
    )
    said = world.make(program).outputs["said"]
    assert "invocation of test:index:absent returned an error" in said
    assert "NothingThere" in said


def test_a_refusal_without_an_answer_ends_the_program(world: World) -> None:
    outcome = world.up(ASK + 'ask("a", token="test:index:absent")')
    assert outcome.result == "failed"
    assert "NothingThere" in str(outcome.error) + " ".join(d.message for d in outcome.diagnostics)


@pytest.mark.parametrize("catch", [False, True])
def test_without_a_provider_it_is_refused_whatever_the_program_does(world: World, catch: bool) -> None:
    call = 'pulumi.runtime.invoke("test:index:get", {})'
    outcome = world.up(f"try:\n    {call}\nexcept Exception:\n    pass" if catch else call)
    assert outcome.result == "failed"
    assert "invoke of test:index:get" in str(outcome.error)

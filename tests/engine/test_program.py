"""Running programs in this process: configuration, printing, failures, and nothing left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pulumi.runtime import resource as registering
from pulumi.runtime.proto import source_pb2

from rehearsal.engine import (
    Engine,
    EngineError,
    Finished,
    ProgramFailed,
    Project,
    Said,
    StepDone,
    StepFailed,
    StepStarted,
)
from tests.engine.conftest import World


def test_configuration_is_what_the_cli_would_give(world: World) -> None:
    world.program(
        """
        config = pulumi.Config()
        pulumi.export("text", config.require("text"))
        pulumi.export("flag", config.require_bool("flag"))
        pulumi.export("number", config.require_int("number"))
        pulumi.export("raw", config.require("spec"))
        pulumi.export("spec", config.require_object("spec"))
        pulumi.export("denied", pulumi.Config("pulumi").require_object("disable-default-providers"))
        pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
        """
    )
    outcome = world.preview(text="yes", flag=True, number=7, spec={"b": [1, "ä"], "a": None}, absent=None)
    assert outcome.outputs == {
        "text": "yes",
        "flag": True,
        "number": 7,
        "raw": '{"a":null,"b":[1,"ä"]}',
        "spec": {"a": None, "b": [1, "ä"]},
        "denied": ["test"],
        "names": ["proj", "dev", "organization"],
    }


def test_printing_becomes_messages_and_not_output(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    def listen(event: object) -> None:
        if isinstance(event, Said):
            print("heard", event.diagnostic.message)

    world.engine = world.open_engine(on_event=listen)
    world.program(
        """
        import sys
        print("one", "two")
        print("three", end="", file=sys.stderr)
        pulumi.log.info("four")
        """
    )
    outcome = world.preview()
    assert [d.message for d in outcome.diagnostics] == ["one two", "four", "three"]
    assert capfd.readouterr().out.splitlines() == ["heard one two", "heard four", "heard three"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise ValueError('boom')", "ValueError: boom"),
        ("raise SystemExit(3)", "the program ended itself: exit(3)"),
        ("import sys; sys.exit()", "the program ended itself: exit(None)"),
        ("undefined_name", "NameError: name 'undefined_name' is not defined"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("pulumi.Config().require('missing')", "Missing required configuration variable 'proj:missing'"),
        ("Output.from_input(1).apply(lambda one: one / 0)", "ZeroDivisionError: float division by zero"),
        ("def f(:", "SyntaxError: invalid syntax"),
    ],
)
def test_a_failing_program_is_named_by_file_and_line(world: World, line: str, said: str) -> None:
    world.program(f"pulumi.export('x', 1)\n{line}")
    outcome = world.preview()
    assert outcome.result == "failed"
    assert isinstance(outcome.error, ProgramFailed)
    assert said.removeprefix("ZeroDivisionError: float ") in outcome.error.what
    assert outcome.error.where == "__main__.py:3"
    assert "Traceback" not in str(outcome.error)


def test_a_failure_in_a_module_of_the_project_names_that_module(world: World) -> None:
    (world.root / "helper_of_this_test.py").write_text("def fail():\n    raise KeyError('k')\n")
    world.program("import helper_of_this_test\nhelper_of_this_test.fail()")
    error = world.preview().error
    assert isinstance(error, ProgramFailed)
    assert error.where == "helper_of_this_test.py:2"


def test_a_missing_program(world: World) -> None:
    error = world.preview().error
    assert isinstance(error, ProgramFailed)
    assert error.where == str(world.root / "__main__.py")


def test_an_engine_error_ends_the_program_and_is_what_comes_out(world: World) -> None:
    world.program(
        """
        o = ResourceOptions(provider=provider())
        a = Thing("a", o, name="a", bad=True)
        for n in range(20):
            Thing(f"t{n}", o, value=a.arn)
        a.arn.apply(lambda arn: 1 / 0)
        """
    )
    outcome = world.preview()
    assert "this property is bad" in str(outcome.error)
    assert not [c for c in world.provider.calls if c.urn.endswith("::t1")]


def test_a_program_that_catches_everything_still_fails(world: World) -> None:
    world.program('try:\n    pulumi.runtime.invoke("test:index:get", {})\nexcept Exception:\n    pass')
    assert world.preview().result == "failed"


def test_an_unexpected_error_is_not_dressed_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.engine.registration.compare", lambda *args: 1 / 0)
    world.make("provider()")
    with pytest.raises(ZeroDivisionError):
        world.up()


def test_stacks_run_one_after_another_without_leaking(world: World) -> None:
    world.program(
        """
        name = pulumi.get_stack()
        a = Thing("a", ResourceOptions(provider=provider()), name=name, value=pulumi.Config().get("only"))
        pulumi.export("arn", a.arn)
        pulumi.export("only", pulumi.Config().get("only"))
        """
    )
    from pulumi.runtime.settings import SETTINGS, get_root_resource

    directory, argv, path, streams = Path.cwd(), sys.argv, list(sys.path), (sys.stdout, sys.stderr)
    root, monitor = get_root_resource(), SETTINGS.monitor
    for stack in ("one", "two", "one"):
        config = {"proj:only": "here"} if stack == "one" else {}
        outcome = world.engine.up(stack, config)
        assert outcome.result == "ok", outcome.error
        assert outcome.outputs == {"arn": f"arn:test:east:{stack}", **({"only": "here"} if config else {})}
    assert (Path.cwd(), sys.argv, sys.path, (sys.stdout, sys.stderr)) == (directory, argv, path, streams)
    assert get_root_resource() is root
    assert SETTINGS.monitor is monitor
    assert os.environ.get("PULUMI_CONFIG") is None


def test_events_tell_the_progress(world: World) -> None:
    world.make('Thing("a", ResourceOptions(provider=provider()), name="a")')
    kinds = [type(e) for e in world.events]
    assert kinds.count(Finished) == 2  # the preview and the update
    assert kinds.count(StepStarted) == kinds.count(StepDone) == 6
    finished = [e.outcome for e in world.events if isinstance(e, Finished)]
    assert [(o.operation, o.dry_run) for o in finished] == [("preview", True), ("up", False)]
    done = [e.step for e in world.events if isinstance(e, StepDone)]
    assert done[-1].id == "thing-1"
    world.events.clear()
    world.up(
        """
        Thing("a", ResourceOptions(provider=provider()), name="a")
        Thing("b", ResourceOptions(provider=provider("west")), refuse="no")
        """
    )
    failed = [e for e in world.events if isinstance(e, StepFailed)]
    assert [f.step.name for f in failed] == ["b"]


PROJECTS = {
    "cannot read it": None,
    "not valid YAML": "name: [",
    "no `name`": "runtime: python",
    "runtime is 'go'": "name: x\nruntime: go",
}


@pytest.mark.parametrize("problem", PROJECTS)
def test_a_project_that_cannot_be_used_is_named(tmp_path: Path, problem: str) -> None:
    content = PROJECTS[problem]
    if content is not None:
        (tmp_path / "Pulumi.yaml").write_text(content)
    with pytest.raises(EngineError, match=problem) as refusal:
        Project.load(tmp_path)
    assert refusal.value.where == str(tmp_path / "Pulumi.yaml")


def test_what_pulumi_yaml_says(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(
        "name: qlz\nruntime: {name: python}\nmain: sub\nstackConfigDir: stacks\n"
        "config:\n  aws:region: {value: eu-west-2}\n  level: {type: string, default: sandbox}\n"
        "  spec: {type: object}\n"
    )
    project = Project.load(tmp_path)
    assert project.program == tmp_path / "sub" / "__main__.py"
    assert project.stack_config_dir == tmp_path / "stacks"
    assert project.config == {"aws:region": "eu-west-2", "qlz:level": "sandbox"}
    assert project.texts({"qlz:level": "dev"})["qlz:level"] == "dev"


def test_the_program_runs_where_it_lives(world: World) -> None:
    (world.root / "beside.txt").write_text("here")
    world.program('pulumi.export("read", open("beside.txt").read())')
    assert world.preview().outputs == {"read": "here"}


def test_an_engine_needs_no_packs_and_no_listener(world: World) -> None:
    world.program('pulumi.export("x", 1)')
    engine = Engine(Project.load(world.root), world.store, providers={})
    assert engine.up("dev", {}).outputs == {"x": 1}


@pytest.mark.parametrize("ending", ["", "raise ValueError"])
def test_nobody_looks_where_a_resource_was_declared(world: World, ending: str) -> None:
    own = registering._get_stack_trace
    assert isinstance(own(), source_pb2.StackTrace), "what stands in its place answers in the same form"
    world.program(
        f"""
        from pulumi.runtime import resource
        print("frames:", len(resource._get_stack_trace().frames))
        Thing("a", ResourceOptions(provider=provider()), name="a")
        {ending}
        """
    )
    assert [d.message for d in world.preview().diagnostics] == ["frames: 0"]
    assert registering._get_stack_trace is own

"""What goes wrong with one stack, its environment or its judge is told of that, and hides no other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from components.spec import LoadedStack, load_stack
from qlz.check.frames import Broken
from qlz.check.judge import Judge
from qlz.check.load import Loaded, load
from qlz.check.report import PROGRAM_RULE, SPEC_RULE, Rule, StackReport
from qlz.check.workers import Workers, one_by_one
from qlz.exit_codes import ExitCode
from tests.qlz.conftest import Workplace

ROOT = Path(__file__).parents[3]


@dataclass
class Played:
    """Judges without running anything. ends: a stack at which its process ends."""

    ends: str = ""
    broken: str = ""
    rules: dict[str, Rule] = field(default_factory=dict)

    def outputs(self, environment: LoadedStack) -> bytes:
        if environment.name == self.broken:
            raise Broken("says: no")
        return environment.name.encode()

    def check(self, loaded: LoadedStack, assumed: Mapping[str, bytes]) -> StackReport:
        if loaded.name == self.ends:
            os._exit(9)
        if loaded.stack.kind == "project":
            assert assumed == {loaded.environment.name: loaded.environment.name.encode()}
        self.rules["r"] = Rule("r", "r")
        return StackReport(loaded.name, resources=1)


def _loaded(*names: str) -> Loaded:
    stacks = {name: load_stack(ROOT, name) for name in names}
    environments: dict[str, Any] = {
        stack.environment.name: load_stack(ROOT, stack.environment.name)
        for stack in stacks.values()
        if stack.stack.kind == "project"
    }
    return Loaded(stacks, [], environments)


def _by_workers(loaded: Loaded, *judges: Played) -> dict[str, StackReport]:
    workers = Workers([cast(Judge, judge) for judge in judges], loaded)
    try:
        return {report.stack: report for report in workers.judge(lambda report: None)}
    finally:
        workers.close()


def test_a_judge_that_is_gone_leaves_its_stack_undecided_and_the_others_go_on() -> None:
    loaded = _loaded("sandbox", "dev", "optimus-sandbox", "optimus-dev", "organization")
    found = _by_workers(loaded, Played(ends="dev"), Played(ends="dev"))
    assert found["dev"].code is ExitCode.UNDECIDED
    assert {name for name, report in found.items() if report.code is ExitCode.OK} == {*loaded.stacks} - {
        "dev"
    }


def test_when_all_judges_are_gone_everything_left_is_undecided() -> None:
    loaded = _loaded("sandbox", "optimus-sandbox", "optimus-dev")
    found = _by_workers(loaded, Played(ends="sandbox"))
    assert {report.code for name, report in found.items()} <= {ExitCode.OK, ExitCode.UNDECIDED}
    assert found["sandbox"].code is ExitCode.UNDECIDED
    assert set(found) == {*loaded.stacks}


def test_an_environment_that_cannot_be_read_leaves_its_projects_undecided() -> None:
    loaded = _loaded("optimus-sandbox", "optimus-dev", "organization")
    judge = Played(broken="dev")
    alone = {r.stack: r for r in one_by_one(cast(Judge, judge), loaded, lambda report: None)}
    for found in (alone, _by_workers(loaded, judge, judge)):
        codes = {name: report.code for name, report in found.items()}
        assert codes == {"optimus-sandbox": 0, "optimus-dev": 3, "organization": 0}
        (finding,) = found["optimus-dev"].findings
        assert (finding.rule, "its environment dev" in finding.message) == (PROGRAM_RULE, True)


def test_a_broken_project_hides_neither_its_environment_nor_its_neighbours(workplace: Workplace) -> None:
    stacks, charters = workplace.root / "stacks", workplace.root / "stacks/charters"
    charter = (charters / "optimus.yaml").read_text(encoding="utf-8")
    stack = (stacks / "Pulumi.optimus-sandbox.yaml").read_text(encoding="utf-8")
    for name in ("broken", "odd"):
        (charters / f"{name}.yaml").write_text(charter.replace("name: optimus", f"name: {name}"))
        (stacks / f"Pulumi.{name}-sandbox.yaml").write_text(stack.replace("optimus #", f"{name} #"))
    workplace.edit("stacks/Pulumi.broken-sandbox.yaml", "lifecycle: active", "lifecycle: alive")
    workplace.edit("stacks/charters/odd.yaml", "name: odd", "name: other")
    aside = workplace.home / "aside"
    found = load(workplace.root, ["broken-sandbox", "odd-sandbox", "optimus-sandbox"], aside)
    assert [report.stack for report in found.broken] == ["broken-sandbox", "odd-sandbox"]
    assert {finding.rule for report in found.broken for finding in report.findings} == {SPEC_RULE}
    environment = found.environments["sandbox"]
    assert environment is not None
    assert environment.root.is_relative_to(aside)
    assert [project.name for project in environment.projects] == ["optimus-sandbox"]
    workplace.edit("stacks/Pulumi.sandbox.yaml", "lifecycle: active", "lifecycle: alive")
    again = load(workplace.root, ["optimus-sandbox"], workplace.home / "again")
    assert list(again.stacks) == []


def test_a_project_that_is_no_yaml_stops_its_environment_and_no_neighbour(workplace: Workplace) -> None:
    stacks = workplace.root / "stacks"
    (stacks / "Pulumi.broken-sandbox.yaml").write_text("config: [\n")
    (stacks / "Pulumi.nothing-sandbox.yaml").symlink_to("nowhere")
    os.mkfifo(stacks / "Pulumi.pipe-sandbox.yaml")
    (stacks / "Pulumi.folder-sandbox.yaml").mkdir()
    found = load(workplace.root, ["sandbox", "optimus-sandbox"], workplace.home / "aside")
    (report,) = found.broken
    assert (report.stack, report.code) == ("sandbox", ExitCode.BAD_INPUT)
    files = {finding.file.removeprefix("stacks/Pulumi.") for finding in report.findings}
    assert files == {f"{name}-sandbox.yaml" for name in ("broken", "nothing", "pipe", "folder")}
    assert list(found.stacks) == ["optimus-sandbox"]
    environment = found.environments["sandbox"]
    assert environment is not None
    assert [project.name for project in environment.projects] == ["optimus-sandbox"]

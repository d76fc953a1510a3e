"""What a run takes up, and what its check holds up: a stack holds up itself, and no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.branch import PROD, TIGHTER, WIDER
from tests.pipelines.scratch import Scratch
from tests.pipelines.templates import AZURE, GITHUB, GITLAB, ROOT, read, values

QLZ = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$TOLD"
for word in "$@"; do case " ${HELD:-} " in *" $word "*) exit "${QLZ_SAYS:-1}" ;; esac; done
case $* in *--format*) [[ -z ${HELD:-} ]] || exit "${QLZ_SAYS:-1}" ;; esac
"""
GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$TOLD"
case $* in */runs/7*) printf '{"workflow_id": 5}' ;; *) printf '%s' "$RUNS" ;; esac
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """The project's own code, with a check that says no to the stacks that HELD names."""
    found = Scratch(tmp_path).with_project(qlz=QLZ, gh=GH)
    found.commit("project")
    return found


def edited(scratch: Scratch, name: str, *pairs: tuple[str, str]) -> str:
    """The commit before it."""
    before = scratch.git("rev-parse", "HEAD")
    text = (scratch.root / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    scratch.write(name, text)
    scratch.commit("change")
    return before


def select(scratch: Scratch, since: str, held: str = "") -> tuple[dict[str, Any], str]:
    """The outputs, as names of stacks; and what it said."""
    done = scratch.call(
        ["pipelines/steps/select.sh", str(scratch.root.parent / "reports"), since], {"HELD": held}
    )
    assert done.returncode == 0, done.stderr
    outputs: dict[str, Any] = dict(each.split("=", 1) for each in done.stdout.splitlines())
    for name in ("plan", "environments", "projects"):
        outputs[name] = [row["stack"] for row in json.loads(outputs[name])]
    return outputs, scratch.told.read_text()


def test_a_run_takes_up_what_changed_since(scratch: Scratch) -> None:
    before = edited(scratch, PROD, WIDER)
    outputs, told = select(scratch, before)
    assert outputs == {
        "plan": ["prod-optimus", "optimus-prod"],
        "environments": ["prod-optimus"],
        "projects": ["optimus-prod"],
        "held": "",
    }
    assert told.splitlines() == [
        f"check --changed {before} --format junit --output {scratch.root.parent}/reports/report.junit.xml"
    ]


def test_where_nothing_is_known_it_is_every_stack(scratch: Scratch) -> None:
    outputs, told = select(scratch, "")
    assert len(outputs["plan"]) == 12
    assert "check --all" in told


def test_a_stack_that_is_held_up_holds_up_no_other(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    edited(scratch, "stacks/Pulumi.optimus-dev.yaml", ("retention_days: 90", "retention_days: 120"))
    outputs, told = select(scratch, before, held="optimus-dev")
    assert outputs["held"] == "optimus-dev"
    assert outputs["environments"] == ["dev", "prod-optimus"]
    assert outputs["projects"] == ["optimus-prod"]
    assert f"check optimus-prod --changed {before}" in told


def test_what_waits_for_an_environment_is_held_up_with_it_unless_it_only_tightens(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    edited(scratch, "stacks/Pulumi.optimus-dev.yaml", ("retention_days: 90", "retention_days: 120"))
    outputs, _ = select(scratch, before, held="dev")
    assert outputs["held"] == "dev optimus-dev"
    outputs, _ = select(scratch, before, held="prod-optimus")
    assert (outputs["held"], outputs["projects"]) == ("prod-optimus", ["optimus-dev", "optimus-prod"])


def test_what_is_wrong_with_a_file_alone_lets_no_run_succeed(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    outputs, _ = select(scratch, before, held="no-stack")
    assert outputs["held"] == "no stack, but a file"
    assert outputs["projects"] == ["optimus-prod"]
    before = scratch.git("rev-parse", "HEAD")
    scratch.write("docs/a.md", "a secret")
    scratch.commit("no stack")
    outputs, _ = select(scratch, before, held="no-stack")
    assert outputs == {"plan": [], "environments": [], "projects": [], "held": "no stack, but a file"}


def test_a_list_that_cannot_be_made_stops_the_run(scratch: Scratch) -> None:
    scratch.write("stacks/Pulumi.dev.yaml", "config: [")
    done = scratch.call(["pipelines/steps/select.sh", str(scratch.root.parent / "reports"), ""])
    assert (done.returncode, done.stdout) == (2, "")
    assert "Pulumi.dev.yaml" in done.stderr


@pytest.mark.parametrize("says", ["1", "2", "3"])
def test_a_stack_that_is_not_judged_well_may_not_go_on(scratch: Scratch, says: str) -> None:
    before = edited(scratch, PROD, WIDER)
    held = ["pipelines/steps/held.sh", "optimus-prod"]
    assert scratch.call([*held, before]).returncode == 0
    assert scratch.call([*held, before], {"HELD": "optimus-prod", "QLZ_SAYS": says}).returncode == int(says)
    assert scratch.call([*held, before], {"HELD": "prod-optimus", "QLZ_SAYS": says}).returncode == int(says)
    assert scratch.call(["pipelines/steps/held.sh", "nowhere", ""]).returncode == 2


def test_a_stack_that_did_not_change_is_judged_with_every_day(scratch: Scratch) -> None:
    before = edited(scratch, "stacks/Pulumi.sandbox.yaml", ("next_review: ", "next_review:  "))
    assert scratch.call(["pipelines/steps/held.sh", "optimus-prod", before]).returncode == 0
    assert scratch.told.read_text().splitlines() == ["check optimus-prod", "check prod-optimus"]


needs_jq = pytest.mark.skipif(
    shutil.which("jq") is None, reason="jq, which GitHub's runners have, is not on PATH"
)


def run(number: int, commit: str, conclusion: str | None = "success", **more: object) -> dict[str, object]:
    plain = {"run_number": number, "head_sha": commit, "conclusion": conclusion, "event": "push"}
    return {**plain, "repository": {"id": 1}, "head_repository": {"id": 1}, **more}


def since(scratch: Scratch, runs: Sequence[dict[str, object]], event: str = "push") -> str:
    env = {
        "PATH": f"{scratch.root / 'bin'}:/usr/bin:/bin",
        "RUNS": json.dumps({"workflow_runs": runs}),
        "GITHUB_EVENT_NAME": event,
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_RUN_ID": "7",
        "GITHUB_REF_NAME": "main",
    }
    done = scratch.call(["pipelines/steps/since.sh"], env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("since=")
    return done.stdout.removeprefix("since=").strip()


@needs_jq
def test_a_run_begins_where_the_last_that_succeeded_ended(scratch: Scratch) -> None:
    first, second, third = (edited(scratch, PROD, pair) for pair in (WIDER, TIGHTER, WIDER[::-1]))
    head = scratch.git("rev-parse", "HEAD")
    mine = run(9, head, None)
    assert since(scratch, [mine, run(8, third), run(7, first)]) == third
    assert (
        since(scratch, [mine, run(8, third, "failure"), run(7, second, "cancelled"), run(6, first)]) == first
    )
    assert since(scratch, [run(6, first), mine, run(8, third, "failure")]) == first  # in whatever order
    assert since(scratch, [mine, run(8, third, event="workflow_dispatch")]) == third
    asked = scratch.told.read_text()
    assert "repos/o/r/actions/workflows/5/runs -f branch=main -F per_page=100" in asked


@needs_jq
def test_what_is_no_run_of_the_branch_itself_is_not_believed(scratch: Scratch) -> None:
    first = scratch.git("rev-parse", "HEAD")
    before = edited(scratch, PROD, WIDER)
    head = edited(scratch, PROD, TIGHTER)
    mine = run(9, scratch.git("rev-parse", "HEAD"), None)
    fork = run(8, head, head_repository={"id": 2})
    assert since(scratch, [mine, fork, run(7, first)]) == first
    assert since(scratch, [mine, run(8, head, event="pull_request"), run(7, first)]) == first
    assert since(scratch, [mine, run(8, "f" * 40), run(7, first)]) == ""  # pushed away
    assert since(scratch, [mine, run(8, "f" * 40, "failure"), run(7, first)]) == ""
    assert since(scratch, [mine]) == ""
    assert since(scratch, [mine, run(8, before, "failure")]) == ""
    assert since(scratch, [mine, run(8, first)], event="workflow_dispatch") == ""


def job(scratch: Scratch, script: str, **env: str) -> tuple[int, str]:
    done = scratch.call(["bash", "-c", script], env)
    return done.returncode, done.stdout + done.stderr


def test_on_gitlab_a_no_to_one_stack_warns_and_at_night_it_fails(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    check = read(GITLAB)["check stacks"]
    (script,) = check["script"]
    env = {"CI_PROJECT_DIR": str(scratch.root), "CI_COMMIT_BEFORE_SHA": before, "CI_PIPELINE_SOURCE": "push"}
    assert job(scratch, script, **env)[0] == 0
    assert f"check --changed {before}" in scratch.told.read_text()
    assert check["allow_failure"] == {"exit_codes": [77]}
    for held, source, says, code in (
        ("one", "push", "1", 77),
        ("one", "web", "1", 77),
        ("one", "schedule", "1", 1),
        ("one", "push", "2", 2),
        ("one", "push", "3", 3),
    ):
        told = {**env, "HELD": held, "CI_PIPELINE_SOURCE": source, "QLZ_SAYS": says}
        assert job(scratch, script, **told)[0] == code
    scratch.told.write_text("")
    assert job(scratch, script, **{**env, "CI_COMMIT_BEFORE_SHA": "0" * 40})[0] == 0
    assert scratch.told.read_text().startswith("check --all")


def test_on_gitlab_each_job_knows_the_commit_before(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    (script,) = read(GITLAB)[".identity"]["script"]
    scratch.write("pipelines/steps/branch.sh", '#!/bin/sh\necho "$*: $QLZ_SINCE"\n')
    env = {"OPERATION": "up", "CI_COMMIT_BRANCH": "prod", "CI_COMMIT_BEFORE_SHA": before}
    assert f"up prod: {before}" in job(scratch, script, **env)[1]
    assert "up prod: \n" in job(scratch, script, **{**env, "CI_COMMIT_BEFORE_SHA": "f" * 40})[1]


def test_on_azure_a_stack_that_is_held_up_waits_alone(scratch: Scratch) -> None:
    before = edited(scratch, PROD, TIGHTER)
    (path,) = (path for path in AZURE if path.name == "job.yml")
    (script,) = (text for text in values(read(path), "bash") if "held.sh" in text)
    env = {
        "AGENT_TEMPDIRECTORY": str(scratch.root.parent),
        "BUILD_REASON": "IndividualCI",
        "STACK": "optimus-prod",
        "OPERATION": "up",
    }
    code, said = job(scratch, script, **env)
    assert (code, "##vso" in said) == (0, False)
    assert (scratch.root.parent / "since").read_text() == before
    code, said = job(scratch, script, **env, HELD="optimus-prod")
    assert code == 0
    assert "##vso[task.setvariable variable=qlzHeld]true" in said
    assert "##vso[task.complete result=SucceededWithIssues;]" in said
    assert job(scratch, script, **env, HELD="optimus-prod", QLZ_SAYS="3")[0] == 3
    assert job(scratch, script, **{**env, "BUILD_REASON": "Manual"})[0] == 0
    assert (scratch.root.parent / "since").read_text() == ""
    scratch.told.write_text("")
    assert job(scratch, script, **{**env, "OPERATION": "drift", "BUILD_REASON": "Schedule"})[0] == 0
    assert scratch.told.read_text() == ""


def test_on_azure_nothing_of_a_held_stack_has_a_token() -> None:
    (path,) = (path for path in AZURE if path.name == "job.yml")
    tasks = [step for steps in values(read(path), "steps") for step in _flat(steps) if "task" in step]
    assert len(tasks) == 3
    assert {step["condition"] for step in tasks} == {"and(succeeded(), ne(variables['qlzHeld'], 'true'))"}


def _flat(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        each
        for step in steps
        for each in (_flat(next(iter(step.values()))) if next(iter(step)).startswith("${{") else [step])
    ]


@pytest.mark.parametrize(
    ("reason", "says", "code"), [("IndividualCI", "1", 0), ("Schedule", "1", 1), ("IndividualCI", "3", 3)]
)
def test_on_azure_a_no_to_one_stack_warns_and_at_night_it_fails(
    scratch: Scratch, reason: str, says: str, code: int
) -> None:
    (path,) = (path for path in AZURE if path.name == "stages.yml")
    (script,) = (text for text in values(read(path), "bash") if "report.sh" in text)
    shutil.copy(ROOT / "pipelines/azure/azure-pipelines.yml", scratch.root)
    env = {"AGENT_TEMPDIRECTORY": str(scratch.root.parent), "BUILD_REASON": reason}
    assert job(scratch, script, **env)[0] == 0
    found, said = job(scratch, script, **env, HELD="one", QLZ_SAYS=says)
    assert found == code
    assert ("SucceededWithIssues" in said) is (code == 0)


def test_on_github_what_is_held_up_fails_the_run() -> None:
    (path,) = (path for path in GITHUB if path.name == "apply.yml")
    jobs = read(path)["jobs"]
    assert jobs["held"]["if"] == "needs.stacks.outputs.held != ''"
    assert jobs["held"]["needs"] == "stacks"
    assert jobs["held"]["steps"][0]["run"].endswith("exit 1\n")
    for name in ("preview", "environments", "projects"):
        (step,) = (step for step in jobs[name]["steps"] if "env" in step)
        assert step["env"]["QLZ_SINCE"] == "${{ needs.stacks.outputs.since }}"
        assert jobs[name]["steps"][0]["with"]["fetch-depth"] == 0

"""No template holds a secret, runs what is not pinned, or gives an untrusted job anything."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pipelines import guards
from tests.pipelines.templates import (
    AZURE,
    GITHUB,
    GITLAB,
    PIPELINES,
    STEPS,
    TEMPLATES,
    Document,
    read,
    values,
)

Guard = Callable[[Document], Iterator[str]]
CHECK = read(PIPELINES / "github" / "check.yml")


def _changed(document: Document, change: Callable[[Document], object]) -> Document:
    bad = copy.deepcopy(document)
    change(bad)
    return bad


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "guard", [guards.unpinned, guards.secrets, guards.loose_shells, guards.lost_failures]
)
def test_every_template(path: Path, guard: Guard) -> None:
    assert list(guard(read(path))) == []


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "guard", [guards.github_wide, guards.github_untrusted, guards.github_identities], ids=lambda g: g.__name__
)
def test_every_workflow(path: Path, guard: Guard) -> None:
    assert list(guard(read(path))) == []


def _step(document: Document) -> Document:
    steps: list[Document] = document["jobs"]["check"]["steps"]
    return steps[1]


BAD: dict[str, tuple[Guard, Callable[[Document], object]]] = {
    "tag": (guards.unpinned, lambda d: d["jobs"]["check"]["steps"][0].update(uses="actions/checkout@v7")),
    "short": (
        guards.unpinned,
        lambda d: d["jobs"]["check"]["steps"][0].update(uses="actions/checkout@3d3c42e"),
    ),
    "image": (guards.unpinned, lambda d: d["jobs"]["check"].update(container="python:3.12")),
    "secret": (guards.secrets, lambda d: _step(d).update(env={"K": "${{ secrets.AWS_KEY }}"})),
    "loose": (guards.loose_shells, lambda d: _step(d).update(run="qlz check --all")),
    "title": (
        guards.loose_shells,
        lambda d: _step(d).update(run="set -euo pipefail\necho ${{ github.event.pull_request.title }}"),
    ),
    "loop": (
        guards.lost_failures,
        lambda d: _step(d).update(run="set -euo pipefail\nfor stack in $(list); do up; done"),
    ),
    "words": (guards.lost_failures, lambda d: _step(d).update(run='set -euo pipefail\necho "$(list)" >>out')),
    "wide": (guards.github_wide, lambda d: d.update(permissions="write-all")),
    "endless": (guards.github_wide, lambda d: d["jobs"]["check"].pop("timeout-minutes")),
    "beside": (guards.github_wide, lambda d: d.pop("concurrency")),
    "target": (guards.github_untrusted, lambda d: d.update(on={"pull_request_target": None})),
    "token": (
        guards.github_untrusted,
        lambda d: d["jobs"]["check"]["permissions"].update({"id-token": "write"}),
    ),
    "comments": (
        guards.github_untrusted,
        lambda d: d["jobs"]["check"]["permissions"].update({"pull-requests": "write"}),
    ),
    "checkout": (
        guards.github_untrusted,
        lambda d: (
            d.update(on={"workflow_run": None})
            or d["jobs"]["check"]["steps"][0]["with"].update(ref="${{ github.event.workflow_run.head_sha }}")
        ),
    ),
    "environment": (guards.github_untrusted, lambda d: d["jobs"]["check"].update(environment="sandbox-plan")),
    "no environment": (
        guards.github_identities,
        lambda d: d["jobs"]["check"].update(permissions={"id-token": "write"}),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_guard_sees_what_it_is_for(name: str) -> None:
    guard, change = BAD[name]
    assert list(guard(CHECK)) == []
    assert list(guard(_changed(CHECK, change)))


def test_an_apply_waits_for_check_and_preview_and_environments_come_first() -> None:
    jobs = read(PIPELINES / "github" / "apply.yml")["jobs"]
    assert jobs["environments"]["needs"] == ["stacks", "preview"]
    assert jobs["projects"]["needs"] == ["stacks", "preview", "environments"]
    assert "needs.preview.result == 'success'" in jobs["projects"]["if"]
    for name in ("environments", "projects"):
        assert jobs[name]["concurrency"] == {
            "group": "qlz-stack-${{ matrix.stack }}",
            "cancel-in-progress": False,
        }
    assert "select.sh" in str(jobs["stacks"])
    assert "report.sh" in (PIPELINES / "steps" / "select.sh").read_text(encoding="utf-8")
    assert "id-token" not in str(jobs["stacks"])


def test_the_night_tells_also_of_what_did_not_end() -> None:
    condition = read(PIPELINES / "github" / "nightly.yml")["jobs"]["tell"]["if"]
    assert "needs.review.result != 'success'" in condition
    assert "needs.drift.result == 'cancelled'" in condition


def test_a_branch_cannot_choose_where_its_preview_runs() -> None:
    jobs = read(PIPELINES / "github" / "preview.yml")["jobs"]
    assert "--places-of ." in str(jobs["stacks"])
    assert "check.sh" not in str(jobs["stacks"]), "the list is made by no code of the branch"
    assert jobs["preview"]["needs"] == ["stacks", "review"]
    assert jobs["review"]["permissions"] == {}


def test_gitlab_gives_a_merge_request_no_token() -> None:
    document = read(GITLAB)
    for name, job in document.items():
        if not isinstance(job, dict) or "stage" not in job:
            continue
        rules = [str(rule["if"]) for rule in job["rules"]]
        if any('== "merge_request_event"' in rule for rule in rules):
            assert "id_tokens" not in job, name
            assert job.get("extends") is None, name
            assert "environment" not in job, name
        else:
            assert all('$CI_COMMIT_REF_PROTECTED == "true"' in rule for rule in rules), name
        assert "timeout" in job, name
    assert document[".identity"]["resource_group"] == "qlz-$CI_COMMIT_BRANCH"
    assert all(
        "merge_request" in str(rule) or "$CI_COMMIT_BRANCH &&" in str(rule)
        for rule in document["workflow"]["rules"]
    )
    assert document["apply"]["rules"][0]["when"] == "manual"
    assert document["organization"]["rules"][0]["when"] == "manual"


def test_azure_gives_a_pull_request_no_connection() -> None:
    (stages,) = (read(path) for path in AZURE if path.name == "stages.yml")
    check, rest = stages["stages"]
    assert not list(values(check, "azureSubscription", "awsCredentials", "template"))
    ((condition, _),) = rest.items()
    assert "ne(variables['Build.Reason'], 'PullRequest')" in condition
    assert "eq(variables['Build.SourceBranch'], 'refs/heads/main')" in condition
    for path in AZURE:
        assert "System.AccessToken" not in path.read_text(encoding="utf-8")
        assert all(value == "false" for value in values(read(path), "persistCredentials"))


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.name)
def test_every_step_is_strict_and_says_how_it_is_used(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    code = [line for line in lines if not line.startswith("#")]
    assert code[0] == "set -euo pipefail"
    assert list(guards.lost_in("\n".join(code))) == []
    assert any("Example:" in line or "Usage:" in line for line in lines)
    assert path.stat().st_mode & 0o111

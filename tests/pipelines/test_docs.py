"""docs/pipelines.md names what there is: files, variables, places and jobs."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from tests.pipelines.templates import GITHUB, GITLAB, PIPELINES, ROOT, STEPS, TEMPLATES, read

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")


def test_every_file_it_names_is_there() -> None:
    named = set(re.findall(r"`(?:cp )?((?:pipelines|scripts)/[\w./*-]+|\.pre-commit-hooks\.yaml)", PAGE))
    assert len(named) > 6
    assert [name for name in named if not list(ROOT.glob(name.rstrip("/")))] == []


def test_every_variable_that_a_job_reads_is_explained() -> None:
    read_by = set()
    for path in (*TEMPLATES, *STEPS):
        text = path.read_text(encoding="utf-8")
        read_by |= set(re.findall(r"vars\.(QLZ_\w+)", text))
        read_by |= set(re.findall(r"\$\((QLZ_\w+)\)", text))
    assert read_by
    assert {name for name in read_by if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("name", ["qlz-preview", "organization"])
def test_an_environment_that_is_no_place_is_one_of_a_workflow(name: str) -> None:
    assert f"`{name}`" in PAGE
    environments = [job.get("environment") for path in GITHUB for job in read(path)["jobs"].values()]
    assert name in environments


def test_the_check_to_demand_is_the_jobs_name() -> None:
    assert "*Check stacks*" in PAGE
    assert read(PIPELINES / "github" / "check.yml")["jobs"]["check"]["name"] == "Check stacks"


def test_gitlabs_environments_are_those_of_the_page() -> None:
    document = read(GITLAB)
    assert document["apply"]["environment"]["name"] == "qlz/$CI_COMMIT_BRANCH"
    assert document["drift"]["environment"]["name"] == "qlz-plan/$CI_COMMIT_BRANCH"
    assert "`qlz/BRANCH`" in PAGE
    assert "`qlz-plan/BRANCH`" in PAGE


def test_the_hook_in_the_page_is_the_hook() -> None:
    hooks = {hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}
    block = next(each for each in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "repos:" in each)
    (shown,) = YAML(typ="safe").load(block)["repos"][0]["hooks"]
    assert shown == {key: hooks["qlz-check"][key] for key in shown}
    assert set(hooks) == {"qlz-check", "qlz-check-all"}
    for hook in hooks.values():
        assert hook["entry"].startswith(".venv/bin/qlz check --")
        assert hook["language"] == "system"
        assert hook["pass_filenames"] is False
        # A filter of names sees no file that is gone, and no secret in a file of another kind.
        assert hook["always_run"] is True
        assert not {"files", "exclude", "types", "types_or", "exclude_types"} & set(hook)
    assert shown["always_run"] is True

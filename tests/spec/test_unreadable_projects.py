"""A project that cannot be read is a problem of the environment that it may be in, and of no other."""

from __future__ import annotations

import os

import pytest

from tests.spec.conftest import OPTIMUS, Copy

PROJECT = "stacks/Pulumi.optimus-dev.yaml"
PROD = "stacks/Pulumi.optimus-prod.yaml"
BROKEN = "config: [\n"


def _files(project: Copy, stack: str) -> set[str]:
    return {problem.file for problem in project.problems(stack)}


def test_one_whose_name_ends_like_the_environment(project: Copy) -> None:
    project.write(PROJECT, BROKEN)
    assert _files(project, "dev") == {PROJECT}
    for other in ("sandbox", "prod-optimus", "azure-sandbox", "organization", "optimus-sandbox"):
        assert project.load(other).name == other


@pytest.mark.parametrize(
    "text", ["    environment: {}\n", '    "environment": "{}"\n', "# for {}, since May\n"]
)
def test_one_whose_text_has_the_environments_name(project: Copy, text: str) -> None:
    project.write(PROD, BROKEN + text.format("prod-optimus"))
    assert _files(project, "prod-optimus") == {PROD}
    project.write(PROD, BROKEN + text.format("pre-prod-optimus-2"))
    assert project.load("prod-optimus").projects == ()


def test_one_whose_text_may_spell_it_otherwise(project: Copy) -> None:
    project.write(PROD, BROKEN + '    environment: "prod\\x2doptimus"\n')
    assert _files(project, "prod-optimus") == {PROD}


def test_a_tab_is_enough(project: Copy) -> None:
    project.edit(OPTIMUS, "    lifecycle:", "\tlifecycle:")
    assert _files(project, "sandbox") == {OPTIMUS}


@pytest.mark.parametrize("what", ["nothing", "a folder", "a pipe", "too much"])
def test_one_without_a_text_may_be_anywhere(project: Copy, what: str) -> None:
    path = project.root / "stacks/Pulumi.unknown.yaml"
    if what == "nothing":
        path.symlink_to("nowhere")
    elif what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    else:
        path.write_text("#" * 100_000)
    for environment in ("sandbox", "dev", "azure-dev"):
        assert _files(project, environment) == {"stacks/Pulumi.unknown.yaml"}
    assert project.load("optimus-sandbox").name == "optimus-sandbox"


def test_another_environment_is_none_of_its_projects(project: Copy) -> None:
    project.edit("stacks/Pulumi.sandbox.yaml", "  qlz:spec:", "  # for dev, too\n  qlz:spec: [")
    assert project.load("dev").name == "dev"
    project.edit(
        "stacks/Pulumi.sandbox.yaml", "  qlz:kind: environment", "  qlz:kind: environment\n  qlz:kind: x"
    )
    assert _files(project, "dev") == {"stacks/Pulumi.sandbox.yaml"}

"""What other stacks' files say of where pipelines come from is found, however it is written."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from components.spec import load_stack
from policy_packs.controls.declared.identities_apart import CONTROL
from policy_packs.controls.elsewhere import elsewhere
from policy_packs.controls.registry import all_controls
from policy_packs.controls.spec_facts import read_spec
from policy_packs.controls.stack_facts import PROJECT_ROOT, declared_of

SANDBOX, DEV, PROJECT = (f"stacks/Pulumi.{name}.yaml" for name in ("sandbox", "dev", "optimus-sandbox"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    return tmp_path


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def said(root: Path, stack: str) -> list[str]:
    assert CONTROL in all_controls()
    assert CONTROL.judge_spec is not None
    return [each.what for each in CONTROL.judge_spec(declared_of(load_stack(root, stack)))]


def test_the_projects_own_stacks_are_apart() -> None:
    for path in (PROJECT_ROOT / "stacks").glob("Pulumi.*.yaml"):
        loaded = load_stack(PROJECT_ROOT, path.name.split(".")[1])
        assert all(each.place for each in read_spec(loaded).elsewhere), loaded.name
        assert said(PROJECT_ROOT, loaded.name) == []


@pytest.mark.parametrize(
    "written",
    ["dev-plan", '"dev-plan"', '"dev\\x2dplan"', "Dev-Plan", "'dev-plan'", "dev-plan # a comment"],
)
def test_an_environment_that_lets_in_another_ones_pipeline(root: Path, written: str) -> None:
    edit(root, SANDBOX, "plan: sandbox-plan", f"plan: {written}")
    assert said(root, "dev") == ["plan and plan of sandbox come from the same place, dev-plan"]
    assert [each.startswith("plan and plan of dev") for each in said(root, "sandbox")] == [True]


def test_an_apply_of_production_that_a_sandbox_lets_in(root: Path) -> None:
    edit(root, SANDBOX, "project_apply: sandbox-projects", "project_apply: prod-environment")
    assert said(root, "prod-optimus") == [
        "environment-apply and project-apply of sandbox come from the same place, prod-environment"
    ]


def test_a_project_that_lets_in_the_platforms_pipeline_of_another_environment(root: Path) -> None:
    edit(root, PROJECT, "repository: example-org/optimus", "repository: example-org/quantum-platform")
    edit(root, PROJECT, "      environment: sandbox\n", "      environment: dev-environment\n")
    assert said(root, "dev") == [
        "environment-apply and project of optimus-sandbox come from the same place, dev-environment"
    ]


def test_a_text_that_is_folded_is_found(root: Path) -> None:
    edit(root, SANDBOX, "plan: sandbox-plan", "plan: dev\n          plan")
    (own,) = [each for each in read_spec(load_stack(root, "dev")).places if each.who == "plan"]
    found = elsewhere(load_stack(root, "dev"), [replace(own, place="dev plan")], [])
    assert [each.stack for each in found if each.place and each.place.place == "dev plan"] == ["sandbox"]


def test_one_that_cannot_be_read_is_not_taken_as_apart(root: Path) -> None:
    edit(root, SANDBOX, "plan: sandbox-plan", "plan: [dev-plan")
    assert any("the file of sandbox" in each for each in said(root, "dev"))

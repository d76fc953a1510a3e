"""Which stacks a run is about: what the branch brought since it last succeeded, and whether that widens."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.spec import stack_names
from pipelines import stacks
from pipelines.since import MOST, commits, main, selection
from tests.pipelines.branch import CHARTER, PROD, TIGHTER, WIDER, Branch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Branch:
    return Branch(tmp_path_factory.mktemp("made") / "branch")


@pytest.fixture
def branch(made: Branch, tmp_path: Path) -> Branch:
    return made.copy(tmp_path / "branch")


def since(branch: Branch, commit: str) -> tuple[set[str], set[str]]:
    """Stacks that differ, and those that only tighten."""
    found = selection(branch.root, stack_names(branch.root), commits(branch.root, commit))
    return set(found.names), set(found.tightening)


BOTH = {"optimus-prod", "prod-optimus"}


def test_what_only_tightens(branch: Branch) -> None:
    branch.edit(PROD, TIGHTER)
    assert since(branch, branch.first) == (BOTH, BOTH)


def test_one_key_that_widens_is_enough(branch: Branch) -> None:
    branch.edit(PROD, TIGHTER, WIDER)
    assert since(branch, branch.first) == (BOTH, set())


def test_a_later_merge_that_tightens_hides_no_earlier_one_that_widened(branch: Branch) -> None:
    widened = branch.edit(PROD, WIDER)
    branch.edit(PROD, TIGHTER)
    assert since(branch, branch.first) == (BOTH, set())
    assert since(branch, widened) == (BOTH, BOTH)


def test_what_an_apply_may_have_made_is_applied_though_it_was_taken_back(branch: Branch) -> None:
    branch.edit(PROD, WIDER)
    branch.edit(PROD, WIDER[::-1])
    assert branch.git("diff", branch.first) == ""
    assert since(branch, branch.first)[0] == BOTH


def test_what_was_tightened_and_widened_again_does_not_only_tighten(branch: Branch) -> None:
    branch.edit(PROD, TIGHTER)
    branch.edit(PROD, TIGHTER[::-1], ("      retention_days: 30", "      retention_days: 20"))
    assert since(branch, branch.first) == (BOTH, set())


@pytest.mark.parametrize(
    "name", ["components/new.py", "__main__.py", "policy_packs/a.json", "requirements.txt"]
)
def test_with_code_every_stack_changes_and_none_only_tightens(branch: Branch, name: str) -> None:
    branch.edit(PROD, TIGHTER)
    branch.write(name, "# changed\n")
    every = set(stack_names(branch.root))
    assert since(branch, branch.first) == (every, set())
    (branch.root / name).unlink()
    branch.commit()
    assert since(branch, branch.first) == (every, set())  # an apply may have run it meanwhile


def test_a_stack_that_widens_takes_no_right_from_another(branch: Branch) -> None:
    branch.edit(PROD, TIGHTER)
    branch.edit("stacks/Pulumi.catalyst-dev.yaml", ("per_month:", "per_month_more:"))
    names, tightening = since(branch, branch.first)
    assert names == {*BOTH, "catalyst-dev", "azure-dev"}
    assert tightening == BOTH


@pytest.mark.parametrize(
    "commit", ["", "0" * 40, "HEAD^", "main", "--all", "f" * 40], ids=lambda commit: commit[:6] or "none"
)
def test_without_a_commit_nothing_is_known(
    branch: Branch, commit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    branch.edit(PROD, TIGHTER)
    assert commits(branch.root, commit) == ()
    assert main([commit], branch.root) == 0
    out, said = capsys.readouterr()
    assert (out, "every stack is meant" in said) == ("", True)


def test_the_commit_of_a_branch_that_was_merged_is_none_of_its_own(branch: Branch) -> None:
    branch.git("checkout", "-q", "-b", "theirs")
    theirs = branch.edit(PROD, WIDER)
    branch.edit(PROD, TIGHTER)
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "merge", "theirs")
    assert commits(branch.root, theirs) == ()
    assert commits(branch.root, branch.first) == (branch.first,)


def test_after_a_forced_push_nothing_is_known(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    gone = branch.edit(PROD, WIDER)
    branch.git("reset", "-q", "--hard", branch.first)
    head = branch.edit(PROD, TIGHTER)
    assert commits(branch.root, gone) == ()
    assert main([head, gone, branch.first], branch.root) == 0  # tried between the two
    assert capsys.readouterr().out == ""
    assert main([head, branch.first], branch.root) == 0
    assert capsys.readouterr().out == f"{branch.first}\n"


def test_a_run_of_the_same_commit_knows_nothing(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([branch.first], branch.root) == 0
    assert main([], branch.root) == 0
    assert capsys.readouterr().out == ""


def test_it_looks_back_so_far(branch: Branch) -> None:
    for _ in range(MOST):
        branch.commit()
    assert len(commits(branch.root, branch.first)) == MOST
    branch.commit()
    assert commits(branch.root, branch.first) == ()


def test_where_there_is_no_git_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["0" * 40], tmp_path) == 2
    assert "git cannot list the commits" in capsys.readouterr().err


def rows(branch: Branch, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert stacks.main(["--root", str(branch.root), "--role", "apply", *options]) == 0
    return capsys.readouterr().out.split()


def test_the_list_is_of_what_changed_since(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    branch.edit(PROD, TIGHTER)
    names = ("--format", "names")
    assert rows(branch, capsys, "--since", branch.first, *names) == ["prod-optimus", "optimus-prod"]
    assert rows(branch, capsys, "--since", branch.first, "--without", "optimus-prod", *names) == [
        "prod-optimus"
    ]
    assert len(rows(branch, capsys, "--since", "f" * 40, *names)) == 13
    assert stacks.main(["--root", str(branch.root), "--without", "nowhere"]) == 2
    assert "there is no stack nowhere" in capsys.readouterr().err


def test_a_project_waits_for_its_environment_unless_it_only_tightens(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    tightened = branch.edit(PROD, TIGHTER)
    options = ("--stack", "optimus-prod", "--format", "after")
    assert rows(branch, capsys, "--since", branch.first, *options) == ["optimus-prod"]
    branch.edit(PROD, WIDER)
    assert rows(branch, capsys, "--since", tightened, *options) == ["optimus-prod", "prod-optimus"]
    assert rows(branch, capsys, *options) == ["optimus-prod", "prod-optimus"]
    assert rows(branch, capsys, "--stack", "prod-optimus", "--format", "after") == ["prod-optimus"]


def test_a_charter_is_compared_like_a_stacks_file(branch: Branch) -> None:
    branch.edit(CHARTER, ('next_review: "2027-02-01"', 'next_review: "2027-01-01"'))
    names, tightening = since(branch, branch.first)
    assert {"optimus-dev", "optimus-prod", "optimus-sandbox"} < names
    assert names == tightening

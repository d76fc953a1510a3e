"""`--changed BASE`: what a branch touches is judged, the rest is left out, and git must be able to tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from components.spec import stack_names
from qlz.check.changed import touched
from qlz.check.git import Base
from qlz.exit_codes import CommandError, ExitCode

ROOT = Path(__file__).parents[3]
STACKS = stack_names(ROOT)
Edit = Callable[[Path], object]


def _git(root: Path, *words: str) -> str:
    name = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    ran = subprocess.run(["git", *name, *words], cwd=root, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the project's stack files on a branch `main`, and one commit on `work` after it."""
    root = tmp_path_factory.mktemp("origin")
    shutil.copytree(ROOT / "stacks", root / "stacks")
    shutil.rmtree(root / "stacks/exceptions", ignore_errors=True)
    for name in ("components/a.py", "docs/a.md", "README.md", "tests/a.py", "requirements.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a\n")
    _git(root, "init", "--quiet", "--initial-branch", "main")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "-m", "base")
    _git(root, "checkout", "--quiet", "-b", "work")
    return root


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    shutil.copytree(origin, tmp_path / "clone")
    return tmp_path / "clone"


def _replace(file: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def _write(file: str, text: str = "new\n") -> Edit:
    def edit(root: Path) -> None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")

    return edit


EXCEPTION = "control: qlz-l1-log-retention\nstack: optimus-dev\n"
CASES: dict[str, tuple[Edit, set[str]]] = {
    "nothing": (lambda root: None, set()),
    "documents and tests": (_write("docs/a.md"), set()),
    "a test": (_write("tests/a.py"), set()),
    "a project and what it lives in": (
        _replace("stacks/Pulumi.optimus-dev.yaml", "active", "decommissioned"),
        {"optimus-dev", "dev"},
    ),
    "an environment and what lives in it": (
        _replace("stacks/Pulumi.dev.yaml", "active", "decommissioned"),
        {"dev", "optimus-dev"},
    ),
    "a charter": (
        _replace("stacks/charters/catalyst.yaml", "name: catalyst", "name: catalyst # the same"),
        {stack for stack in STACKS if "catalyst" in stack or stack in ("azure-dev", "azure-sandbox")},
    ),
    "a project that is gone": (
        lambda root: (root / "stacks/Pulumi.optimus-dev.yaml").unlink(),
        {"dev"},
    ),
    "a project that is no YAML any more": (
        _write("stacks/Pulumi.optimus-dev.yaml", "a: [\n"),
        {"optimus-dev", "dev"},
    ),
    "an exception": (_write("stacks/exceptions/a.yaml", EXCEPTION), {"optimus-dev"}),
    "an exception that cannot be read": (_write("stacks/exceptions/a.yaml", "a: [\n"), set(STACKS)),
    "an exception of a stack that is not there": (
        _write("stacks/exceptions/a.yaml", EXCEPTION.replace("optimus-dev", "optimus-devv")),
        set(STACKS),
    ),
    "an exception of files": (
        _write("stacks/exceptions/a.yaml", EXCEPTION.replace("optimus-dev", "files")),
        set(),
    ),
    "an exception of files by a name that none has": (
        _write("stacks/exceptions/A_b.yaml", EXCEPTION.replace("optimus-dev", "files")),
        set(STACKS),
    ),
    "what people come in by": (
        _write("stacks/identity/corporate-saml.xml"),
        {"sandbox", "dev", "prod-optimus"},
    ),
    "what stacks are built by": (_write("components/a.py"), set(STACKS)),
    "a program nobody knows": (_write("lib/new.py"), set(STACKS)),
    "what it is built with": (_write("requirements.txt"), set(STACKS)),
    "a file nobody knows": (_write("stacks/other.txt"), set(STACKS)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not committed"])
def test_it_touches(case: str, committed: bool, clone: Path) -> None:
    edit, expected = CASES[case]
    edit(clone)
    if committed:
        _git(clone, "add", "--all")
        _git(clone, "commit", "--quiet", "--allow-empty", "-m", case)
    there = list(stack_names(clone))
    chosen = touched(clone, there, Base.of(clone, "main"))
    assert set(chosen.names) == expected & set(there)
    assert {each.stack for each in chosen.left_out} == set(there) - expected
    assert all("main" in each.why for each in chosen.left_out)


def test_no_way_of_writing_a_name_hides_what_people_come_in_by(clone: Path) -> None:
    written = '"identity\\x2fcorporate-saml.xml"'
    _replace("stacks/Pulumi.dev.yaml", "identity/corporate-saml.xml", written)(clone)
    _git(clone, "commit", "--quiet", "--all", "-m", "the same path")
    _write("stacks/identity/corporate-saml.xml")(clone)
    assert "dev" in touched(clone, STACKS, Base.of(clone, "HEAD")).names


@pytest.mark.parametrize("file", ["stacks/Pulumi.dev.yaml", "stacks/charters/optimus.yaml"])
def test_where_one_file_stands_for_another_all_is_judged(file: str, clone: Path) -> None:
    (clone / file).rename(clone / "stacks/identity/real.xml")
    (clone / file).symlink_to(clone / "stacks/identity/real.xml")
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "-m", "a link")
    _write("stacks/identity/real.xml")(clone)
    assert touched(clone, STACKS, Base.of(clone, "HEAD")).names == STACKS


def test_a_stack_that_goes_leaves_no_exception_behind_unseen(clone: Path) -> None:
    _write("stacks/exceptions/a.yaml", EXCEPTION)(clone)
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "-m", "an exception")
    (clone / "stacks/Pulumi.optimus-dev.yaml").unlink()
    there = stack_names(clone)
    assert touched(clone, there, Base.of(clone, "HEAD")).names == there
    (clone / "stacks/exceptions/a.yaml").unlink()
    assert touched(clone, there, Base.of(clone, "HEAD")).names == ("dev",)


def test_a_stack_that_git_ignores_is_not_left_out(clone: Path) -> None:
    (clone / ".git/info/exclude").write_text("Pulumi.*-new.yaml\n")
    text = (clone / "stacks/Pulumi.optimus-dev.yaml").read_text(encoding="utf-8")
    _write("stacks/Pulumi.optimus-new.yaml", text)(clone)
    there = list(stack_names(clone))
    assert set(touched(clone, there, Base.of(clone, "main")).names) == {"optimus-new", "dev"}


@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
@pytest.mark.parametrize(
    ("file", "reaches"),
    [("stacks/Pulumi.optimus-dev.yaml", {"optimus-dev", "dev"}), ("components/a.py", {*STACKS})],
)
def test_a_file_that_git_was_told_not_to_look_at_is_not_left_out(
    file: str, reaches: set[str], told: str, clone: Path
) -> None:
    _git(clone, "update-index", told, file)
    (clone / file).write_text((clone / file).read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert _git(clone, "status", "--porcelain") == ""
    assert file in Base.of(clone, "HEAD").changed()
    assert set(touched(clone, STACKS, Base.of(clone, "HEAD")).names) == reaches


def test_what_a_sparse_checkout_leaves_out_is_not_taken_as_there(clone: Path) -> None:
    _git(clone, "status")  # a copy is not known to be what it was until it is looked at
    _git(clone, "sparse-checkout", "set", "stacks", "docs")
    assert not (clone / "components/a.py").exists()
    assert touched(clone, STACKS, Base.of(clone, "HEAD")).names == STACKS


@pytest.mark.parametrize(
    "setting", ["core.trustctime=false", "core.checkStat=minimal", "core.ignoreStat=true"]
)
def test_no_setting_of_the_repository_hides_a_change(setting: str, clone: Path) -> None:
    """Not even of a file that keeps its size and the times that anybody may set."""
    file = clone / "components/a.py"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    _git(clone, "config", *setting.split("="))
    _git(clone, "update-index", "--really-refresh")
    _git(clone, "status", "--porcelain")
    file.write_text("b\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert "components/a.py" in Base.of(clone, "HEAD").changed()


def test_replaced_objects_are_not_believed(clone: Path) -> None:
    _write("components/a.py", "bad\n")(clone)
    _git(clone, "commit", "--quiet", "--all", "-m", "bad")
    _git(clone, "replace", "main", "HEAD")
    assert touched(clone, STACKS, Base.of(clone, "main")).names == STACKS


def test_what_others_did_on_the_base_since_is_not_the_branch(clone: Path) -> None:
    _git(clone, "checkout", "--quiet", "main")
    _write("components/a.py")(clone)
    _git(clone, "commit", "--quiet", "--all", "-m", "on main")
    _git(clone, "checkout", "--quiet", "work")
    _replace("stacks/Pulumi.organization.yaml", "owner", "owner")(clone)
    assert touched(clone, STACKS, Base.of(clone, "main")).names == ()


@pytest.mark.parametrize(
    ("edit", "tightens"),
    [
        (_replace("stacks/Pulumi.optimus-dev.yaml", "active", "decommissioned"), {"optimus-dev", "dev"}),
        (_replace("stacks/Pulumi.optimus-dev.yaml", "usd_per_month", "usd_per_year"), set()),
        (_write("components/a.py"), set()),
    ],
)
def test_a_change_that_only_tightens_is_told_apart(edit: Edit, tightens: set[str], clone: Path) -> None:
    edit(clone)
    assert touched(clone, STACKS, Base.of(clone, "main")).tightening == tightens


def _refused(root: Path, name: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        Base.of(root, name)
    assert caught.value.code is ExitCode.BAD_INPUT
    return caught.value


@pytest.mark.parametrize("name", ["nowhere", "--output=x", "", "HEAD; touch x", "$(touch x)"])
def test_a_base_that_is_none_is_refused(name: str, clone: Path) -> None:
    assert "git knows no commit" in _refused(clone, name).message
    assert sorted(path.name for path in clone.iterdir()) == sorted(
        [".git", "stacks", "components", "docs", "README.md", "tests", "requirements.txt"]
    )


def test_where_there_is_no_repository_it_is_said(tmp_path: Path) -> None:
    assert "no git repository" in _refused(tmp_path, "main").message


def test_where_there_is_no_git_it_is_said(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in _refused(clone, "main").message


def test_a_shallow_clone_is_explained(origin: Path, tmp_path: Path) -> None:
    _git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{origin}", "shallow")
    error = _refused(tmp_path / "shallow", "origin/main")
    assert "fetch-depth: 0" in error.fix


def test_histories_without_a_common_commit_are_refused(clone: Path) -> None:
    _git(clone, "checkout", "--quiet", "--orphan", "alone")
    _git(clone, "commit", "--quiet", "-m", "alone")
    assert "share no history" in _refused(clone, "main").message

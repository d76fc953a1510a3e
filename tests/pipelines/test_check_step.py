"""What the check of a branch judges, and with whose code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.scratch import Scratch


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def check(scratch: Scratch, base: str = "main", head: str = "branch", **env: str) -> tuple[int, str]:
    done = scratch.run("check.sh", base, head, str(scratch.root.parent / "reports"), env=env)
    return done.returncode, done.stdout + done.stderr


def test_where_stacks_alone_differ_all_code_is_the_protected_branchs(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("stacks/Pulumi.one.yaml", "changed")
    scratch.commit("stack")
    code, said = check(scratch)
    assert code == 0, said
    assert "stacks/Pulumi.one.yaml: changed" in said
    assert "program of main" in said
    assert ", program of base" in said
    assert f"--changed {scratch.git('rev-parse', 'main')}" in scratch.told.read_text()


def test_a_stack_file_that_is_gone_is_gone_from_what_is_judged(scratch: Scratch) -> None:
    scratch.branch()
    scratch.git("rm", "-q", "stacks/Pulumi.two.yaml")
    scratch.commit("omission")
    code, said = check(scratch)
    assert code == 0, said
    assert "Pulumi.two.yaml" not in said
    assert scratch.git("diff", "--name-status", "main", "HEAD") == "D\tstacks/Pulumi.two.yaml"


def test_what_the_branchs_commits_held_in_between_can_be_seen(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("stacks/Pulumi.one.yaml", "a secret")
    leaked = scratch.commit("leak")
    scratch.write("stacks/Pulumi.one.yaml", "no secret")
    scratch.commit("take it out")
    assert check(scratch)[0] == 0
    assert leaked in scratch.git("log", "--format=%H", "main..HEAD")
    assert scratch.git("merge-base", "main", "HEAD") == scratch.git("rev-parse", "main")


def test_a_branch_is_judged_by_the_protected_branchs_packs(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("components/program.txt", "program of the branch")
    scratch.write("policy_packs/pack.txt", "a pack that passes everything")
    scratch.write("policy_packs/more.txt", "and one more")
    scratch.commit("weaken")
    code, said = check(scratch)
    assert code == 0, said
    assert "program of the branch" in said
    assert "policy_packs/pack.txt: pack of main" in said
    assert not (scratch.root / "policy_packs/more.txt").exists()
    assert ", program of branch" in said


def test_a_change_of_packs_alone_is_judged_by_those_before_it(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("policy_packs/pack.txt", "a pack that passes everything")
    scratch.commit("weaken")
    assert "pack of main" in check(scratch)[1]


def test_what_came_meanwhile_is_merged_first(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("stacks/Pulumi.one.yaml", "changed")
    scratch.commit("stack")
    scratch.git("checkout", "-q", "main")
    scratch.write("stacks/Pulumi.three.yaml", "third")
    scratch.commit("meanwhile")
    code, said = check(scratch)
    assert code == 0, said
    assert "stacks/Pulumi.three.yaml: third" in said  # not taken for an omission
    assert "stacks/Pulumi.one.yaml: changed" in said
    assert ", program of base" in said


def test_a_conflict_is_told(scratch: Scratch) -> None:
    scratch.branch()
    scratch.write("stacks/Pulumi.one.yaml", "changed")
    scratch.commit("stack")
    scratch.git("checkout", "-q", "main")
    scratch.write("stacks/Pulumi.one.yaml", "otherwise")
    scratch.commit("meanwhile")
    code, said = check(scratch)
    assert code == 2
    assert "conflicts with the protected branch" in said


def test_links_are_refused(scratch: Scratch) -> None:
    scratch.branch()
    (scratch.root / "stacks" / "Pulumi.leak.yaml").symlink_to("/etc/hostname")
    scratch.commit("link")
    code, said = check(scratch)
    assert code == 2
    assert "symbolic link" in said
    assert scratch.told.read_text() == ""


@pytest.mark.parametrize("says", ["1", "2", "3"])
def test_the_answer_is_the_checks(scratch: Scratch, says: str) -> None:
    scratch.branch()
    scratch.write("stacks/Pulumi.one.yaml", "changed")
    scratch.commit("stack")
    assert check(scratch, QLZ_SAYS=says)[0] == int(says)
    assert (scratch.root.parent / "reports" / "report.txt").read_text()


def test_an_option_is_no_commit(scratch: Scratch) -> None:
    assert check(scratch, base="--output=x")[0] == 2
    assert check(scratch, head="--output=x")[0] == 2
    assert check(scratch, head="nowhere")[0] == 2


def test_on_github_findings_are_kept_as_sarif_and_shown_beside_the_lines(scratch: Scratch) -> None:
    reports = scratch.root.parent / "reports"
    done = scratch.run("report.sh", str(reports), "--all", env={"GITHUB_ACTIONS": "true", "QLZ_SAYS": "1"})
    assert done.returncode == 1
    told = scratch.told.read_text()
    assert f"check --all --format sarif --output {reports}/report.sarif" in told
    assert (reports / "report.sarif").exists()


def test_elsewhere_findings_are_kept_as_junit(scratch: Scratch) -> None:
    done = scratch.run("report.sh", str(scratch.root.parent / "reports"), "--all")
    assert done.returncode == 0
    assert "--format junit" in scratch.told.read_text()


def test_annotations_are_for_the_log_alone(scratch: Scratch) -> None:
    scratch.write(".venv/bin/qlz", "#!/usr/bin/env bash\nprintf 'found\\n::error file=x::found\\n' >&2\n")
    reports = scratch.root.parent / "reports"
    done = scratch.run("report.sh", str(reports), "--all", env={"GITHUB_ACTIONS": "true"})
    assert "::error file=x::found" in done.stderr
    assert (reports / "report.txt").read_text() == "found\n"

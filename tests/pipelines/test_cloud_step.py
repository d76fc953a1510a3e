"""What runs as an identity: checked first, with every pack, and with a token that nobody sees or keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.pipelines.branch import PROD, TIGHTER, WIDER, entry
from tests.pipelines.scratch import Scratch

PULUMI = """#!/usr/bin/env bash
if [[ $1 == stack ]]; then
  printf 'history %s\\n' "$*" >>"$TOLD"
  printf '%s' "${HISTORY:-[]}"
  exit
fi
{
  printf 'pulumi %s\\n' "$*"
  env | grep -E '^(AWS|ARM|AZURE|PULUMI|QLZ_TIGHTENING)' | sort
  token=${AWS_WEB_IDENTITY_TOKEN_FILE:-}
  [[ ! -f $token ]] || printf 'the token: %s\\n' "$(cat "$token")"
  [[ ! -f ${AWS_CONFIG_FILE:-} ]] || cat "$AWS_CONFIG_FILE"
} >>"$TOLD"
exit "${PULUMI_SAYS:-0}"
"""
QLZ = """#!/usr/bin/env bash
printf 'qlz %s\\ntoken %s\\n' "$*" "${AWS_ROLE_ARN:-none}" >>"$TOLD"
[[ $* == *--changed* ]] || exit "${QLZ_SAYS:-0}"
exit "${QLZ_SAYS_OF_A_CHANGE:-${QLZ_SAYS:-0}}"
"""
CURL = """#!/usr/bin/env bash
printf 'curl %s\\n' "$*" >>"$TOLD"
printf '{"value": "a-token"}'
"""
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_RUN_ID": "42",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/request?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
    "QLZ_STATE": "s3://states?profile=state",
}
STATE_ROLE = "arn:aws:iam::999900001111:role/states-plan"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """The step works in the folder it lies in, so this one has the project's own code."""
    found = Scratch(tmp_path).with_project(qlz=QLZ, pulumi=PULUMI, curl=CURL)
    for name in ("baseline", "second"):
        found.write(f"policy_packs/{name}/PulumiPolicy.yaml", f"name: {name}\n")
    found.write("components/program.txt", "")
    found.write("stacks/identity/none.txt", "")
    return found


def cloud(scratch: Scratch, *words: str, **env: str) -> tuple[int, str]:
    """Exit code, and what it wrote."""
    path = f"{scratch.root / 'bin'}:/usr/bin:/bin"
    done = scratch.call(
        [str(scratch.root / "pipelines/steps/cloud.sh"), *words],
        {**GITHUB, "PATH": path, "TMPDIR": str(scratch.root.parent), **env},
    )
    return done.returncode, done.stdout + done.stderr


def test_plan_comes_in_as_plan_with_every_pack(scratch: Scratch) -> None:
    code, said = cloud(scratch, "preview", "optimus-dev", QLZ_STATE_ROLE=STATE_ROLE)
    assert code == 0, said
    told = scratch.told.read_text()
    assert "AWS_ROLE_ARN=arn:aws:iam::222233334444:role/qlz/dev/qlz-dev-plan" in told
    assert "AWS_ROLE_SESSION_NAME=qlz-42" in told
    assert "PULUMI_OPTION_POLICY_PACK=policy_packs/baseline,policy_packs/second" in told
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true" in told
    assert "PULUMI_BACKEND_URL=s3://states?profile=state" in told
    assert "pulumi preview --stack organization/qlz/optimus-dev --non-interactive --diff" in told
    assert f"role_arn = {STATE_ROLE}" in told
    assert "the token: a-token" in told
    assert "audience=sts.amazonaws.com" in told


def test_an_apply_is_checked_before_there_is_a_token(scratch: Scratch) -> None:
    code, said = cloud(scratch, "up", "dev", QLZ_TIGHTENING="dev")
    assert code == 0, said
    lines = scratch.told.read_text().splitlines()
    assert not [line for line in lines if "TIGHTENING" in line]
    assert lines[:2] == ["qlz check dev", "token none"]
    assert lines[2].startswith("curl ")
    assert "AWS_ROLE_ARN=arn:aws:iam::222233334444:role/qlz/dev/qlz-dev-environment-apply" in lines
    assert "pulumi up --stack organization/qlz/dev --non-interactive --yes" in lines


@pytest.mark.parametrize("says", ["1", "2", "3"])
def test_an_apply_that_is_not_judged_well_gets_no_token(scratch: Scratch, says: str) -> None:
    code, _ = cloud(scratch, "up", "dev", QLZ_SAYS=says)
    assert code == int(says)
    told = scratch.told.read_text()
    assert "curl" not in told
    assert "pulumi" not in told


def tightened(scratch: Scratch, *more: tuple[str, str]) -> dict[str, str]:
    """The environment of a job whose merge tightens optimus-prod, applied before it, and does more."""
    before = scratch.commit("before")
    text = (scratch.root / PROD).read_text(encoding="utf-8")
    for old, new in (TIGHTER, *more):
        assert old in text
        text = text.replace(old, new)
    scratch.write(PROD, text)
    scratch.commit("tighten")
    return {"QLZ_SINCE": before, "HISTORY": json.dumps([entry(before)]), "QLZ_SAYS_OF_A_CHANGE": "0"}


TIGHTENING = "QLZ_TIGHTENING=optimus-prod"


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_no_day_stops_a_change_that_only_tightens(scratch: Scratch, operation: str) -> None:
    job = tightened(scratch)
    code, said = cloud(scratch, operation, "optimus-prod", QLZ_SAYS="1", **job)
    assert code == 0, said
    lines = scratch.told.read_text().splitlines()
    assert TIGHTENING in lines
    assert (f"qlz check optimus-prod --changed {job['QLZ_SINCE']}" in lines) is (operation == "up")
    asked = "history stack history --stack organization/qlz/optimus-prod --json --page 1 --page-size 100"
    assert lines.index(asked) < lines.index(TIGHTENING)


def test_another_stack_gets_nothing_of_it(scratch: Scratch) -> None:
    assert cloud(scratch, "up", "optimus-dev", QLZ_TIGHTENING="optimus-dev", **tightened(scratch))[0] == 0
    told = scratch.told.read_text()
    assert "TIGHTENING" not in told
    assert told.count("qlz check optimus-dev") == 2  # once more, with every day


@pytest.mark.parametrize("case", ["widens", "never applied", "by hand", "code"])
def test_where_the_state_does_not_confirm_it_every_day_counts(scratch: Scratch, case: str) -> None:
    job = tightened(scratch, *([WIDER] if case == "widens" else []))
    if case == "never applied":
        job["HISTORY"] = "[]"
    elif case == "by hand":
        job["HISTORY"] = json.dumps([entry(job["QLZ_SINCE"], **{"git.dirty": "true"})])
    elif case == "code":
        scratch.write("components/program.txt", "changed")
        scratch.commit("code")
    code, _ = cloud(scratch, "up", "optimus-prod", QLZ_SAYS="1", **job)
    assert code == 1
    told = scratch.told.read_text()
    assert "pulumi up" not in told
    assert "TIGHTENING" not in told


def test_a_run_that_knows_no_commit_says_of_nothing_that_it_tightens(scratch: Scratch) -> None:
    job = {**tightened(scratch), "QLZ_SINCE": "", "QLZ_TIGHTENING": "optimus-prod"}
    assert cloud(scratch, "up", "optimus-prod", **job)[0] == 0
    assert "TIGHTENING" not in scratch.told.read_text()
    assert cloud(scratch, "up", "optimus-prod", **{**job, "QLZ_SINCE": "main"})[0] == 2


def test_an_older_commit_is_not_applied_over_a_later_one(scratch: Scratch) -> None:
    job = tightened(scratch)
    later = scratch.git("rev-parse", "HEAD")
    scratch.git("checkout", "-q", "--detach", job["QLZ_SINCE"])
    code, said = cloud(scratch, "up", "optimus-prod", HISTORY=json.dumps([entry(later)]))
    assert code == 1
    assert "later than this commit" in said
    assert "pulumi up" not in scratch.told.read_text()


@pytest.mark.parametrize("history", ["", "{}", "error: no stack named"])
def test_a_history_that_cannot_be_read_stops_an_apply(scratch: Scratch, history: str) -> None:
    assert cloud(scratch, "up", "dev", HISTORY=history or " ")[0] == 2
    assert "pulumi up" not in scratch.told.read_text()


def test_drift_is_looked_for_in_the_files_and_in_the_cloud(scratch: Scratch) -> None:
    assert cloud(scratch, "drift", "optimus-dev")[0] == 0
    preview, refresh = (line for line in scratch.told.read_text().splitlines() if line.startswith("pulumi "))
    assert "--expect-no-changes" in preview
    assert "refresh" in refresh
    assert "--preview-only" in refresh
    assert cloud(scratch, "drift", "optimus-dev", PULUMI_SAYS="255")[0] == 255


def test_an_identity_on_azure(scratch: Scratch) -> None:
    client = "11111111-2222-4333-8444-555555555555"
    code, said = cloud(scratch, "up", "catalyst-dev", QLZ_CLIENT_ID=client, QLZ_STATE="azblob://states")
    assert code == 0, said
    told = scratch.told.read_text()
    assert f"ARM_CLIENT_ID={client}" in told
    assert "ARM_OIDC_TOKEN=a-token" in told
    assert "ARM_SUBSCRIPTION_ID=b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f02" in told
    assert "AWS_ROLE_ARN" not in told
    assert "audience=api://AzureADTokenExchange" in told


def test_tokens_are_neither_shown_nor_kept(scratch: Scratch) -> None:
    before = set(scratch.root.parent.iterdir())
    _, said = cloud(scratch, "preview", "optimus-dev", QLZ_STATE_ROLE=STATE_ROLE)
    assert "a-token" not in said
    assert "request-token" not in said + scratch.told.read_text()
    assert set(scratch.root.parent.iterdir()) == before


def test_gitlab_brings_its_token(scratch: Scratch) -> None:
    plain = {"GITHUB_ACTIONS": "", "QLZ_AWS_TOKEN": "from-gitlab", "CI_PIPELINE_ID": "7"}
    assert cloud(scratch, "preview", "optimus-dev", **plain)[0] == 0
    assert "the token: from-gitlab" in scratch.told.read_text()
    code, said = cloud(scratch, "preview", "optimus-dev", GITHUB_ACTIONS="")
    assert code == 2
    assert "has no token of its CI system" in said


def test_a_signed_in_connection_is_used_as_it_is(scratch: Scratch) -> None:
    assert cloud(scratch, "preview", "optimus-dev", AWS_SESSION_TOKEN="of the connection")[0] == 0
    told = scratch.told.read_text()
    assert "AWS_ROLE_ARN" not in told
    assert "curl" not in told


def test_the_organization_needs_its_own_role(scratch: Scratch) -> None:
    code, said = cloud(scratch, "up", "organization")
    assert code != 0
    assert "QLZ_ORGANIZATION_ROLE" in said
    role = "arn:aws:iam::999900001111:role/organization"
    more = {"QLZ_ORGANIZATION_ROLE": role, "QLZ_AUDIENCE_OF_CI": "sts.amazonaws.com"}
    assert cloud(scratch, "up", "organization", **more)[0] == 0
    assert f"AWS_ROLE_ARN={role}" in scratch.told.read_text()


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (("destroy", "dev"), {}, "no such operation"),
        (("preview", "../dev"), {}, "not the name of a stack"),
        (("preview", "nowhere"), {}, "there is no stack"),
        (("preview", "dev"), {"QLZ_STATE": ""}, "QLZ_STATE"),
        (("preview", "dev"), {"ACTIONS_ID_TOKEN_REQUEST_URL": ""}, "id-token: write"),
        (("preview", "catalyst-dev"), {}, "QLZ_CLIENT_ID"),
        (("preview",), {}, "needs preview"),
    ],
)
def test_what_is_missing_stops_it(
    scratch: Scratch, words: tuple[str, ...], env: dict[str, str], expected: str
) -> None:
    code, said = cloud(scratch, *words, **env)
    assert code != 0
    assert expected in said
    assert "pulumi" not in scratch.told.read_text()


def test_without_a_pack_nothing_runs(scratch: Scratch) -> None:
    shutil.rmtree(scratch.root / "policy_packs")
    code, said = cloud(scratch, "preview", "dev")
    assert code == 2
    assert "no policy pack" in said


def test_a_failing_stack_stops_no_other_and_is_told(scratch: Scratch) -> None:
    text = (scratch.root / "stacks/Pulumi.dev.yaml").read_text()
    for old, new in (
        ("kind: github", "kind: gitlab"),
        ("https://token.actions.githubusercontent.com", "https://gitlab.example.org"),
        ('        repository_id: "246813579"\n        owner_id: "987654"\n', ""),
    ):
        text = text.replace(old, new)
    scratch.write("stacks/Pulumi.dev.yaml", text)
    project = (scratch.root / "stacks/Pulumi.optimus-dev.yaml").read_text()
    project = project.replace("kind: github", "kind: gitlab").replace(
        "environment: dev\n    results", "branch: dev\n    results"
    )
    project = project.replace('      repository_id: "123456789"\n      owner_id: "987654"\n', "")
    scratch.write("stacks/Pulumi.optimus-dev.yaml", project)
    scratch.write("pipelines/steps/install-pulumi.sh", f"#!/bin/sh\necho {scratch.root / 'bin'}\n")
    env = {
        **GITHUB,
        "GITHUB_ACTIONS": "",
        "QLZ_AWS_TOKEN": "from-gitlab",
        "QLZ_STATE_AWS": "s3://states",
        "PULUMI_SAYS": "1",
    }
    branch = [str(scratch.root / "pipelines/steps/branch.sh"), "preview"]
    done = scratch.call([*branch, "dev-plan"], env)
    assert done.returncode == 1, done.stderr
    assert "failed: dev optimus-dev" in done.stderr
    assert scratch.call([*branch, "dev-plan"], {**env, "PULUMI_SAYS": "0"}).returncode == 0
    done = scratch.call([*branch, "main"], env)
    assert (done.returncode, "nothing to do" in done.stderr) == (0, True)
    told = scratch.told.read_text()
    assert scratch.call([*branch, ""], env).returncode == 2  # a tag: no branch, not every branch
    assert scratch.told.read_text() == told
    scratch.write("stacks/Pulumi.dev.yaml", "config: [")
    assert scratch.call([*branch, "dev-plan"], env).returncode == 2

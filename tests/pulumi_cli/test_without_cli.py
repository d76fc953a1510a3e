"""What can be said about the runner where no Pulumi CLI is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal.child_environment import child_environment
from rehearsal.engine.errors import BadState, WrongPassphrase
from rehearsal.engine.passphrase import Passphrase
from rehearsal.pulumi_cli import MINIMUM, CliError, CliMissing, CliTooOld, PulumiCli
from rehearsal.pulumi_cli.events import EventLog
from rehearsal.pulumi_cli.project_copy import copy_project
from rehearsal.pulumi_cli.resealing import resealed

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AZURE_CLIENT_SECRET",
    "ARM_CLIENT_SECRET",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "GITHUB_TOKEN",
    "http_proxy",
    "SOMETHING_ELSE",
)


def fake_cli(folder: Path, version: str, *, host: bool = True) -> str:
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    if host:
        (folder / "pulumi-language-python").write_text("#!/bin/sh\n")
        (folder / "pulumi-language-python").chmod(0o755)
    return str(folder)


def test_the_environment_is_an_allow_list() -> None:
    base = {**dict.fromkeys(CREDENTIALS, "x"), "PATH": "/bin", "LC_ALL": "C.UTF-8", "SSL_CERT_FILE": "/c"}
    base["QLZ_TIGHTENING"] = "sandbox"
    assert child_environment({"MORE": "1"}, base=base) == {
        "QLZ_TIGHTENING": "sandbox",
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "SSL_CERT_FILE": "/c",
        "MORE": "1",
    }


def test_a_missing_cli_is_none_and_says_how_to_get_it(tmp_path: Path) -> None:
    assert PulumiCli.find(str(tmp_path)) is None
    with pytest.raises(
        CliMissing, match=rf"Install the Pulumi CLI {MINIMUM}(.|\n)*embedded engine needs nothing"
    ):
        PulumiCli.require(str(tmp_path))


@pytest.mark.parametrize("version", [f"v{MINIMUM}", "v3.260.0", "v4.0.0", "v3.300.0-alpha.1"])
def test_a_cli_of_a_tried_version_is_taken(tmp_path: Path, version: str) -> None:
    cli = PulumiCli.require(fake_cli(tmp_path / "bin", version))
    assert cli.version == version.removeprefix("v")


@pytest.mark.parametrize("version", ["v3.100.0", "dev", ""])
def test_an_old_or_unknown_cli_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(CliTooOld, match=MINIMUM):
        PulumiCli.find(fake_cli(tmp_path / "bin", version))


def test_a_cli_without_its_language_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CliMissing, match="pulumi-language-python"):
        PulumiCli.find(fake_cli(tmp_path / "bin", "v3.260.0", host=False))


def test_the_copy_holds_the_program_and_nothing_private(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in (
        "Pulumi.yaml",
        "__main__.py",
        "components/a/b.py",
        "components/tests/kept.py",
        "components/a/__pycache__/b.pyc",
        "policy_packs/baseline/PulumiPolicy.yaml",
        "stacks/Pulumi.dev.yaml",
        ".git/config",
        ".qlz/state.json",
        ".env",
        ".venv/bin/python",
        "tests/test_a.py",
        "x.egg-info/PKG-INFO",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    target = root / ".qlz" / "pulumi-cli" / "run" / "project"
    copy_project(root, target)
    files = sorted(
        str(p.relative_to(target)) for p in target.rglob("*") if p.is_file() and not p.is_symlink()
    )
    assert [f for f in files if not f.startswith(".venv/")] == [
        "Pulumi.yaml",
        "__main__.py",
        "components/a/b.py",
        "components/tests/kept.py",
        "policy_packs/baseline/PulumiPolicy.yaml",
        "stacks/Pulumi.dev.yaml",
    ]
    assert (target / ".venv").is_symlink()
    assert (target / ".venv").resolve() == root / ".venv"


def log(folder: Path, *events: dict[str, object]) -> EventLog:
    path = folder / "events.jsonl"
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return EventLog(path)


@pytest.mark.parametrize(
    ("events", "succeeded"),
    [
        ([], False),
        ([{"summaryEvent": {"result": "failed"}}], False),
        ([{"cancelEvent": {}}], False),
        ([{"summaryEvent": {"result": "succeeded"}}], True),
    ],
)
def test_only_a_summary_that_says_so_is_success(
    tmp_path: Path, events: list[dict[str, object]], succeeded: bool
) -> None:
    assert log(tmp_path, *events).succeeded is succeeded


def test_a_pack_that_is_not_in_the_summary_did_not_run(tmp_path: Path) -> None:
    packs = {"names|local|/tmp/long/.../packs/names": "", "service-pack": "1"}
    events = log(tmp_path, {"summaryEvent": {"result": "succeeded", "PolicyPacks": packs}})
    assert events.ran(Path("/tmp/long/way/down/packs/names"))
    assert not events.ran(Path("/tmp/long/way/down/packs/other"))
    assert not events.ran(Path("/tmp/long/way/down/others/names"))


def test_a_log_that_was_never_written_is_no_success(tmp_path: Path) -> None:
    assert not EventLog(tmp_path / "absent").succeeded


def policy_event(level: str, message: str) -> dict[str, object]:
    return {
        "policyEvent": {
            "resourceUrn": "urn",
            "policyName": "p",
            "policyPackName": "pack",
            "policyPackVersion": "1",
            "enforcementLevel": level,
            "message": message,
        }
    }


def test_a_policy_that_could_not_decide_counts_as_a_no(tmp_path: Path) -> None:
    undecided = (
        "can't run policy 'p' from policy pack 'pack@v1' during preview: string value at .a can't be known"
    )
    no, advice, open_ = log(
        tmp_path,
        policy_event("mandatory", "<{%reset%}>Keys rotate.\nThis one does not.<{%reset%}>"),
        policy_event("advisory", "Keys rotate.\nThis one does not."),
        policy_event("advisory", undecided),
    ).violations()
    assert (no.level, no.description, no.message) == ("mandatory", "Keys rotate.", "This one does not.")
    assert advice.level == "advisory"
    assert (open_.level, open_.undecided, open_.message) == ("mandatory", True, undecided)


SEALED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def test_a_state_is_sealed_again_with_another_passphrase() -> None:
    old = Passphrase.fresh("old")
    state = {
        "version": 3,
        "deployment": {
            "secrets_providers": {"type": "passphrase", "state": {"salt": old.salt}},
            "resources": [{"inputs": {"list": [{**SEALED, "ciphertext": old.seal('"word"')}]}}],
        },
    }
    taken = resealed(state, "old", "new")["deployment"]
    new = Passphrase("new", taken["secrets_providers"]["state"]["salt"])
    secret = taken["resources"][0]["inputs"]["list"][0]
    assert new.open(secret["ciphertext"]) == '"word"'
    assert "word" not in json.dumps(taken)
    with pytest.raises(WrongPassphrase):
        resealed(state, "wrong", "new")
    with pytest.raises(BadState):
        resealed({"deployment": {"secrets_providers": {"type": "cloud"}}}, "old", "new")


def test_the_passphrase_is_made_once_and_private(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    cli = PulumiCli.require(fake_cli(tmp_path / "bin", "v3.260.0"))
    with cli.open(root, tmp_path / "home", {}) as project:
        first = project.passphrase
        with pytest.raises(CliError, match="no policy pack"):
            project._in_copy(Path("nowhere"))
    with cli.open(root, tmp_path / "home", {}) as project:
        assert project.passphrase == first
    assert len(first) >= 32
    assert (tmp_path / "home" / "pulumi-cli" / "passphrase").stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "home" / "pulumi-cli").glob("run-*"))

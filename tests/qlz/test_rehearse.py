"""The main job, as commands: up, again, export, destroy, and what happens when the local cloud is gone."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable

import pytest

from rehearsal.local_cloud import LocalCloud
from tests.qlz.conftest import Workplace

BOTH = ("sandbox", "optimus-sandbox")


@pytest.fixture(scope="module")
def lived_in(make_workplace: Callable[[], Workplace]) -> Workplace:
    """A project whose two stacks are up. Tests in this module leave it so."""
    work = make_workplace()
    ran = work.qlz("rehearse", "up", *BOTH, "--json")
    assert ran.code == 0, ran.err
    document = ran.document
    assert [stack["stack"] for stack in document["stacks"]] == ["sandbox", "optimus-sandbox"]
    assert all(set(stack["changes"]) == {"create"} for stack in document["stacks"])
    return work


def test_up_again_changes_nothing(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "up", *reversed(BOTH), "--json")
    assert ran.code == 0, ran.err
    assert [stack["stack"] for stack in ran.document["stacks"]] == list(BOTH), "environments come first"
    assert all(set(stack["changes"]) == {"same"} for stack in ran.document["stacks"])
    assert "nothing to change" in ran.err


def test_the_second_preview_is_empty(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "preview", *BOTH, "--json")
    assert ran.code == 0, ran.err
    assert all(set(stack["changes"]) == {"same"} for stack in ran.document["stacks"])


def test_the_summary_says_where_things_live(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "preview", "optimus-sandbox")
    for label in ("Data", "Keys", "Logs"):
        (line,) = [line for line in ran.err.splitlines() if line.strip().startswith(label)]
        assert line.rstrip().endswith(".")
    assert ran.out == "", "text for people goes to stderr"


def test_what_is_only_recorded_is_reported(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "up", "sandbox", "--json")
    assert "rotationPeriodInDays" in ran.document["recorded_only"]["aws:kms/key:Key"]
    assert "rotationPeriodInDays" in ran.err


def test_export_is_a_deployment_without_plain_secrets(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "export", "sandbox")
    assert ran.code == 0, ran.err
    deployment = ran.document
    assert deployment["version"] == 3
    assert deployment["deployment"]["secrets_providers"]["type"] == "passphrase"
    assert len(deployment["deployment"]["resources"]) > 30
    passphrase = (lived_in.home / "embedded" / "passphrase").read_text(encoding="utf-8")
    assert passphrase not in ran.out + ran.err


def test_destroy_refuses_what_is_protected_and_deletes_nothing(lived_in: Workplace) -> None:
    before = lived_in.qlz("rehearse", "export", "optimus-sandbox").document["deployment"]["resources"]
    ran = lived_in.qlz("rehearse", "destroy", "optimus-sandbox")
    assert ran.code == 1
    assert "s3 Bucket results" in ran.err
    assert "--decommission" in ran.err
    after = lived_in.qlz("rehearse", "export", "optimus-sandbox").document["deployment"]["resources"]
    assert after == before


def test_an_environment_with_a_project_in_it_stays(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "destroy", "sandbox", "--decommission")
    assert ran.code == 1
    assert "still holds optimus-sandbox" in ran.err


def test_credentials_of_another_account_stop_the_run(lived_in: Workplace) -> None:
    ran = lived_in.qlz("rehearse", "up", "sandbox", "--account", "999988887777", "--json")
    assert ran.code == 1
    assert "999988887777" in ran.err
    assert "111122223333" in ran.err
    assert "Traceback" not in ran.err


def test_a_project_before_its_environment(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "up", "optimus-sandbox")
    assert ran.code == 3
    assert "sandbox" in ran.err
    assert "environment" in ran.err
    assert "Traceback" not in ran.err


def test_preview_of_both_before_anything_is_up(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "preview", *BOTH, "--json")
    assert ran.code == 0, ran.err
    assert all(set(stack["changes"]) == {"create"} for stack in ran.document["stacks"])
    assert not (workplace.home / "embedded" / "cloud.json").exists(), "a preview needs no local cloud"


@pytest.mark.parametrize("surroundings", [{}, {"PULUMI_DRY_RUN": "false"}], ids=["plain", "of an update"])
def test_preview_of_what_waits_for_the_cloud_before_anything_is_up(
    workplace: Workplace, surroundings: dict[str, str]
) -> None:
    """Whatever another operation left in the environment."""
    ran = workplace.qlz("rehearse", "preview", "prod-optimus", "optimus-prod", "--json", **surroundings)
    assert ran.code == 3, ran.err
    environment, project = ran.document["stacks"]
    assert environment["result"] == "ok"
    assert set(project["changes"]) == {"create"}
    assert project["changes"]["create"] > 50
    found = project["violations"]
    assert found
    assert [each["message"] for each in found if not each["urn"].endswith("::private-lock")] == []
    assert all(violation["undecided"] for violation in found)


def test_a_dead_cloud_is_noticed_and_rebuilt(make_workplace: Callable[[], Workplace]) -> None:
    work = make_workplace()
    assert work.qlz("rehearse", "up", "sandbox").code == 0
    cloud = LocalCloud.find(work.home / "embedded")
    assert cloud is not None
    os.kill(cloud.pid, signal.SIGKILL)
    os.waitpid(cloud.pid, 0) if _is_child(cloud.pid) else None

    exported = work.qlz("rehearse", "export", "sandbox")
    assert exported.code == 3, "a state whose cloud is gone is not an answer"

    ran = work.qlz("rehearse", "up", "sandbox", "--json")
    assert ran.code == 0, ran.err
    assert set(ran.document["stacks"][0]["changes"]) == {"create"}
    kept = list((work.home / "embedded" / "stale").rglob("sandbox.json"))
    assert len(kept) == 1
    assert json.loads(kept[0].read_text(encoding="utf-8"))["deployment"]["resources"]


def _is_child(pid: int) -> bool:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def test_the_exit_leaves_only_what_must_be_kept(make_workplace: Callable[[], Workplace]) -> None:
    work = make_workplace()
    assert work.qlz("rehearse", "up", *BOTH).code == 0
    ran = work.qlz("rehearse", "destroy", *BOTH, "--decommission", "--json")
    assert ran.code == 0, ran.err
    destroyed = [stack for stack in ran.document["stacks"] if stack["operation"] == "destroy"]
    assert [stack["stack"] for stack in destroyed] == ["optimus-sandbox", "sandbox"]
    kept = {entry["urn"].rpartition("::")[2] for entry in destroyed[1]["kept"]}
    assert "trail" in kept
    assert "kept" in ran.err
    text = (work.root / "stacks/Pulumi.sandbox.yaml").read_text(encoding="utf-8")
    assert "lifecycle: active" in text, "the user's own file is not changed"

    again = work.qlz("rehearse", "up", "sandbox")
    assert again.code == 3, "what was kept is in the way, as it would be on a real cloud"
    assert "BucketAlreadyOwnedByYou" in again.err
    assert "--fresh" in again.err
    assert work.qlz("rehearse", "up", "sandbox", "--fresh").code == 0

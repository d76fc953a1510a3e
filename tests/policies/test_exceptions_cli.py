"""Under the real Pulumi CLI, and in `qlz check` alike: an exception lets what it names through, and is told.

The pack holds a few controls only, so that a program of one log group has nothing else to answer for.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policy_packs.controls.exceptions import TIGHTENING
from qlz.app import app
from tests.policies.test_real_cli import HEAD, SENTENCES, STACK, Run, run
from tests.spec.exceptions import changed

pytestmark = [
    pytest.mark.cli,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]
TODAY = datetime.now(UTC).date()
FILE = "stacks/exceptions/simulation-log.yaml"
OTHER = "stacks/exceptions/simulation-key.yaml"
COMPLIES = HEAD + SENTENCES
PROGRAM = f"""{COMPLIES}
aws.cloudwatch.LogGroup("simulation", name="simulation", tags=tags, opts=here)
"""
CONTROLS = ("qlz-l1-log-retention", "qlz-k2-customer-keys")
USED, UNUSED, VALID = (f"qlz-g4-exceptions-{word}" for word in ("used", "unused", "valid"))
PACK = """
from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.registry import all_controls

WANTED = ("qlz-l1-log-retention", "qlz-k2-customer-keys", "qlz-g4-exceptions-valid")


def analyzer():
    return Analyzer("baseline", "A few.", [each for each in all_controls() if each.id in WANTED])
"""
_TOLD = re.compile(r"- \[(mandatory|advisory)\] \[severity: \w+\]\s+(qlz-[a-z0-9-]+)\s+\([^)]*: ([^):]+)\)")


def on_record(approved: int, expires: int, **fields: str) -> dict[str, str]:
    """Files that except what is wrong with the log group. approved, expires: days from today."""
    days = {
        "approved": f'"{TODAY + timedelta(days=approved)}"',
        "expires": f'"{TODAY + timedelta(days=expires)}"',
    }
    excepted = {
        file: changed(**{"control": control, **days, **fields})
        for file, control in zip((FILE, OTHER), CONTROLS, strict=True)
    }
    return {"policy_packs/baseline/policies.py": PACK, **excepted}


def told(done: Run) -> set[tuple[str, str, str]]:
    """Level, policy and resource, by the CLI."""
    return {(level, policy, name) for level, policy, name in _TOLD.findall(done.output)}


def checked(root: Path) -> set[tuple[str, str, str]]:
    """The same by `qlz check` of the folder that the CLI ran in."""
    done = CliRunner().invoke(app, ["check", STACK, "--root", str(root), "--format", "json"])
    report = json.loads(done.stdout)
    (stack,) = report["stacks"]
    ours = (*CONTROLS, USED, UNUSED, VALID)
    return {
        (each["level"], each["rule"], each["urn"].rpartition("::")[2] or f"qlz-{STACK}")
        for each in stack["findings"]
        if each["rule"] in ours
    }


def test_what_is_excepted_is_made_and_told(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM, leaves=True, files=on_record(-10, 60))
    assert (done.code, set(done.created)) == (0, {"freeze", "simulation"}), done.output
    assert told(done) == {("advisory", USED, "simulation")}
    for file, control in ((FILE, CONTROLS[0]), (OTHER, CONTROLS[1])):
        assert f"{USED}: {control}: simulation (aws:cloudwatch/logGroup:LogGroup): it " in done.output
        assert (
            f"Exception: {file}, owner optimus-team@example.org, approved by risk@example.org" in done.output
        )
    assert checked(tmp_path) == told(done)


def test_what_expired_is_not(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM, leaves=True, files=on_record(-60, -1))
    assert (done.code != 0, done.created) == (True, ()), done.output
    assert {("mandatory", control, "simulation") for control in CONTROLS} <= told(done)
    assert told(done) <= checked(tmp_path)
    assert ("mandatory", VALID, f"qlz-{STACK}") in checked(tmp_path)


def test_what_expired_stops_no_change_of_which_the_operator_says_that_it_tightens(tmp_path: Path) -> None:
    files, says = on_record(-60, -1), {TIGHTENING: STACK}
    done = run(tmp_path, PROGRAM, leaves=True, files=files, variables=says)
    assert (done.code, set(done.created)) == (0, {"freeze", "simulation"}), done.output
    assert told(done) == {("advisory", USED, "simulation")}
    assert f"it expired, and counts only because {TIGHTENING} says that the change tightens" in done.output


def test_what_is_malformed_stops_every_stack(tmp_path: Path) -> None:
    """Whose it is cannot be told; nor does the operator's word help."""
    files, says = on_record(-10, 60, stack="optimus-sandboks"), {TIGHTENING: STACK}
    done = run(tmp_path, COMPLIES, leaves=True, files=files, variables=says)
    assert (done.code != 0, done.created) == (True, ()), done.output
    assert told(done) == {("mandatory", VALID, f"qlz-{STACK}")} == checked(tmp_path)
    assert f"{FILE}:3: stack: there is no stack optimus-sandboks" in done.output


def test_what_is_not_needed_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, COMPLIES, leaves=True, files=on_record(-10, 60))
    assert (done.code, done.created) == (0, ("freeze",)), done.output
    assert told(done) == {("advisory", UNUSED, f"qlz-{STACK}")} == checked(tmp_path)
    assert done.output.count("which has found nothing there that it can cover") >= 2

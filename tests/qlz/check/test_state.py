"""`--state FILE`: a deployment is judged as it is; one that cannot be read is refused and never passes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qlz.check.deployment import read_deployment
from qlz.check.options import CheckOptions
from qlz.check.report import STATE_RULE, Finding
from qlz.check.state import judged_state
from qlz.exit_codes import CommandError, ExitCode
from rehearsal.engine.policy_wire import SECRET, SIGNATURE, UNKNOWN

ROOT = Path(__file__).parents[3]
PROVIDER = "urn:pulumi:sandbox::qlz::pulumi:providers:aws::main"
BUCKET = "urn:pulumi:sandbox::qlz::aws:s3/bucket:Bucket::results"
SEALED = {SIGNATURE: SECRET, "ciphertext": "v1:abc=="}
Write = Callable[[object], Path]


def _deployment(*more: dict[str, Any], **parts: Any) -> Any:
    stack = "urn:pulumi:sandbox::qlz::pulumi:pulumi:Stack::qlz-sandbox"
    resources: list[dict[str, Any]] = [
        {"urn": stack, "type": "pulumi:pulumi:Stack", "custom": False},
        {
            "urn": PROVIDER,
            "type": "pulumi:providers:aws",
            "custom": True,
            "id": "p1",
            "inputs": {"region": "eu-west-2"},
        },
        {
            "urn": BUCKET,
            "type": "aws:s3/bucket:Bucket",
            "custom": True,
            "id": "results",
            "parent": stack,
            "provider": f"{PROVIDER}::p1",
            "inputs": {"bucket": SEALED, "acl": "public-read", "tags": {"a": "b"}, "__defaults": []},
            "outputs": {"bucket": SEALED, "arn": "arn:aws:s3:::results"},
            "propertyDependencies": {"bucket": None},
        },
        *more,
    ]
    return {"version": 3, "deployment": {"manifest": {}, "resources": resources, **parts}}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(data: object) -> Path:
        path = tmp_path / "state.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return to_file


def _judged(path: Path, *stacks: str) -> list[Finding]:
    (report,) = judged_state(ROOT, CheckOptions(stacks=stacks, state=path)).stacks
    assert report.stack == "sandbox"
    return list(report.findings)


def test_what_is_deployed_is_judged_by_its_inputs_and_as_a_whole(write: Write) -> None:
    found = _judged(write(_deployment()))
    about = {finding.rule for finding in found if finding.urn == BUCKET}
    assert "qlz-l7-protected" in about
    assert any(finding.verdict == "fail" and finding.level == "mandatory" for finding in found)
    assert {finding.file for finding in found} == {"stacks/Pulumi.sandbox.yaml"}


def test_the_environment_is_afterwards_as_it_was(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this process does next is not about what is deployed, nor about a change that tightens."""
    for said in ({}, {"PULUMI_DRY_RUN": "true", "QLZ_TIGHTENING": "optimus-sandbox"}):
        for name in ("PULUMI_DRY_RUN", "QLZ_TIGHTENING"):
            monkeypatch.delenv(name, raising=False)
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        before = dict(os.environ)
        _judged(write(_deployment()))
        assert dict(os.environ) == before


def test_sealed_secrets_stay_unread_and_never_pass_for_known(write: Write) -> None:
    (_, _, bucket) = read_deployment(write(_deployment())).resources
    for shown in (bucket.inputs.properties, bucket.outputs.properties):
        envelope = shown.fields["bucket"].struct_value.fields
        assert envelope[SIGNATURE].string_value == SECRET
        assert envelope["value"].string_value == UNKNOWN
    open_secret = {SIGNATURE: SECRET, "plaintext": '"hunter2-hunter2"'}
    shown = _deployment()
    shown["deployment"]["resources"][2]["inputs"]["bucket"] = open_secret
    told = " ".join(finding.message for finding in _judged(write(shown)))
    assert "hunter2" not in told


def test_deleted_and_read_resources_are_not_the_stacks(write: Write) -> None:
    going = {"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "custom": True, "id": "old", "delete": True}
    read = {**going, "delete": False, "external": True}
    assert len(read_deployment(write(_deployment(going, read))).resources) == 3


def test_an_interrupted_operation_is_not_decided(write: Write) -> None:
    pending = [{"resource": {"urn": BUCKET}, "type": "creating"}]
    (finding,) = (
        each for each in _judged(write(_deployment(pending_operations=pending))) if each.rule == STATE_RULE
    )
    assert (finding.verdict, finding.level, finding.urn) == ("undecided", "mandatory", BUCKET)


@pytest.mark.parametrize("mark", ["delete", "pendingReplacement"])
def test_what_is_half_replaced_is_not_decided(mark: str, write: Write) -> None:
    half = {"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "custom": True, "id": "old", mark: True}
    (finding,) = (each for each in _judged(write(_deployment(half))) if each.rule == STATE_RULE)
    assert (finding.verdict, finding.level, finding.urn) == ("undecided", "mandatory", BUCKET)


FORM = "not in a deployment's form"
DEEP = json.dumps(_deployment()).replace('"acl": "public-read"', f'"acl": {"[" * 90}{"]" * 90}')
BAD: dict[str, tuple[object, str]] = {
    "nothing": ("", "is not JSON"),
    "no JSON": ("{", "is not JSON"),
    "too deep for JSON": ("[" * 100_000, "is not JSON"),
    "a list": ([], "is no exported deployment"),
    "another document": ({"version": 3}, "is no exported deployment"),
    "a version to come": ({**_deployment(), "version": 4}, "is of version 4"),
    "an empty stack": ({"version": 3, "deployment": {"resources": None}}, "holds no resources"),
    "two stacks": (
        _deployment({"urn": "urn:pulumi:dev::qlz::a:b:C::d", "type": "a:b:C"}),
        "more than one stack",
    ),
    "a resource that is none": (
        {"version": 3, "deployment": {"resources": [7]}},
        FORM,
    ),
    "no type": (
        {"version": 3, "deployment": {"resources": [{"urn": PROVIDER}]}},
        FORM,
    ),
    "no URN": (
        {"version": 3, "deployment": {"resources": [{"urn": "x", "type": "a:b:C"}]}},
        FORM,
    ),
    "inputs that are none": (
        _deployment({"urn": f"{BUCKET}2", "type": "a:b:C", "inputs": [1]}),
        FORM,
    ),
    "a number that is none": (
        json.dumps(_deployment()).replace('"public-read"', "NaN"),
        FORM,
    ),
    "nested too deep": (DEEP, FORM),
    "another project": (
        json.dumps(_deployment()).replace("::qlz::", "::other::"),
        "is a deployment of the project 'other'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_deployment_of_this_project_is_refused(case: str, write: Write) -> None:
    data, said = BAD[case]
    with pytest.raises(CommandError) as caught:
        _judged(write(data))
    assert caught.value.code is ExitCode.BAD_INPUT
    assert said in caught.value.message
    assert caught.value.fix


def test_a_deployment_of_another_stack_than_named_is_refused(write: Write) -> None:
    with pytest.raises(CommandError, match="not of dev"):
        _judged(write(_deployment()), "dev")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        _judged(tmp_path / "none.json")

"""Notebooks, asked for and closed off (T2, I8, K2): none without a word, and no way past what holds them."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.network import NetworkArgs
from components.braket.notebooks import NotebookArgs
from components.braket.operators import PROJECT_APPLY
from components.braket.private_lock import PrivateAccess
from tests.components.conftest import PLACE, SV1, roles_of, run_environment, run_project
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT, Run

NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
ACCESS = PrivateAccess({"eu-west-2": "vpce-1"}, {"eu-west-2": "vpc-1"}, False, "subnet-1", "sg-1")
ASKED: dict[str, Any] = {
    "private": ACCESS,
    "notebook": NotebookArgs(idle_minutes=30),
    "key_administrators": (PLACE.role_arn(PROJECT_APPLY),),
    "archive_days": 180,
}
OWN = f"arn:aws:sagemaker:eu-west-2:{ACCOUNT}:notebook-instance/amazon-braket-optimus-sandbox"
THEIRS = OWN.replace("optimus", "borealis")
OPEN = "sagemaker:CreatePresignedNotebookInstanceUrl"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1"


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def made(request: pytest.FixtureRequest) -> Run:
    return run_project(preview=request.param, **ASKED)


@pytest.fixture(scope="module")
def above() -> Run:
    return run_environment(network=NetworkArgs("10.40.0.0/20"), notebooks=True)


@pytest.fixture(scope="module")
def roles(above: Run) -> dict[str, Role]:
    return roles_of(run_project(**ASKED), above.one("aws:iam/policy:Policy", "boundary").document("policy"))


@pytest.fixture(scope="module")
def apply(above: Run) -> Role:
    return replace(roles_of(above, {})[PROJECT_APPLY], boundary=None)


def test_it_is_closed(made: Run) -> None:
    told = made.one(NOTEBOOK, "notebook").inputs
    assert told["name"] == "amazon-braket-optimus-sandbox"
    assert (told["directInternetAccess"], told["rootAccess"]) == ("Disabled", "Disabled")
    assert (told["subnetId"], told["securityGroups"]) == ("subnet-1", ["sg-1"])
    assert told["instanceMetadataServiceConfiguration"] == {"minimumInstanceMetadataServiceVersion": "2"}
    assert "kmsKeyId" in {*told, *made.one(NOTEBOOK, "notebook").unknown}
    assert told["lifecycleConfigName"] == told["name"]


def test_it_comes_after_what_holds_it_and_is_opened_last(made: Run) -> None:
    before = made.before(made.one(NOTEBOOK, "notebook"))
    names = {urn.rpartition("::")[2] for urn in before}
    assert {"notebook-region-lock", "notebook-device-lock", "notebook-submit", "notebook-notebook"} <= names
    use = made.one("aws:iam/rolePolicy:RolePolicy", "researcher-notebook")
    assert made.one(NOTEBOOK, "notebook").urn in made.before(use)


def test_without_a_word_there_is_none_and_nobody_could_use_one(roles: dict[str, Role]) -> None:
    found = run_project(**{**ASKED, "notebook": None})
    assert not found.all(NOTEBOOK)
    assert "CreateGrant" not in found.one("aws:kms/key:Key", "project").inputs["policy"]
    plain = run_environment(network=NetworkArgs("10.40.0.0/20"))
    assert "sagemaker" not in plain.one("aws:iam/policy:Policy", "boundary").inputs["policy"]
    assert not [p for p in plain.all("aws:iam/policy:Policy") if "sagemaker:" in p.inputs["policy"]]
    bare = roles_of(found, plain.one("aws:iam/policy:Policy", "boundary").document("policy"))
    assert not bare["researcher"].may(OPEN, OWN)


def test_researchers_open_their_own(roles: dict[str, Role]) -> None:
    assert roles["researcher"].may(OPEN, OWN)
    assert not roles["researcher"].may(OPEN, THEIRS)
    for kind in ("auditor", "pipeline", "job", "elevated", "notebook"):
        assert not roles[kind].may(OPEN, OWN), kind
    for action in ("CreateNotebookInstance", "UpdateNotebookInstance", "DeleteNotebookInstance"):
        assert not any(role.may(f"sagemaker:{action}", OWN) for role in roles.values()), action
    wide = roles["researcher"].with_policies(
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}], "Version": "2012-10-17"}
    )
    assert not wide.may(OPEN, THEIRS), "whatever is granted, the boundary ends at the project's own"
    assert not wide.may("sagemaker:UpdateNotebookInstance", OWN)


def test_it_may_what_researchers_may_and_no_more(roles: dict[str, Role]) -> None:
    tag: dict[str, Any] = {"aws__RequestTag___project": "optimus", "aws__ResourceTag___project": "optimus"}
    inside: dict[str, Any] = {**tag, "aws__SourceVpce": "vpce-1"}
    assert roles["notebook"].may("braket:CreateQuantumTask", SV1, TASK, **inside)
    assert not roles["notebook"].may("braket:CreateQuantumTask", SV1, TASK, **tag), "from nowhere else"
    assert roles["notebook"].may("sagemaker:StopNotebookInstance", OWN)
    assert not roles["notebook"].may("sagemaker:StopNotebookInstance", THEIRS)
    for action in ("secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue"):
        secret = f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:qlz/sandbox/optimus/project-x"
        assert not roles["notebook"].may(action, secret)


CLOSED: dict[str, Any] = {
    "sagemaker__DirectInternetAccess": "Disabled",
    "sagemaker__RootAccess": "Disabled",
    "sagemaker__MinimumInstanceMetadataServiceVersion": "2",
    "sagemaker__VolumeKmsKey": KEY,
    "sagemaker__VpcSubnets": "subnet-1",
}


def test_the_pipeline_makes_closed_ones_and_opens_none(apply: Role) -> None:
    make = "sagemaker:CreateNotebookInstance"
    assert apply.may(make, OWN, **CLOSED)
    for name in CLOSED:
        assert not apply.may(make, OWN, **{key: value for key, value in CLOSED.items() if key != name}), name
    assert not apply.may(make, OWN, **{**CLOSED, "sagemaker__RootAccess": "Enabled"})
    assert apply.may("sagemaker:UpdateNotebookInstance", OWN)
    assert not apply.may("sagemaker:UpdateNotebookInstance", OWN, sagemaker__RootAccess="Enabled")
    assert not apply.may(OPEN, OWN)
    stem = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-"
    own, other = f"{stem}notebook", f"{stem}researcher"
    assert apply.may("iam:PassRole", own, iam__PassedToService="sagemaker.amazonaws.com")
    assert not apply.may("iam:PassRole", own, iam__PassedToService="ec2.amazonaws.com")
    assert not apply.may("iam:PassRole", other, iam__PassedToService="sagemaker.amazonaws.com")


THROUGH: dict[str, Any] = {
    "kms__ViaService": "sagemaker.eu-west-2.amazonaws.com",
    "kms__GrantIsForAWSResource": "true",
    "aws__ResourceTag___environment": "sandbox",
    "aws__ResourceTag___project": "optimus",
}


def test_a_grant_is_sagemakers_alone(apply: Role, made: Run) -> None:
    assert apply.may("kms:CreateGrant", KEY, **THROUGH)
    for name in THROUGH:
        assert not apply.may("kms:CreateGrant", KEY, **{k: v for k, v in THROUGH.items() if k != name}), name
    assert not apply.may("kms:CreateGrant", KEY, **{**THROUGH, "kms__GrantIsForAWSResource": "false"})
    document = made.one("aws:kms/key:Key", "project").document("policy")
    context = {key.replace("___", "/").replace("__", ":"): value for key, value in THROUGH.items()}
    for kind, allowed in ((PROJECT_APPLY, True), ("environment-apply", False), ("plan", False)):
        who = PLACE.role_arn(kind)
        request = Request("kms:CreateGrant", KEY, {**context, "aws:PrincipalArn": who}, who)
        assert (decide([document], request) == "allow") is allowed, kind


def test_others_of_the_environment_make_no_grants(above: Run) -> None:
    for kind, role in roles_of(above, {}).items():
        if kind != PROJECT_APPLY:
            assert not replace(role, boundary=None).may("kms:CreateGrant", KEY, **THROUGH), kind


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"private": None}, "private network"),
        ({"private": replace(ACCESS, subnet="")}, "private network"),
        ({"private": replace(ACCESS, group="")}, "private network"),
        ({"people_submit": False}, "one role, whoever sits at it"),
        ({"key_administrators": ()}, "needs a grant"),
    ],
)
def test_refused_where_it_could_not_be_held(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        run_project(**{**ASKED, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"idle_minutes": 9}, {"idle_minutes": 721}, {"volume_gb": 4}, {"instance_type": "t3.medium; rm"}],
)
def test_what_aws_refuses_is_refused_first(changes: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="NotebookArgs"):
        NotebookArgs(**changes)


def test_environments_hold_notebooks_in_a_network() -> None:
    with pytest.raises(ArgumentError, match="private network"):
        run_environment(notebooks=True)


def test_it_runs_a_script_that_can_be_run(made: Run, tmp_path: Path) -> None:
    scripts = made.one(
        "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
        "notebook",
    ).inputs
    text = base64.b64decode(scripts["onStart"]).decode()
    assert len(scripts["onStart"]) < 16384
    (tmp_path / "start").write_text(text)
    subprocess.run(["bash", "-n", str(tmp_path / "start")], check=True)
    look = text.partition("<<'END'\n")[2].partition("END\n")[0]
    compile(look, "look", "exec")
    assert 'MINUTES, NAME, REGION = 30, "amazon-braket-optimus-sandbox", "eu-west-2"' in look

"""The project's secret: set by some, read by others, and no value anywhere in the program (K1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.conftest import run_project
from tests.components.iam import Role
from tests.components.runner import ACCOUNT, Run

SECRET = f"arn:aws:secretsmanager:eu-west-2:{ACCOUNT}:secret:qlz/sandbox/optimus/secrets-aBcDeF"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
VIA: dict[str, Any] = {
    "kms__ResourceAliases": ["alias/qlz/sandbox/optimus"],
    "kms__ViaService": "secretsmanager.eu-west-2.amazonaws.com",
}
UPDATE = "secretsmanager:UpdateSecret"
READ, SET = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"


@pytest.fixture(scope="module")
def rules(up: Run) -> dict[str, Any]:
    return up.one("aws:secretsmanager/secretPolicy:SecretPolicy", "project").document("policy")


def test_who_sets_it_does_not_read_it(roles: dict[str, Role], rules: dict[str, Any]) -> None:
    for kind, role in roles.items():
        assert role.may(READ, SECRET, resource_policy=rules) is (kind in ("pipeline", "job")), kind
        assert role.may(SET, SECRET, resource_policy=rules) is (kind == "researcher"), kind
        for action in ("secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy"):
            assert not role.may(action, SECRET, resource_policy=rules)
    assert roles["pipeline"].may("kms:Decrypt", KEY, **VIA)
    assert roles["researcher"].may("kms:GenerateDataKey", KEY, **VIA)
    assert not roles["auditor"].may("kms:Decrypt", KEY, **VIA)


def test_another_projects_roles_and_administrators_stay_out(
    other_roles: dict[str, Role], rules: dict[str, Any]
) -> None:
    everything: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    admin = Role(f"arn:aws:iam::{ACCOUNT}:role/admin", (everything,), None, {})
    for action in (READ, SET):
        assert not any(role.may(action, SECRET) for role in other_roles.values()), "by their own rights"
        assert not admin.may(action, SECRET, resource_policy=rules)
    assert not admin.may(UPDATE, SECRET, resource_policy=rules), "sets values, too"
    assert admin.may("secretsmanager:PutResourcePolicy", SECRET, resource_policy=rules), "not locked away"


def test_who_makes_it_changes_it_and_cannot_give_it_a_value(
    operators: dict[str, Role], rules: dict[str, Any]
) -> None:
    apply = operators["project-apply"]
    assert apply.may(UPDATE, SECRET, resource_policy=rules)
    assert not apply.may(SET, SECRET, resource_policy=rules)
    key = {**VIA, "aws__ResourceTag___environment": "sandbox", "aws__ResourceTag___project": "optimus"}
    for action in ("kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"):
        assert not apply.may(action, KEY, **key)


def test_no_value_is_in_the_program(up: Run) -> None:
    assert {made.type for made in up.made if "secretsmanager" in made.type} == {
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
    }
    secret = up.one("aws:secretsmanager/secret:Secret", "project").inputs
    assert secret["name"] == "qlz/sandbox/optimus/secrets"
    assert secret["kmsKeyId"].endswith("-project")
    assert secret["recoveryWindowInDays"] == 30


def test_a_decommissioned_projects_secret_goes_at_once() -> None:
    gone = run_project(active=False).one("aws:secretsmanager/secret:Secret", "project")
    assert gone.inputs["recoveryWindowInDays"] == 0
    assert not gone.protect

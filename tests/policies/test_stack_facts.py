"""What controls know of a stack is what its file says, read by the one loader; else they know nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from components.azure_quantum.names import EnvironmentNames
from components.azure_quantum.policy import BUILT_IN
from components.spec import load_stack
from policy_packs.controls.azure_facts import reviewed, role_guid
from policy_packs.controls.control import CannotDecide
from policy_packs.controls.stack_facts import PROJECT_ROOT, read_facts
from tests.policies.azure_quantum.things import SUBSCRIPTION
from tests.policies.support import DM1, GITHUB, SV1


def effective(stack: str) -> dict[str, str]:
    """The configuration as an engine hands it out: texts, and JSON for what is not one."""
    config = load_stack(PROJECT_ROOT, stack).config
    return {
        key: value if isinstance(value, str) else json.dumps(_plain(value)) for key, value in config.items()
    }


def _plain(value: object) -> object:
    if isinstance(value, dict) or hasattr(value, "items"):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def test_an_environment() -> None:
    declared = read_facts("sandbox", effective("sandbox")).need()
    assert declared.is_environment
    assert (declared.level, declared.account, declared.region) == ("sandbox", "111122223333", "eu-west-2")
    assert declared.oidc_issuers == (GITHUB,)
    assert declared.audiences == ("sts.amazonaws.com",)
    assert declared.saml
    assert declared.alert_emails


def test_an_environments_own_roles_and_who_enters_them() -> None:
    declared = read_facts("sandbox", {}).need()
    stem = "arn:aws:iam::111122223333:role/qlz/sandbox/qlz-sandbox-"
    assert declared.own_roles[f"{stem}break-glass"] == "break-glass"
    assert declared.break_glass
    assert declared.ci
    assert len(set(declared.ci.places.values())) == 3
    assert read_facts("prod-optimus", {}).need().label == "prod"
    assert read_facts("prod-optimus", {}).need().also == ("eu-north-1",)
    assert not read_facts("optimus-sandbox", {}).need().own_roles


def test_the_organization() -> None:
    declared = read_facts("organization", {}).need()
    assert (declared.kind, declared.level, declared.account) == (
        "organization",
        "organization",
        "999900001111",
    )
    assert not declared.own_roles


def test_a_project() -> None:
    declared = read_facts("optimus-sandbox", {}).need()
    assert declared.is_project
    assert declared.project == "optimus"
    assert {device.arn for device in declared.devices} == {SV1, DM1}
    assert any(device.retired for device in declared.catalogue)
    assert declared.session_hours >= 1
    assert "/" in declared.repository
    assert declared.repository_id.isdigit()


def test_an_environment_on_azure() -> None:
    declared = read_facts("azure-prod-catalyst", effective("azure-prod-catalyst")).need()
    assert declared.cloud == "azure"
    assert declared.azure
    assert declared.azure.groups == ("qlz-prod", "qlz-prod---trail")
    assert declared.azure.operational_log.endswith("/workspaces/qlz-prod-operational")
    kinds = {declared.azure.role_kinds.get(row.role, "built-in") for row in declared.azure.grants}
    assert kinds == {"plan", "environment-apply", "project-apply", "responder", "break-glass", "built-in"}
    subjects = [subject for rows in declared.azure.credentials.values() for _, subject in rows]
    assert len(subjects) == len(set(subjects)) == 6
    assert {row.hours for row in declared.azure.elevations} == {8}
    assert declared.azure.emails


@pytest.mark.parametrize(("stack", "role"), [("catalyst-sandbox", "submit"), ("catalyst-prod", "metadata")])
def test_a_project_on_azure(stack: str, role: str) -> None:
    declared = read_facts(stack, effective(stack)).need()
    azure = declared.azure
    assert azure
    assert (declared.cloud, declared.project, azure.workspace) == ("azure", "catalyst", stack)
    assert set(azure.plans.items()) <= azure.offered
    people = azure.grants[0].who
    assert {azure.role_kinds[row.role] for row in azure.grants if row.who == people} == {role, "results"}
    assert all(row.scope == azure.group_ids[0] for row in azure.grants)
    assert azure.most_days
    assert azure.alarms


def test_what_the_components_build_is_called_as_the_controls_expect() -> None:
    """Made twice on purpose; were they to differ, every stack would be stopped."""
    names = EnvironmentNames("7e4a47aa-0000-4000-8000-000000000001", SUBSCRIPTION, "westeurope", "dev")
    for kind in reviewed()["roles"]:
        assert role_guid(SUBSCRIPTION, "dev", kind) == names.role_guid(kind)
    assert reviewed()["built_in"] == dict(BUILT_IN)


@pytest.mark.parametrize("stack", ["", "no-such-stack", "../sandbox"])
def test_no_such_stack_is_not_decided(stack: str) -> None:
    with pytest.raises(CannotDecide, match="what the stack declares could not be read"):
        read_facts(stack, {}).need()


def test_another_configuration_than_the_file_says_is_not_decided() -> None:
    given = effective("sandbox") | {"qlz:level": "prod"}
    facts = read_facts("sandbox", given)
    assert facts.declared is None
    assert "qlz:level" in facts.problem


def test_a_broken_file_is_not_decided(tmp_path: Path) -> None:
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.sandbox.yaml").write_text("config: [", encoding="utf-8")
    assert read_facts("sandbox", {}, tmp_path).declared is None

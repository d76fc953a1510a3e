"""The program: what a stack exports, what it reads of its environment, and how it fails."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Awaitable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.config import CONFIG, set_all_config

from components.program import ProgramError, build
from components.programs.project import EnvironmentFacts, build_project
from components.spec import ProjectStack, Tier, load_stack
from tests.components.runner import ACCOUNT, KEY_ID, Run, run

ROOT = Path(__file__).parents[2]
SANDBOX = "organization/qlz/sandbox"


def run_stack(name: str, **options: Any) -> Run:
    loaded = load_stack(ROOT, name)
    return run(lambda: build(loaded), stack=name, **options)


@pytest.fixture(scope="module")
def exports() -> dict[str, Any]:
    return run_stack("sandbox").exports


@pytest.fixture
def config() -> Iterator[None]:
    before = dict(CONFIG.get())
    yield
    set_all_config(before)


def test_the_environment_exports_what_projects_read(exports: dict[str, Any]) -> None:
    prefix = f"arn:aws:iam::{ACCOUNT}:"
    assert exports["account"] == ACCOUNT
    assert exports["region"] == "eu-west-2"
    assert exports["level"] == "sandbox"
    assert exports["boundaryArn"] == f"{prefix}policy/qlz/sandbox/qlz-sandbox-boundary"
    assert exports["samlProviderArn"] == f"{prefix}saml-provider/corporate"
    assert exports["oidcProviderArns"] == {
        "github": f"{prefix}oidc-provider/token.actions.githubusercontent.com"
    }
    assert exports["alertTopicArn"] == f"arn:aws:sns:eu-west-2:{ACCOUNT}:qlz-sandbox-alerts"
    assert exports["trailArn"] == f"arn:aws:cloudtrail:eu-west-2:{ACCOUNT}:trail/qlz-sandbox"
    assert exports["operationalLogGroupName"] == "/qlz/sandbox/operational"
    assert exports["securityLogGroupArn"].endswith(":log-group:/qlz/sandbox/security")
    assert set(exports["keyArns"]) == {"alerts", "jobs", "operational", "security", "trail"}


def test_exported_arns_are_those_of_the_policies_boundary(exports: dict[str, Any]) -> None:
    found = run_stack("sandbox")
    boundary = found.one("aws:iam/policy:Policy", "boundary").inputs
    made = f"arn:aws:iam::{ACCOUNT}:policy{boundary['path']}{boundary['name']}"
    assert exports["boundaryArn"] == made


@pytest.mark.parametrize("preview", [True, False])
def test_the_project_exports_roles_and_where_things_live(exports: dict[str, Any], preview: bool) -> None:
    found = run_stack("optimus-sandbox", references={SANDBOX: exports}, preview=preview)
    told = found.exports
    assert set(told["roleArns"]) == {"researcher", "pipeline", "auditor", "job", "elevated"}
    assert told["resultsBucket"] == f"amazon-braket-optimus-sandbox-{ACCOUNT}"
    assert told["resultsBucket"] in told["dataLivesIn"]
    assert "90 days" in told["dataLivesIn"]
    assert "amazon/sv1" in told["dataLivesIn"]
    assert told["keyAlias"] in told["keysLiveIn"]
    assert "/aws/braket/jobs" in told["logsLiveIn"]
    assert told["freezePolicyArn"].endswith("policy/qlz/sandbox/optimus/qlz-optimus-sandbox-freeze")
    if not preview:
        assert told["keyArn"] == f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{KEY_ID}-project"


def test_the_environment_says_who_administers_the_projects_key(exports: dict[str, Any]) -> None:
    apply = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-project-apply"
    for given in ([], [apply]):
        told = {**exports, "keyAdministratorArns": given}
        found = run_stack("optimus-sandbox", references={SANDBOX: told})
        key = found.one("aws:kms/key:Key", "project").document("policy")
        (administer,) = [row for row in key["Statement"] if row["Sid"] == "AdministerNotUse"]
        named = administer.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn")
        assert named == (apply if given else None)


def test_the_role_arns_are_those_of_the_roles(exports: dict[str, Any]) -> None:
    found = run_stack("optimus-sandbox", references={SANDBOX: exports})
    for role in found.all("aws:iam/role:Role"):
        arn = f"arn:aws:iam::{ACCOUNT}:role{role.inputs['path']}{role.inputs['name']}"
        assert found.exports["roleArns"][role.name] == arn


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"account": "999999999999"},
            "says aws.account 111122223333, but its environment sandbox has 999999999999",
        ),
        ({"region": "us-east-1"}, "says aws.region eu-west-2"),
        ({"level": "dev"}, "says level sandbox"),
        ({"boundaryArn": None}, "exports no boundaryArn"),
        ({"samlProviderArn": ""}, "has no SAML provider"),
        ({"oidcProviderArns": {}}, "has no OIDC provider for github"),
    ],
)
def test_a_wrong_environment_stops_it_before_anything_is_made(
    exports: dict[str, Any], changes: dict[str, Any], says: str
) -> None:
    given = {key: value for key, value in {**exports, **changes}.items() if value is not None}
    seen: list[str] = []
    loaded = load_stack(ROOT, "optimus-sandbox")

    async def program() -> Any:
        try:
            return await build(loaded)
        except ProgramError as error:
            seen.append(str(error))

    found = run(program, stack="optimus-sandbox", references={SANDBOX: given})
    assert says in seen[0]
    assert "fix:" in seen[0]
    assert not found.cloud
    assert not found.exports


@pytest.mark.parametrize("tier", [Tier.PRE_PRODUCTION, Tier.REGULATED_PRODUCTION])
def test_a_tier_with_a_private_network_is_refused_where_there_is_none(
    exports: dict[str, Any], tier: Tier
) -> None:
    stack = load_stack(ROOT, "optimus-sandbox").stack
    assert isinstance(stack, ProjectStack)
    demanding = stack.model_copy(update={"spec": stack.spec.model_copy(update={"tier": tier})})
    named = {field.name: exports[field.name] for field in fields(EnvironmentFacts) if field.name != "private"}
    for ranges in ({}, {"eu-north-1": "10.40.4.0/22"}):
        facts = EnvironmentFacts(**{**named, "networkRanges": ranges})
        with pytest.raises(ProgramError, match=r"private endpoints only, .*has no network in eu-west-2"):
            build_project(demanding, facts)


@pytest.mark.parametrize("preview", [True, False])
def test_the_regulated_project_comes_up_on_its_environment(preview: bool) -> None:
    told = run_stack("prod-optimus").exports
    assert told["networkRanges"] == {"eu-west-2": "10.40.0.0/22", "eu-north-1": "10.40.4.0/22"}
    found = run_stack("optimus-prod", references={"organization/qlz/prod-optimus": told}, preview=preview)
    lock = found.one("aws:iam/policy:Policy", "private-lock").document("policy")
    assert set(lock["Statement"][0]["Condition"]["StringNotEquals"]["aws:SourceVpce"]) == set(
        told["braketEndpointIds"].values()
    )
    key = found.one("aws:kms/externalKey:ExternalKey", "project")
    assert key.inputs["enabled"] is False
    assert "docs/own-key-material.md" in found.exports["keyNextStep"]
    assert "awaits key material" in found.exports["keysLiveIn"]
    assert "private endpoints" in found.exports["submittedThrough"]


def test_a_project_is_previewed_before_its_network_is_there() -> None:
    told = run_stack("prod-optimus").exports
    known = {key: value for key, value in told.items() if key not in ("vpcIds", "braketEndpointIds")}
    found = run_stack("optimus-prod", references={"organization/qlz/prod-optimus": known}, preview=True)
    lock = found.one("aws:iam/policy:Policy", "private-lock")
    assert "policy" in lock.unknown, "what is not known is not made up"
    assert found.exports["submittedThrough"]


@pytest.mark.parametrize("missing", ["vpcIds", "braketEndpointIds"])
def test_a_network_without_ids_stops_an_update(missing: str) -> None:
    told = {key: value for key, value in run_stack("prod-optimus").exports.items() if key != missing}
    seen: list[str] = []

    async def program() -> Any:
        try:
            return await build(load_stack(ROOT, "optimus-prod"))
        except ProgramError as error:
            seen.append(str(error))

    found = run(program, stack="optimus-prod", references={"organization/qlz/prod-optimus": told})
    assert f"exports no {missing}" in seen[0]
    assert not found.cloud


def program_file() -> Awaitable[Any] | None:
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
    return None


@pytest.mark.usefixtures("config")
def test_the_program_file_builds_the_stack_it_runs_for() -> None:
    given = load_stack(ROOT, "sandbox").config
    set_all_config({k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()})
    found = run(program_file, stack="sandbox")
    assert found.all("qlz:braket:Environment")
    assert found.exports["account"] == ACCOUNT


@pytest.mark.usefixtures("config")
def test_another_configuration_than_the_files_is_refused_in_words() -> None:
    given = dict(load_stack(ROOT, "sandbox").config)
    set_all_config(
        {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()} | {"qlz:level": "prod"}
    )
    with pytest.raises(pulumi.RunError, match="qlz:level"):
        run(program_file, stack="sandbox")


@pytest.mark.usefixtures("config")
def test_a_stack_without_a_file_is_refused_in_words() -> None:
    set_all_config({})
    with pytest.raises(pulumi.RunError, match="no-such-stack"):
        run(program_file, stack="no-such-stack")


@pytest.mark.parametrize(
    ("programs", "other"),
    [
        ("azure_environment azure_project", "pulumi_aws"),
        ("organization environment project", "pulumi_azure_native"),
    ],
)
def test_a_program_loads_the_sdk_of_its_own_cloud_alone(programs: str, other: str) -> None:
    """Each takes a second."""
    modules = ", ".join(f"components.programs.{name}" for name in programs.split())
    script = f"import components.program, {modules}, sys; sys.exit({other!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0

"""The list of stacks says what the programs make: places, roles, and who may come in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.program import build
from components.spec import load_stack
from pipelines.stacks import main
from tests.components.azure_quantum.runner import azure_type
from tests.components.azure_quantum.runner import run_stack as run_on_azure
from tests.components.runner import run
from tests.pipelines.templates import ROOT

Rows = list[dict[str, str]]


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> Rows:
    assert main([*options, "--format", "json"]) == 0
    found: Rows = json.loads(capsys.readouterr().out)
    return found


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    return folder


def rewrite(root: Path, stack: str, *pairs: tuple[str, str]) -> None:
    path = root / "stacks" / f"Pulumi.{stack}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_places_and_roles_on_aws_are_those_the_program_makes(capsys: pytest.CaptureFixture[str]) -> None:
    loaded = load_stack(ROOT, "dev")
    made = run(lambda: build(loaded), stack="dev").all("aws:iam/role:Role")
    trusts = {
        f"arn:aws:iam::222233334444:role{role.inputs['path']}{role.inputs['name']}": role.document(
            "assumeRolePolicy"
        )
        for role in made
    }
    for role, stack in (("plan", "dev"), ("apply", "dev"), ("plan", "optimus-dev"), ("apply", "optimus-dev")):
        (row,) = listed(capsys, "--role", role, "--stack", stack)
        (statement,) = trusts[row["role_arn"]]["Statement"]
        exact: dict[str, Any] = statement["Condition"]["StringEquals"]
        issuer = "token.actions.githubusercontent.com"
        assert exact[f"{issuer}:environment"] == row["place"]
        assert exact[f"{issuer}:aud"] == row["audience"]
        assert row["role_arn"].endswith(row["role"])
        assert row["ci"] == "github"


def test_places_on_azure_are_those_the_program_makes(capsys: pytest.CaptureFixture[str]) -> None:
    found = run_on_azure("azure-dev")
    made = azure_type(found, "managedidentity:FederatedIdentityCredential")
    opened = {(one.inputs["resourceName"], one.inputs["subject"].split(":")[-1]) for one in made}
    audiences = {tuple(one.inputs["audiences"]) for one in made}
    for role, stack in (("plan", "azure-dev"), ("apply", "azure-dev"), ("apply", "catalyst-dev")):
        (row,) = listed(capsys, "--role", role, "--stack", stack)
        (identity,) = {name for name, place in opened if place == row["place"]}
        assert identity.endswith(row["role"])
        assert audiences == {(row["audience"],)}
        assert row["subscription"] == load_stack(ROOT, stack).stack.account


def test_environments_come_before_projects_and_the_organization_is_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kinds = [row["kind"] for row in listed(capsys, "--ci", "github")]
    assert kinds == sorted(kinds)  # environment, project
    assert len(kinds) == 12
    (row,) = listed(capsys, "--kind", "organization")
    assert (row["place"], row["role_arn"]) == ("organization", "")


def test_changed_compares_with_a_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copied(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], cwd=root, check=True)
    options = ("--root", str(root), "--changed", "HEAD")
    assert listed(capsys, *options) == []
    rewrite(root, "optimus-dev", ("retention_days: 90", "retention_days: 60"))
    assert [row["stack"] for row in listed(capsys, *options)] == ["dev", "optimus-dev"]
    (root / "components.py").write_text("", encoding="utf-8")  # whatever is not known to touch none
    assert len(listed(capsys, *options)) == 13
    assert main(["--root", str(root), "--changed", "no-such-commit"]) == 2
    assert "no-such-commit" in capsys.readouterr().err
    assert main(["--root", str(root), "--changed=--output=x"]) == 2


def test_a_branch_gets_no_place_that_the_protected_branch_does_not_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(tmp_path)
    rewrite(root, "sandbox", ("plan: sandbox-plan", "plan: prod-environment"))
    rewrite(root, "dev", ("222233334444", "444455556666"))
    rewrite(root, "optimus-dev", ("222233334444", "444455556666"))
    trusting = {row["stack"]: row["place"] for row in listed(capsys, "--root", str(root))}
    assert trusting["optimus-sandbox"] == "prod-environment"
    found = {row["stack"] for row in listed(capsys, "--root", str(root), "--places-of", str(ROOT))}
    assert not found & {"sandbox", "optimus-sandbox", "dev", "optimus-dev"}
    assert "optimus-prod" in found


def test_a_new_project_gets_its_environments_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(tmp_path)
    text = (root / "stacks/Pulumi.optimus-sandbox.yaml").read_text(encoding="utf-8")
    charter = (root / "stacks/charters/optimus.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("example-org/optimus", "example-org/annealer"),
        ("charter: optimus", "charter: annealer"),
    ):
        text = text.replace(old, new)
    (root / "stacks/Pulumi.annealer-sandbox.yaml").write_text(text, encoding="utf-8")
    charter = charter.replace("name: optimus", "name: annealer").partition("spending:")[0]
    (root / "stacks/charters/annealer.yaml").write_text(
        charter + 'alerts:\n  submissions_per_hour: 200\n  source_networks: ["192.0.2.0/24"]\n',
        encoding="utf-8",
    )
    found = listed(capsys, "--root", str(root), "--places-of", str(ROOT), "--stack", "annealer-sandbox")
    assert [row["place"] for row in found] == ["sandbox-plan"]


def test_an_unreadable_stack_file_stops_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copied(tmp_path)
    rewrite(root, "dev", ("plan: dev-plan", "plan: dev-*"))
    assert main(["--root", str(root)]) == 2
    assert "Pulumi.dev.yaml" in capsys.readouterr().err
    assert main(["--stack", "nowhere"]) == 2


def test_every_value_is_quoted_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "optimus-prod", "--format", "shell"]) == 0
    script = capsys.readouterr().out + 'printf "%s|%s" "$QLZ_ROLE_ARN" "$QLZ_TENANT"'
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    assert done.stdout == "arn:aws:iam::333344445555:role/qlz/prod/qlz-prod-plan|"


def test_azure_pipelines_list_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    committed = ROOT / "pipelines/azure/azure-pipelines.yml"
    options = ["--role", "all", "--ci", "azure-devops"]
    assert main([*options, "--check-azure", str(committed)]) == 0
    root = copied(tmp_path)
    issuer = "https://vstoken.dev.azure.com/11111111-2222-4333-8444-555555555555"
    rewrite(
        root,
        "azure-sandbox",
        ("https://token.actions.githubusercontent.com", issuer),
        ("kind: github", "kind: azure-devops"),
        ('        repository_id: "246813579"\n        owner_id: "987654"\n', ""),
    )
    rewrite(
        root,
        "catalyst-sandbox",
        ("kind: github", "kind: azure-devops"),
        (
            '      repository_id: "135792468"\n      owner_id: "987654"\n      environment:',
            "      service_connection:",
        ),
    )
    options += ["--root", str(root)]
    assert main([*options, "--check-azure", str(committed)]) == 1
    capsys.readouterr()
    assert main([*options, "--format", "azure"]) == 0
    rows = capsys.readouterr().out
    assert rows.count("azure-sandbox-plan") == 2
    written = committed.read_text(encoding="utf-8").replace(
        "    stacks: []\n", "".join(f"    {line}\n" for line in rows.splitlines())
    )
    mine = tmp_path / "azure-pipelines.yml"
    mine.write_text(written, encoding="utf-8")
    assert main([*options, "--check-azure", str(mine)]) == 0
    mine.write_text(written.replace("azure-sandbox-projects", "azure-sandbox-environment"), encoding="utf-8")
    assert main([*options, "--check-azure", str(mine)]) == 1
    assert main([*options, "--check-azure", str(tmp_path / "missing.yml")]) == 1

"""A project's pipeline in each CI system (I2): what its stack file may say, and where it is wrong."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from components.program import build
from components.spec.schema import schemas
from policy_packs.controls.braket.trust_policy import CONTROL
from policy_packs.controls.stack_facts import StackFacts, read_facts
from tests.components.runner import run
from tests.policies.support import Res, analyze
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import OPTIMUS, ROOT, SANDBOX, Copy

GITHUB = (
    "      kind: github\n      repository: example-org/optimus\n"
    '      repository_id: "123456789"\n      owner_id: "987654"\n      environment: sandbox\n'
)
ORGANISATION = "vstoken.dev.azure.com/00112233-4455-6677-8899-aabbccddeeff"
GITLAB = "      kind: gitlab\n      repository: quantum/lab/optimus\n      branch: release/main\n"
AZURE = (
    "      kind: azure-devops\n      repository: example-org/Quantum Lab\n"
    "      service_connection: optimus sandbox\n"
)
KINDS = {
    "gitlab": (
        GITLAB,
        "gitlab.example.org",
        "project_path:quantum/lab/optimus:ref_type:branch:ref:release/main",
    ),
    "azure-devops": (AZURE, ORGANISATION, "sc://example-org/Quantum Lab/optimus sandbox"),
}


def use(project: Copy, kind: str, text: str = "") -> None:
    """Gives the environment an issuer of a kind, and the project a pipeline of it."""
    shape, issuer, _ = KINDS[kind]
    issuers = (
        "          audience: sts.amazonaws.com\n"
        f"        - kind: {kind}\n          url: https://{issuer}\n          audience: https://{issuer}\n"
    )
    project.edit(SANDBOX, "          audience: sts.amazonaws.com\n", issuers)
    project.edit(OPTIMUS, GITHUB, text or shape)


@pytest.mark.parametrize("kind", KINDS)
def test_each_system_has_its_own_shape(project: Copy, kind: str) -> None:
    use(project, kind)
    loaded = project.load("optimus-sandbox")
    pipeline = loaded.config["qlz:spec"]["pipeline"]
    assert pipeline["kind"] == kind
    config = {key: value for key, value in loaded.config.items() if key.startswith("qlz:")}
    jsonschema.validate({"config": config}, schemas()["project-stack.schema.json"])


@pytest.mark.parametrize("kind", KINDS)
def test_its_role_trusts_that_one_place_and_the_controls_agree(project: Copy, kind: str) -> None:
    use(project, kind)
    environment, optimus = project.load("sandbox"), project.load("optimus-sandbox")
    above = run(lambda: build(environment), stack="sandbox")
    found = run(
        lambda: build(optimus),
        stack="optimus-sandbox",
        references={"organization/qlz/sandbox": above.exports},
    )
    role = found.one("aws:iam/role:Role", "pipeline")
    _, issuer, subject = KINDS[kind]
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")
    assert statement["Condition"] == {
        "StringEquals": {f"{issuer}:aud": f"https://{issuer}", f"{issuer}:sub": subject}
    }
    facts = read_facts("optimus-sandbox", {}, project.root)
    assert not judged(role.inputs, facts)
    widened = role.inputs["assumeRolePolicy"].replace(subject, f"{subject}-two")
    assert (
        "not the pipeline of the stack file" in judged({**role.inputs, "assumeRolePolicy": widened}, facts)[0]
    )


def judged(props: dict[str, Any], facts: StackFacts) -> list[str]:
    return [found.message for found in analyze([CONTROL], Res("aws:iam/role:Role", props), facts)]


WRONG = {
    "another system": ("github", "kind: gitlab", "kind: jenkins", "kind:", "kind", "jenkins is not allowed"),
    "no system": ("gitlab", "      kind: gitlab\n", "", "pipeline:", "kind", "is missing"),
    "a wildcard for a branch": ("gitlab", "release/main", '"release/*"', "branch:", "branch", "no wildcard"),
    "any branch": ("gitlab", "release/main", '"*"', "branch:", "branch", "is not a branch"),
    "a whole group": (
        "gitlab",
        "quantum/lab/optimus",
        '"quantum/*"',
        "repository:",
        "repository",
        "wildcard",
    ),
    "a claim smuggled in": (
        *("gitlab", "quantum/lab/optimus", '"a/b:ref_type:tag"', "repository:", "repository"),
        "not a repository",
    ),
    "no branch": (
        "gitlab",
        "      branch: release/main\n",
        "",
        "pipeline:",
        "branch",
        "add branch: (A protected",
    ),
    "an id that nobody checks": (
        *("gitlab", "      branch:", '      repository_id: "1"\n      branch:', "repository_id:"),
        *("repository_id", "is not a known key"),
    ),
    "another system's word": (
        *("gitlab", "branch: release/main", "environment: prod", "environment:", "environment"),
        "allowed: kind, repository, branch",
    ),
    "any connection": (
        *("azure-devops", "optimus sandbox", '"optimus *"', "service_connection:", "service_connection"),
        "not a service connection",
    ),
    "an organisation alone": (
        *("azure-devops", "example-org/Quantum Lab", "example-org", "repository:", "repository"),
        "organisation/project",
    ),
    "a number": ("gitlab", "branch: release/main", "branch: 17", "branch:", "branch", "in quotes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(project: Copy, name: str) -> None:
    kind, old, new, at, key, says = WRONG[name]
    use(project, "gitlab" if kind == "github" else kind)
    check(project, "optimus-sandbox", Case(OPTIMUS, old, new, at, f"{SPEC}.pipeline.{key}", says), OPTIMUS)


def test_text_for_a_pipeline(project: Copy) -> None:
    case = Case(
        OPTIMUS, "pipeline:\n" + GITHUB, "pipeline: x\n", "pipeline:", f"{SPEC}.pipeline", "a mapping"
    )
    check(project, "optimus-sandbox", case, OPTIMUS)


def test_an_environment_without_an_issuer_of_the_kind(project: Copy) -> None:
    case = Case(OPTIMUS, GITHUB, GITLAB, "kind: gitlab", f"{SPEC}.pipeline.kind", "no gitlab issuer")
    check(project, "optimus-sandbox", case, OPTIMUS)


def test_a_workflow_is_not_the_platform_teams_too(project: Copy) -> None:
    """Its repository alone may be the same: a place of its own keeps them apart."""
    project.edit(OPTIMUS, "example-org/optimus", "example-org/quantum-platform")
    project.load("optimus-sandbox")
    case = Case(
        OPTIMUS,
        "      environment: sandbox\n",
        "      environment: Sandbox-projects\n",
        "repository:",
        f"{SPEC}.pipeline.repository",
        "is the workflow that is project-apply",
    )
    check(project, "optimus-sandbox", case, OPTIMUS)


def test_the_examples_are_of_github() -> None:
    assert GITHUB in (ROOT / OPTIMUS).read_text()
